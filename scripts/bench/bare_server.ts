/**
 * The ceiling: srvx alone, with fixed answers of the usual size: `hello` at one port, the code flow's three at another, and
 * at a third a token that jose signs for each request, by the algorithm that the path names.
 */
import process from 'node:process';
import { type CryptoKey, generateKeyPair, SignJWT } from 'jose';
import { FastResponse, serve } from 'srvx';
import { JWT_ALGS } from './machine_clients.ts';

const [helloPort, flowPort, signerPort] = process.argv.slice(2).map(Number);

const CODE = `http://127.0.0.1/callback?code=${'x'.repeat(43)}&state=state`;
const TOKENS = JSON.stringify({
  access_token: 'x'.repeat(300),
  token_type: 'Bearer',
  expires_in: 3600,
  scope: 'openid profile email',
  id_token: 'x'.repeat(600),
});
const CLAIMS = JSON.stringify({ sub: 'x'.repeat(36), name: 'x'.repeat(16), email: 'x'.repeat(24) });
const SEE_OTHER = { status: 303, headers: { location: CODE, 'cache-control': 'no-store' } };
const JSON_BODY = { headers: { 'content-type': 'application/json', 'cache-control': 'no-store' } };

const common = { hostname: '127.0.0.1', silent: true } as const;
serve({ ...common, port: helloPort ?? 0, fetch: () => new FastResponse('hello') });
serve({
  ...common,
  port: flowPort ?? 0,
  fetch(request) {
    if (request.method === 'POST') return new FastResponse(TOKENS, JSON_BODY);
    if (request.url.endsWith('/userinfo')) return new FastResponse(CLAIMS, JSON_BODY);
    return new FastResponse(null, SEE_OTHER);
  },
});

const signingKeys = new Map<string, CryptoKey>();
for (const alg of JWT_ALGS) signingKeys.set(alg, (await generateKeyPair(alg)).privateKey);

serve({
  ...common,
  port: signerPort ?? 0,
  async fetch(request) {
    const alg = request.url.slice(request.url.lastIndexOf('/') + 1);
    const key = signingKeys.get(alg);
    if (key === undefined) return new FastResponse(null, { status: 404 });
    const iat = Math.floor(Date.now() / 1000);
    const access_token = await new SignJWT({
      client_id: 'machine',
      jti: crypto.randomUUID(),
      iss: 'http://127.0.0.1:9091',
      sub: 'machine',
      aud: 'http://127.0.0.1:9091',
      iat,
      exp: iat + 3600,
    }).setProtectedHeader({ alg, typ: 'at+jwt', kid: 'x'.repeat(43) }).sign(key);
    const body = JSON.stringify({ access_token, token_type: 'Bearer', expires_in: 3600 });
    return new FastResponse(body, JSON_BODY);
  },
});
