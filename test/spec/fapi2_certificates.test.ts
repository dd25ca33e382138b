/** FAPI 2.0 SP §5.3.2.1-5, -6 by certificates: clients that prove who they are by one, and tokens that are bound to it. */
import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { AUTHORITY, ISSUED, SELF_SIGNED } from '../clients/certificates.ts';
import { assertEquals } from '../support/assert.ts';
import {
  FAPI_CLIENTS,
  type FapiClient,
  fapiClient,
  openFapi,
  type Sending,
} from '../support/fapi.ts';
import { assertRefused, tokensOf } from '../support/flow.ts';
import { TEST_TLS } from '../support/tls.ts';

const { jwks: _, ...COMMON } = FAPI_CLIENTS[0];

const CLIENTS = {
  tls_client_auth: {
    ...COMMON,
    token_endpoint_auth_method: 'tls_client_auth',
    tls_client_auth_subject_dn: 'CN=cert,O=Example',
  },
  self_signed_tls_client_auth: {
    ...COMMON,
    token_endpoint_auth_method: 'self_signed_tls_client_auth',
    jwks: {
      keys: [{ ...createPublicKey(SELF_SIGNED.cert).export({ format: 'jwk' }), use: 'sig' }],
    },
  },
} as const;

type Method = keyof typeof CLIENTS;

const OWN: Readonly<Record<Method, string>> = {
  tls_client_auth: ISSUED.cert,
  self_signed_tls_client_auth: SELF_SIGNED.cert,
};

/** A request with this certificate, and nothing else that would prove anything. */
function showing(pem: string): Sending {
  const der = new X509Certificate(pem).raw.toString('base64');
  return { assertion: null, proof: null, headers: { 'client-cert': `:${der}:` } };
}

async function open(method: Method, changes: object = {}): Promise<FapiClient> {
  const clients = [{ ...CLIENTS[method], ...changes }];
  const op = await openFapi({ clients, client_certificate_authorities: [AUTHORITY] });
  return await fapiClient(op, { isBoundToCertificate: true });
}

for (const method of ['tls_client_auth', 'self_signed_tls_client_auth'] as const) {
  const own = showing(OWN[method]);
  describe(`FAPI 2.0 SP §5.3.2.1-6: ${method}`, () => {
    it('happy-flow: PAR, code, refresh and UserInfo, all with the certificate', async () => {
      const client = await open(method);
      const tokens = await tokensOf(await client.redeem(await client.code({}, own), {}, own));
      assertEquals(tokens.token_type, 'Bearer');
      assertEquals((await client.userinfo(tokens.access_token, own)).status, 200);
      const again = await tokensOf(await client.refresh(tokens.refresh_token, own));
      assertEquals(again.refresh_token, tokens.refresh_token);
      const told = await client.op.post(
        '/introspect',
        { token: again.access_token, client_id: 'fapi' },
        own.headers,
      );
      const thumbprint = createHash('sha256').update(new X509Certificate(OWN[method]).raw)
        .digest('base64url');
      assertEquals((await told.json() as { cnf: unknown }).cnf, { 'x5t#S256': thumbprint });
    });

    it('T059: the token needs that certificate, on every use', async () => {
      const client = await open(method);
      const tokens = await tokensOf(await client.redeem(await client.code({}, own), {}, own));
      for (const pem of [TEST_TLS.cert, OWN[method], TEST_TLS.cert]) {
        const response = await client.userinfo(tokens.access_token, showing(pem));
        assertEquals(response.status, pem === OWN[method] ? 200 : 401);
      }
    });

    it('T060: no other certificate is the client, at PAR as at the token endpoint', async () => {
      const client = await open(method);
      const code = await client.code({}, own);
      const others = [TEST_TLS.cert, ...Object.values(OWN).filter((pem) => pem !== OWN[method])];
      for (const pem of others) {
        await assertRefused(await client.push({}, showing(pem)), 'invalid_client', 401);
        await assertRefused(await client.redeem(code, {}, showing(pem)), 'invalid_client', 401);
      }
      assertEquals((await client.redeem(code, {}, own)).status, 200);
    });

    it('T060: without a certificate there is nobody', async () => {
      const client = await open(method);
      const form = { grant_type: 'client_credentials', client_id: 'fapi' };
      await assertRefused(await client.op.post('/token', form), 'invalid_client', 401);
      await assertRefused(
        await client.op.post('/par', { client_id: 'fapi', response_type: 'code' }),
        'invalid_client',
        401,
      );
    });
  });
}

describe('FAPI 2.0 SP §5.3.2.1-6: tls_client_auth', () => {
  const own = showing(ISSUED.cert);

  it('T060: another subject than the registered one', async () => {
    for (
      const changes of [
        { tls_client_auth_subject_dn: 'CN=cert' },
        { tls_client_auth_subject_dn: 'CN=cert,O=Example,C=DE' },
        { tls_client_auth_subject_dn: undefined, tls_client_auth_san_dns: 'ert.example' },
      ]
    ) {
      const client = await open('tls_client_auth', changes);
      await assertRefused(await client.push({}, own), 'invalid_client', 401);
    }
  });

  it('with DPoP beside, a token is bound to both keys', async () => {
    const client = await open('tls_client_auth', { dpop_bound_access_tokens: true });
    const { headers = {} } = own;
    const both: Sending = { assertion: null, proof: {}, headers };
    const code = await client.code({}, both);
    await assertRefused(await client.redeem(code, {}, own), 'invalid_request');
    const tokens = await tokensOf(await client.redeem(code, {}, both));
    assertEquals(tokens.token_type, 'DPoP');
    await assertRefused(await client.userinfo(tokens.access_token, own), 'invalid_token', 401);
  });
});
