import { describe, it } from 'node:test';
import { OPERATIONS } from '../../../src/endpoints/admin/operations.ts';
import { API, api, openAdminOp } from '../../support/admin.ts';
import { assert, assertEquals } from '../../support/assert.ts';

const BODIES: readonly (readonly [name: string, raw: string | Uint8Array<ArrayBuffer>])[] = [
  ['nothing', ''],
  ['no JSON', '{'],
  ['a list', '[]'],
  ['a string', '"x"'],
  ['null', 'null'],
  ['a number', '1e999'],
  ['deep lists', '['.repeat(20_000) + ']'.repeat(20_000)],
  ['deep maps', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)],
  ['names of prototypes', '{"__proto__":{"scope":"x"},"constructor":1,"toString":null}'],
  ['a name twice', '{"client_id":"a","client_id":"b"}'],
  ['bad UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  [
    'a lone surrogate',
    '{"client_id":"\\ud800","username":"\\udfff","claims":{"\\ud800":"\\ud800"}}',
  ],
  ['NUL', '{"client_id":"a\\u0000b","username":"\\u0000"}'],
  ['wrong types', '{"client_id":{},"username":[],"groups":{},"claims":7,"password":[],"key":{}}'],
  ['huge', `{"client_id":"${'x'.repeat(70_000)}"}`],
  [
    'many members',
    JSON.stringify(Object.fromEntries(Array.from({ length: 4000 }, (_, i) => [i, i]))),
  ],
];

describe('the administration API: hostile input', () => {
  it('T122, T149: no body makes it fail, whatever operation it is sent to', async () => {
    const op = await openAdminOp();
    const withBody = OPERATIONS.filter(({ body }) => body !== undefined);
    assert(withBody.length > 8);
    for (const { method, path, ifMatch } of withBody) {
      const place = path.replaceAll(/\{[a-z_]+\}/g, 'app');
      for (const [name, raw] of BODIES) {
        const headers = ifMatch === undefined ? {} : { 'if-match': '*' };
        const { status } = await api(op, method, place, { raw, headers });
        const isAnswer = [400, 404, 409, 412, 413, 422].includes(status) ||
          // A rotation of nothing in particular, or names that are no options of it.
          status < 300;
        assert(isAnswer, `${method} ${path} ${name}: ${status}`);
        assert(name !== 'huge' || status === 413 || status === 404, `${path} ${status}`);
      }
    }
    assertEquals(({} as Record<string, unknown>)['scope'], undefined);
    await op.close();
  });

  it('RFC 9110 §15.5.16, §15.5.6: other media types, methods and paths have their answers', async () => {
    const op = await openAdminOp();
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml', '']) {
      const { status } = await api(op, 'POST', '/clients', {
        raw: '{}',
        headers: { 'content-type': type },
      });
      assertEquals(status, 415, type);
    }
    const method = await api(op, 'PUT', '/clients', { body: {} });
    assertEquals(method.status, 405);
    assertEquals(method.headers.get('allow'), 'GET, POST, HEAD, OPTIONS');
    for (
      const path of [
        '',
        '/',
        '/nothing',
        '/clients/',
        '/clients/app/secret/more',
        '/clients/%2e%2e/%2e%2e',
        '/clients/%zz',
        '/clients/%ff',
        '//clients',
        '/Clients',
      ]
    ) {
      const { status } = await api(op, 'GET', path);
      assertEquals(status, 404, path);
    }
    for (const id of ['constructor', '__proto__', '%00', '..%2f..%2fetc', 'a'.repeat(511)]) {
      for (const list of ['clients', 'users', 'grants', 'deliveries', 'audit']) {
        assertEquals((await api(op, 'GET', `/${list}/${id}`)).status, 404, `${list} ${id}`);
      }
    }
    await op.close();
  });

  it('parameters of the query are known ones, once each', async () => {
    const op = await openAdminOp();
    const rows: readonly (readonly [string, string])[] = [
      ['/clients?colour=red', 'colour'],
      ['/clients?query=a&query=b', 'query'],
      ['/clients?constructor=1', 'constructor'],
      ['/clients?provenance=heaven', 'provenance'],
      ['/users?disabled=yes', 'disabled'],
      ['/deliveries?state=lost', 'state'],
      ['/audit?since=yesterday', 'since'],
      [`/users?query=${'x'.repeat(600)}`, 'query'],
    ];
    for (const [path, parameter] of rows) {
      const { status, body } = await api(op, 'GET', path);
      assertEquals([status, body.errors[0].parameter], [400, parameter], path);
    }
    const twice = await api(op, 'GET', '/clients?limit=0&after=%20&colour=red');
    assertEquals(twice.body.errors.length, 3);
    for (const header of ['x', '"a', 'W/x', '"a" "b"', ',', '"a"'.repeat(40)]) {
      const headers = { 'if-match': header };
      const { status } = await api(op, 'PUT', '/clients/app', { body: {}, headers });
      assertEquals(status, 400, header);
    }
    await op.close();
  });

  it('RFC 9110 §9.3.2: HEAD answers like GET, without the body', async () => {
    const op = await openAdminOp();
    const response = await op.fetch(`${API}/clients/app`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${op.token}` },
    });
    assertEquals([response.status, await response.text()], [200, '']);
    assert(response.headers.get('etag')?.startsWith('"'));
    await op.close();
  });
});
