/** RFC 7591 §2.3, §3.1.1: software statements. */
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { describe, it } from 'node:test';
import { clients } from '../../src/store/collections.ts';
import { assert, assertEquals, assertFalse } from '../support/assert.ts';
import { ISSUER, type Op } from '../support/op.ts';
import {
  allOf,
  bearer,
  METADATA,
  type Metadata,
  plantToken,
  refusalOf,
  register,
  registered,
  send,
  withRegistrar,
} from '../support/registration.ts';
import { serveText } from '../support/serve_text.ts';
import { TEST_TLS } from '../support/tls.ts';

const PUBLISHER = 'https://software.example';
const NOW = 1_800_000_000;

const pair = await generateKeyPair('ES256', { extractable: true });
const other = await generateKeyPair('ES256', { extractable: true });
const jwks = { keys: [await exportJWK(pair.publicKey)] };

function statement(
  claims: JWTPayload = {},
  { privateKey } = pair,
  header: object = {},
): Promise<string> {
  return new SignJWT({ iss: PUBLISHER, ...claims })
    .setProtectedHeader({ alg: 'ES256', ...header }).sign(privateKey);
}

function withTrust(
  work: (op: Op) => Promise<void>,
  trust: Metadata = {},
  registration: Metadata = {},
): Promise<void> {
  return withRegistrar(work, {
    mode: 'open',
    software_statement_issuers: [{ issuer: PUBLISHER, jwks, ...trust }],
    ...registration,
  });
}

function unsigned(claims: Metadata): string {
  const part = (value: object): string =>
    btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return `${part({ alg: 'none' })}.${part(claims)}.`;
}

describe('RFC 7591 §2.3: a software statement', () => {
  it('has the last word, and comes back as it was sent', () =>
    withTrust(async (op) => {
      const software_statement = await statement({
        software_id: 'clock',
        client_name: 'Signed clock',
        redirect_uris: ['https://signed.example/callback'],
        wibble: 1,
      });
      const sent = { ...METADATA, client_name: 'Plain', contacts: ['a@rp.example'] };
      const client = await registered(op, { ...sent, software_statement });
      assertEquals(client['client_name'], 'Signed clock');
      assertEquals(client['redirect_uris'], ['https://signed.example/callback']);
      assertEquals(client['software_id'], 'clock');
      assertEquals(client['contacts'], ['a@rp.example']);
      assertEquals(client['software_statement'], software_statement);
      for (const name of ['iss', 'wibble']) assertFalse(name in client, name);
      const headers = bearer(client.registration_access_token);
      const read = await (await op.fetch(client.registration_client_uri, { headers })).json();
      assertEquals((read as Metadata)['software_statement'], software_statement);
    }));

  it('T085: with claims that contradict is refused like any metadata', () =>
    withTrust(async (op) => {
      const software_statement = await statement({ redirect_uris: ['http://rp.example/'] });
      const refusal = await refusalOf(await register(op, { ...METADATA, software_statement }));
      assertEquals(refusal.error, 'invalid_redirect_uri');
    }));

  it('T087: cannot give options of ours', () =>
    withTrust(async (op) => {
      const software_statement = await statement({ consent_mode: 'implicit' });
      const client = await registered(op, { ...METADATA, software_statement });
      assertEquals(client['consent_mode'], 'explicit');
    }));

  it('of an update takes the place of the one before, and goes with none', () =>
    withTrust(async (op) => {
      const signed = { ...METADATA, software_statement: await statement({ software_id: 'clock' }) };
      const client = await registered(op, signed);
      const update = async (metadata: Metadata, token: string) => {
        const body = { ...metadata, client_id: client.client_id };
        const response = await send(op, 'PUT', client.registration_client_uri, body, token);
        return await response.json() as Metadata & { registration_access_token: string };
      };
      const software_statement = await statement({ software_id: 'watch' });
      const second = await update(
        { ...METADATA, software_statement },
        client.registration_access_token,
      );
      assertEquals([second['software_id'], second['software_statement']], [
        'watch',
        software_statement,
      ]);
      const third = await update(METADATA, second.registration_access_token);
      assertEquals([third['software_id'], third['software_statement']], [undefined, undefined]);
    }));

  it('RFC 7592 §2.2: that the client was registered with may be sent again when it has expired', () =>
    withTrust(async (op) => {
      const soon = await statement({ exp: NOW + 60, software_id: 'clock' });
      const client = await registered(op, { ...METADATA, software_statement: soon });
      op.clock.now += 60;
      assertEquals((await register(op, { ...METADATA, software_statement: soon })).status, 400);
      const { client_id, registration_client_uri, registration_access_token } = client;
      const body = { ...METADATA, client_id, software_statement: soon };
      const response = await send(
        op,
        'PUT',
        registration_client_uri,
        body,
        registration_access_token,
      );
      const updated = await response.json() as Metadata;
      assertEquals([response.status, updated['software_id']], [200, 'clock']);
    }));

  const invalid = 'invalid_software_statement';
  const rows: readonly [name: string, made: () => unknown, error: string][] = [
    ['signed by another key', () => statement({}, other), invalid],
    ['without a signature', () => unsigned({ iss: PUBLISHER, client_name: 'x' }), invalid],
    ['with its key in the header', async () => {
      const jwk = await exportJWK(other.publicKey);
      return await statement({}, other, { jwk });
    }, invalid],
    ['that has expired', () => statement({ exp: NOW }), invalid],
    ['that is not valid yet', () => statement({ nbf: NOW + 60 }), invalid],
    ['for somebody else', () => statement({ aud: 'https://other.example' }), invalid],
    ['that was changed', async () => {
      const [head, , tail] = (await statement()).split('.');
      const [, body] = unsigned({ iss: PUBLISHER, client_name: 'x' }).split('.');
      return `${head}.${body}.${tail}`;
    }, invalid],
    ['that is no JWT', () => 'a.b.c', invalid],
    ['that is no text', () => ({ iss: PUBLISHER }), invalid],
    ['that is empty', () => '', invalid],
    ['that is too long', () => statement({ client_name: 'x'.repeat(8192) }), invalid],
    [
      'of nobody known',
      () => statement({ iss: 'https://x.example' }),
      'unapproved_software_statement',
    ],
    [
      'without an issuer',
      () => statement({ iss: undefined as never }),
      'unapproved_software_statement',
    ],
  ];
  for (const [name, made, error] of rows) {
    it(`T084: ${name} is refused, and nothing of it is used`, () =>
      withTrust(async (op) => {
        const sent = { ...METADATA, software_statement: await made() };
        for (const token of [undefined, await plantToken(op)]) {
          const refusal = await refusalOf(await register(op, sent, token));
          assertEquals([refusal.status, refusal.error], [400, error]);
        }
        assertEquals(await allOf(clients.list(op.store, [ISSUER])), []);
      }));
  }

  it('T084: is refused where nobody is trusted', () =>
    withRegistrar(async (op) => {
      const sent = { ...METADATA, software_statement: await statement() };
      const refusal = await refusalOf(await register(op, sent));
      assertEquals(refusal.error, 'unapproved_software_statement');
    }));

  it('that is for us, and in time, is taken', () =>
    withTrust(async (op) => {
      const claims = { aud: [ISSUER, 'https://x.example'], exp: NOW + 60, nbf: NOW, iat: NOW };
      await registered(op, { ...METADATA, software_statement: await statement(claims) });
    }));

  it('where one is required: without it, or with another issuer’s, nobody registers or updates', () =>
    withTrust(
      async (op) => {
        const sent = { ...METADATA, software_statement: await statement() };
        const client = await registered(op, sent);
        const free = await statement({ iss: 'https://free.example' }, other);
        for (const metadata of [METADATA, { ...METADATA, software_statement: free }]) {
          assertEquals((await register(op, metadata)).status, 400);
          const { client_id, registration_client_uri, registration_access_token } = client;
          const body = { ...metadata, client_id };
          const update = await send(
            op,
            'PUT',
            registration_client_uri,
            body,
            registration_access_token,
          );
          assertEquals(update.status, 400);
        }
      },
      { required: true },
      {
        software_statement_issuers: [
          { issuer: PUBLISHER, jwks, required: true },
          { issuer: 'https://free.example', jwks: { keys: [] } },
        ],
      },
    ));

  it('of an issuer that publishes its keys is verified by those, and follows their rotation', async () => {
    let keys = [await exportJWK(pair.publicKey)];
    const site = await serveText(() => JSON.stringify({ keys }), 'application/json');
    try {
      await withRegistrar(
        async (op) => {
          const sent = { ...METADATA, software_statement: await statement({}, other) };
          await registered(op, { ...METADATA, software_statement: await statement() });
          assertEquals((await register(op, sent)).status, 400);
          keys = [await exportJWK(other.publicKey)];
          op.clock.now += 60;
          await registered(op, sent);
        },
        {
          mode: 'open',
          software_statement_issuers: [{ issuer: PUBLISHER, jwks_uri: `${site.origin}/jwks` }],
        },
        { outbound: { allow_networks: ['127.0.0.0/8'], ca_file: TEST_TLS.cert } },
      );
    } finally {
      await site.close();
    }
  });

  it('takes no fetch that is not allowed', () =>
    withRegistrar(async (op) => {
      const sent = { ...METADATA, software_statement: await statement() };
      const refusal = await refusalOf(await register(op, sent));
      assertEquals(refusal.error, 'invalid_software_statement');
      assert(op.log.some((line) => line.includes('client_keys.not_fetched')));
    }, {
      mode: 'open',
      software_statement_issuers: [{ issuer: PUBLISHER, jwks_uri: 'https://127.0.0.1:1/jwks' }],
    }));
});
