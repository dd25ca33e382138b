/** RFC 8705 §3, §4: tokens bound to the certificate that a client shows in TLS. */
import { createHash, X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { assertEquals, assertMatch } from '../support/assert.ts';
import { newProofKey, proofFor } from '../support/dpop.ts';
import {
  assertRefused,
  CHALLENGE,
  claimsOf,
  obtainCode,
  REDIRECT_URI,
  type Tokens,
  tokensOf,
  VERIFIER,
} from '../support/flow.ts';
import { basic, CLIENT, ISSUER, type Op, openOp } from '../support/op.ts';
import { TEST_TLS } from '../support/tls.ts';

const BOUND = { ...CLIENT, tls_client_certificate_bound_access_tokens: true };
const SPA = {
  client_id: 'spa',
  token_endpoint_auth_method: 'none',
  redirect_uris: [REDIRECT_URI],
  grant_types: ['authorization_code', 'refresh_token'],
  scope: 'openid offline_access',
  tls_client_certificate_bound_access_tokens: true,
};

/** A proxy at this address ends TLS, and says in RFC 9440's header what certificate it saw. */
const PROXY = '203.0.113.7';

const DER = new X509Certificate(TEST_TLS.cert).raw;
const THUMBPRINT = createHash('sha256').update(DER).digest('base64url');
const SHOWN = { 'client-cert': `:${DER.toString('base64')}:` };
const OTHER = { 'client-cert': `:${Buffer.from('another certificate').toString('base64')}:` };

type Headers = Record<string, string>;

function open(client: Readonly<Record<string, unknown>> = {}): Promise<Op> {
  const clients = [{ ...BOUND, ...client }, { ...CLIENT, client_id: 'plain' }, SPA];
  return openOp({ config: { clients, trusted_proxies: [`${PROXY}/32`] } });
}

async function redeem(op: Op, code: string, headers: Headers): Promise<Response> {
  const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
  return await op.post('/token', form, { ...basic('app'), ...headers });
}

async function boundTokens(op: Op): Promise<Tokens> {
  const code = await obtainCode(op, { scope: 'openid offline_access' });
  return await tokensOf(await redeem(op, code, SHOWN));
}

async function userinfo(op: Op, access_token: string, headers: Headers): Promise<Response> {
  return await op.fetch('/userinfo', {
    headers: { authorization: `Bearer ${access_token}`, ...headers },
  });
}

async function cnfOf(op: Op, token: string, client_id = 'app'): Promise<unknown> {
  const response = await op.post('/introspect', { token }, basic(client_id));
  return (await response.json() as { cnf?: unknown }).cnf;
}

describe('RFC 8705 §3: certificate-bound access tokens', () => {
  it('§3.2: introspection names the certificate in cnf; the type stays Bearer', async () => {
    const op = await open();
    const { access_token, token_type } = await boundTokens(op);
    assertEquals(token_type, 'Bearer');
    assertEquals(await cnfOf(op, access_token), { 'x5t#S256': THUMBPRINT });
  });

  it('§3.1: a JWT access token names it, too', async () => {
    const op = await open({ access_token_format: 'jwt' });
    const { access_token } = await boundTokens(op);
    assertEquals(claimsOf(access_token)['cnf'], { 'x5t#S256': THUMBPRINT });
    assertEquals((await userinfo(op, access_token, SHOWN)).status, 200);
    await assertRefused(await userinfo(op, access_token, OTHER), 'invalid_token', 401);
  });

  it('T059: UserInfo takes the token with that certificate only, on every use', async () => {
    const op = await open();
    const { access_token } = await boundTokens(op);
    assertEquals((await userinfo(op, access_token, SHOWN)).status, 200);
    for (const headers of [{}, OTHER, { 'client-cert': 'garbage' }]) {
      const response = await userinfo(op, access_token, headers);
      await assertRefused(response, 'invalid_token', 401);
      assertMatch(
        response.headers.get('www-authenticate') ?? '',
        /^Bearer realm="ostiary", error="invalid_token"/,
      );
    }
    assertEquals((await userinfo(op, access_token, SHOWN)).status, 200);
  });

  it('T059: from anybody but the proxy, the header is just text', async () => {
    const op = await open();
    const { access_token } = await boundTokens(op);
    const response = await op.fetch('/userinfo', {
      headers: { authorization: `Bearer ${access_token}`, ...SHOWN },
      peer: '198.51.100.9',
    });
    await assertRefused(response, 'invalid_token', 401);
  });

  it('a certificate that the runtime saw in TLS counts like one from the proxy', async () => {
    const config = {
      clients: [BOUND],
      listen: { tls: { cert: 'cert.pem', key: 'key.pem', client_certificates: 'request' } },
    };
    const op = await openOp({ config });
    const peer = { address: '198.51.100.9', certificates: [new Uint8Array(DER)] };
    const code = await obtainCode(op);
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT_URI,
    });
    const request = new Request(`${ISSUER}/token`, {
      method: 'POST',
      body: form,
      headers: basic('app'),
    });
    const { access_token } = await tokensOf(await op.instance.fetch(request, peer));
    assertEquals(await cnfOf(op, access_token), { 'x5t#S256': THUMBPRINT });
    const headers = { authorization: `Bearer ${access_token}` };
    const used = new Request(`${ISSUER}/userinfo`, { headers });
    assertEquals((await op.instance.fetch(used, peer)).status, 200);
    await assertRefused(await userinfo(op, access_token, SHOWN), 'invalid_token', 401);
  });

  it('a client that is registered for it gets nothing without a certificate, and loses no code', async () => {
    const op = await open();
    const code = await obtainCode(op);
    await assertRefused(await redeem(op, code, {}), 'invalid_request');
    await tokensOf(await redeem(op, code, SHOWN));
  });

  it('other clients’ tokens are not bound, whatever certificate is there', async () => {
    const op = await open();
    const code = await obtainCode(op, { client_id: 'plain' });
    const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
    const response = await op.post('/token', form, { ...basic('plain'), ...SHOWN });
    const { access_token } = await tokensOf(response);
    assertEquals(await cnfOf(op, access_token, 'plain'), undefined);
    assertEquals((await userinfo(op, access_token, {})).status, 200);
  });

  it('a confidential client may refresh with its next certificate', async () => {
    const op = await open();
    const { refresh_token } = await boundTokens(op);
    const form = { grant_type: 'refresh_token', refresh_token };
    await assertRefused(await op.post('/token', form, basic('app')), 'invalid_request');
    const response = await op.post('/token', form, { ...basic('app'), ...OTHER });
    const { access_token } = await tokensOf(response);
    assertEquals((await userinfo(op, access_token, OTHER)).status, 200);
    await assertRefused(await userinfo(op, access_token, SHOWN), 'invalid_token', 401);
  });

  it('with a DPoP proof beside it, a token is bound to both keys and needs both', async () => {
    const op = await open();
    const key = await newProofKey();
    const code = await obtainCode(op);
    const proof = { dpop: await proofFor(op, key) };
    const tokens = await tokensOf(await redeem(op, code, { ...SHOWN, ...proof }));
    assertEquals(tokens.token_type, 'DPoP');
    assertEquals(await cnfOf(op, tokens.access_token), { jkt: key.jkt, 'x5t#S256': THUMBPRINT });
    const use = async (headers: Headers): Promise<Response> => {
      const payload = { htm: 'GET', htu: `${ISSUER}/userinfo` };
      const dpop = await proofFor(op, key, { accessToken: tokens.access_token, payload });
      const authorization = `DPoP ${tokens.access_token}`;
      return await op.fetch('/userinfo', { headers: { authorization, dpop, ...headers } });
    };
    assertEquals((await use(SHOWN)).status, 200);
    await assertRefused(await use({}), 'invalid_token', 401);
    await assertRefused(await use(OTHER), 'invalid_token', 401);
    await assertRefused(await userinfo(op, tokens.access_token, SHOWN), 'invalid_token', 401);
  });
});

describe('RFC 8705 §4: public clients', () => {
  it('a refresh token needs the certificate that it was given to', async () => {
    const op = await open();
    const code = await obtainCode(op, {
      client_id: 'spa',
      scope: 'openid offline_access',
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
    });
    const form = {
      grant_type: 'authorization_code',
      client_id: 'spa',
      code,
      redirect_uri: REDIRECT_URI,
      code_verifier: VERIFIER,
    };
    const { refresh_token } = await tokensOf(await op.post('/token', form, SHOWN));
    const again = { grant_type: 'refresh_token', client_id: 'spa', refresh_token };
    await assertRefused(await op.post('/token', again, OTHER), 'invalid_grant');
    await assertRefused(await op.post('/token', again), 'invalid_request');
    await tokensOf(await op.post('/token', again, SHOWN));
  });
});
