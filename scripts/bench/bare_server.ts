/** The ceiling: srvx alone, with fixed answers of the usual size: `hello` at one port, the code flow's three at another. */
import process from 'node:process';
import { FastResponse, serve } from 'srvx';

const [helloPort, flowPort] = process.argv.slice(2).map(Number);

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
