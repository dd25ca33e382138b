import { describe, it } from 'node:test';
import { readClientList } from '../../src/config/client_list.ts';
import { assertEquals, assertStringIncludes } from '../support/assert.ts';

const ONE = { client_id: 'one', client_secret: 'x', redirect_uris: ['https://one.example/'] };

describe('RFC 7591 §3.2.1: clients as JSON', () => {
  it('come as a list, as an object with a list, as one object, or as one a line', () => {
    const two = { ...ONE, client_id: 'two' };
    const texts = [
      JSON.stringify([ONE, two]),
      JSON.stringify({ clients: [ONE, two] }, null, 2),
      `${JSON.stringify(ONE)}\n\n${JSON.stringify(two)}\n`,
    ];
    for (const text of texts) {
      assertEquals(readClientList(text).clients, [
        {
          client_id: 'one',
          client_secret: '$plaintext$x',
          metadata: { redirect_uris: ['https://one.example/'] },
        },
        {
          client_id: 'two',
          client_secret: '$plaintext$x',
          metadata: { redirect_uris: ['https://one.example/'] },
        },
      ]);
    }
    assertEquals(readClientList(JSON.stringify(ONE)).clients.length, 1);
  });

  it('keep digests, and lose what is of the other server’s registration, with a remark', () => {
    const digest = '$2a$04$KBCwKxOzLha2MUDgW0PjXeYeIAPGw294Nx49T89vlKo84qpWZi7je';
    const { clients, remarks } = readClientList(JSON.stringify([{
      ...ONE,
      client_secret: digest,
      client_secret_expires_at: 1,
      client_id_issued_at: 1,
      registration_access_token: 'hidden',
      logo_uri: 'javascript:alert(1)',
      unheard_of: true,
      tos_uri: null,
    }]));
    assertEquals(clients[0]?.client_secret, digest);
    assertEquals(
      remarks.filter(({ severity }) => severity !== 'mapped').map(({ path, severity }) =>
        `${severity} ${path}`
      ).toSorted(),
      [
        'changed clients[0].client_secret_expires_at',
        'dropped clients[0].client_id_issued_at',
        'dropped clients[0].logo_uri',
        'dropped clients[0].registration_access_token',
        'dropped clients[0].unheard_of',
      ],
    );
    assertEquals(JSON.stringify(remarks).includes('hidden'), false);
  });

  it('keep what they say in a language', () => {
    const named = {
      ...ONE,
      'client_name#ja': '一',
      'logo_uri#de': 'javascript:x',
      'tos_uri#': 'https://a/',
    };
    const { clients, remarks } = readClientList(JSON.stringify([named]));
    assertEquals(clients[0]?.metadata, {
      redirect_uris: ['https://one.example/'],
      'client_name#ja': '一',
    });
    assertEquals(remarks.filter(({ severity }) => severity !== 'mapped').map(({ path }) => path), [
      'clients[0].logo_uri#de',
      'clients[0].tos_uri#',
    ]);
    const letters = Array.from('abcdefghijklmnopqrst');
    const many = letters.flatMap((one) => letters.map((two) => [`client_name#${one}${two}`, 'x']));
    const tooMany = readClientList(JSON.stringify([{ ...ONE, ...Object.fromEntries(many) }]));
    assertEquals([tooMany.clients.length, tooMany.remarks.length], [0, 1]);
  });

  it('are left out with the reason when they cannot be', () => {
    const rows: readonly [unknown, string][] = [
      [{ ...ONE, client_id: 'a b' }, 'client_id must be'],
      [{ redirect_uris: [] }, 'client_id must be'],
      [{ ...ONE, client_secret: undefined }, 'client_secret is required'],
      [{ ...ONE, redirect_uris: ['http://one.example/'] }, 'redirect_uris must use https'],
      [{ ...ONE, jwks: { keys: [{ kty: 'oct', k: 'x' }] } }, 'jwks'],
      [7, 'no JSON object'],
    ];
    for (const [client, why] of rows) {
      const { clients, remarks } = readClientList(JSON.stringify([client]));
      assertEquals(clients, []);
      assertStringIncludes(remarks.map((each) => each.why).join('\n'), why);
    }
    assertStringIncludes(
      readClientList(JSON.stringify([ONE, ONE])).remarks.map(({ why }) => why).join('\n'),
      'same client_id',
    );
    for (const text of ['', 'x', '[', '{}x', '7', 'null', '"a"\n"b"']) {
      const { clients, remarks } = readClientList(text);
      assertEquals([clients.length, remarks.length], [0, 1], text);
    }
  });
});
