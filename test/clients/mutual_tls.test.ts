import { request as httpsRequest } from 'node:https';
import { after, before, describe, it } from 'node:test';
import { exportJWK, importX509 } from 'jose';
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { assert, assertEquals, assertFalse, assertRejects } from '../support/assert.ts';
import { createHolder } from '../support/holder.ts';
import { type RunningOp, startOp } from '../support/running_op.ts';
import { seesClientCertificates } from '../support/runtime_gaps.ts';
import { TEST_TLS } from '../support/tls.ts';
import { AUTHORITY, type ClientCertificate, ISSUED, SELF_SIGNED } from './certificates.ts';

const SELF_SIGNED_KEY = await exportJWK(
  await importX509(SELF_SIGNED.cert, 'ES256', { extractable: true }),
);

const COMMON = {
  grant_types: ['client_credentials'],
  scope: 'read',
  tls_client_certificate_bound_access_tokens: true,
} as const;

const CLIENTS = [
  {
    ...COMMON,
    client_id: 'issued',
    token_endpoint_auth_method: 'tls_client_auth',
    tls_client_auth_subject_dn: 'CN=cert,O=Example',
  },
  {
    ...COMMON,
    client_id: 'self-signed',
    token_endpoint_auth_method: 'self_signed_tls_client_auth',
    jwks: { keys: [SELF_SIGNED_KEY] },
  },
] as const;

const holder = createHolder();
let op: RunningOp;

describe('RFC 8705 over a TLS connection of our own', () => {
  if (!seesClientCertificates.has) {
    it('is refused at the start where the runtime does not tell of certificates', async () => {
      await assertRejects(start, Error, 'Cannot ask clients for certificates');
    });
    return;
  }
  before(() =>
    holder.open(async (hold) => {
      op = await hold(start());
    })
  );
  after(() => holder.close());

  it('§2: without a certificate there is no way in', async () => {
    for (const { client_id } of CLIENTS) {
      const config = await discover(client_id);
      await assertRefused(() => oidc.clientCredentialsGrant(config));
    }
  });

  for (
    const [client_id, own, other] of [
      ['issued', ISSUED, SELF_SIGNED],
      ['self-signed', SELF_SIGNED, ISSUED],
    ] as const
  ) {
    it(`§2, §3, openid-client: ${client_id}`, async () => {
      const config = await discover(client_id, own);
      const tokens = await oidc.clientCredentialsGrant(config, { scope: 'read' });
      const told = await oidc.tokenIntrospection(config, tokens.access_token);
      assert(typeof told.cnf?.['x5t#S256'] === 'string');
      config[oidc.customFetch] = fetchWith(other);
      await assertRefused(() => oidc.clientCredentialsGrant(config));
    });

    it(`§2, §3, oauth4webapi: ${client_id}`, async () => {
      const issuer = new URL(op.issuer);
      const options = { [oauth.customFetch]: fetchWith(own) };
      const as = await oauth.processDiscoveryResponse(
        issuer,
        await oauth.discoveryRequest(issuer, options),
      );
      assert(as.tls_client_certificate_bound_access_tokens);
      const response = await oauth.clientCredentialsGrantRequest(
        as,
        { client_id },
        oauth.TlsClientAuth(),
        { scope: 'read' },
        options,
      );
      const { scope } = await oauth.processClientCredentialsResponse(as, { client_id }, response);
      assertEquals(scope, 'read');
    });
  }

  it('RFC 9440 §4: the header is just text from whoever is no trusted proxy', async () => {
    const config = await discover('issued');
    const base64 = ISSUED.cert.replace(/-----[^-]+-----|\n/g, '');
    const plain = fetchWith();
    config[oidc.customFetch] = (url, options) =>
      plain(url, { ...options, headers: { ...options.headers, 'client-cert': `:${base64}:` } });
    await assertRefused(() => oidc.clientCredentialsGrant(config));
  });
});

function start(): Promise<RunningOp> {
  const config = {
    clients: CLIENTS,
    scopes: { read: {} },
    listen: { tls: { cert: 'cert.pem', key: 'key.pem', client_certificates: 'request' } },
    client_certificate_authorities: [AUTHORITY],
  };
  return startOp(config, '', { ...TEST_TLS, requestsCertificates: true });
}

async function discover(
  client_id: string,
  certificate?: ClientCertificate,
): Promise<oidc.Configuration> {
  return await oidc.discovery(new URL(op.issuer), client_id, undefined, oidc.TlsClientAuth(), {
    [oidc.customFetch]: fetchWith(certificate),
  });
}

async function assertRefused(action: () => Promise<unknown>): Promise<void> {
  const error = await assertRejects(action, oidc.WWWAuthenticateChallengeError);
  const body = await error.response.json() as Record<string, string>;
  assertEquals([error.status, body['error']], [401, 'invalid_client']);
  assertFalse('access_token' in body);
}

type Fetch = (
  url: string,
  options: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body?: unknown;
  },
) => Promise<Response>;

/** `fetch` itself shows no certificates, and knows none of the test's authorities. */
function fetchWith(certificate?: ClientCertificate): Fetch {
  return (url, { method, headers, body }) =>
    new Promise((resolve, reject) => {
      const request = httpsRequest(
        url,
        { method, headers, ca: TEST_TLS.cert, agent: false, ...certificate },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('end', () => {
            const { statusCode: status = 0, headers } = response;
            const pairs = Object.entries(headers).map(([name, value]) => [name, String(value)]);
            resolve(
              new Response(Buffer.concat(parts), { status, headers: Object.fromEntries(pairs) }),
            );
          });
        },
      );
      request.on('error', reject);
      request.end(body === undefined || body === null ? undefined : String(body));
    });
}
