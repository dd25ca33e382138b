/** RFC 8705 §2: clients that prove who they are by a certificate, here as a proxy passes it on (RFC 9440). */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { AUTHORITY, ISSUED, SELF_SIGNED } from '../clients/certificates.ts';
import { assertEquals } from '../support/assert.ts';
import { assertRefused } from '../support/flow.ts';
import { basic, CLIENT, type Op, openOp } from '../support/op.ts';

const PROXY = '203.0.113.7';

const TLS = {
  client_id: 'tls',
  grant_types: ['client_credentials'],
  token_endpoint_auth_method: 'tls_client_auth',
  tls_client_auth_subject_dn: 'CN=cert,O=Example',
};
const SELF = {
  client_id: 'self',
  grant_types: ['client_credentials'],
  token_endpoint_auth_method: 'self_signed_tls_client_auth',
  jwks: { keys: [{ ...jwkOf(SELF_SIGNED.cert), use: 'sig' }] },
};

function jwkOf(pem: string): Record<string, unknown> {
  return createPublicKey(pem).export({ format: 'jwk' });
}

function header(pem: string): Record<string, string> {
  return { 'client-cert': `:${new X509Certificate(pem).raw.toString('base64')}:` };
}

interface Opening {
  readonly tls?: Readonly<Record<string, unknown>>;
  readonly self?: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>>;
}

function open({ tls = {}, self = {}, config = {} }: Opening = {}): Promise<Op> {
  return openOp({
    config: {
      clients: [CLIENT, { ...TLS, ...tls }, { ...SELF, ...self }],
      trusted_proxies: [PROXY],
      client_certificate_authorities: [AUTHORITY],
      ...config,
    },
  });
}

function ask(
  op: Op,
  client_id: string,
  headers: Record<string, string>,
): Promise<Response> {
  return op.post('/token', { grant_type: 'client_credentials', client_id }, headers);
}

describe('RFC 8705 §2.1: tls_client_auth', () => {
  it('a certificate of a configured authority, with the registered subject', async () => {
    const op = await open();
    assertEquals((await ask(op, 'tls', header(ISSUED.cert))).status, 200);
  });

  const names: readonly (readonly [row: string, value: string, status: number])[] = [
    ['tls_client_auth_subject_dn', 'CN=cert, O=Example', 200],
    ['tls_client_auth_subject_dn', 'CN=cert', 401],
    ['tls_client_auth_subject_dn', 'O=Example', 401],
    ['tls_client_auth_subject_dn', 'CN=cert,O=Example,C=DE', 401],
    ['tls_client_auth_subject_dn', 'CN=cert,O=Example2', 401],
    ['tls_client_auth_san_dns', 'cert.example', 200],
    ['tls_client_auth_san_dns', 'other.example', 401],
    ['tls_client_auth_san_dns', 'example', 401],
    ['tls_client_auth_san_uri', 'https://cert.example/', 200],
    ['tls_client_auth_san_uri', 'https://cert.example/other', 401],
    ['tls_client_auth_san_email', 'cert@cert.example', 200],
    ['tls_client_auth_san_email', 'other@cert.example', 401],
    ['tls_client_auth_san_ip', '192.0.2.7', 200],
    ['tls_client_auth_san_ip', '192.0.2.8', 401],
  ];
  for (const [row, value, status] of names) {
    it(`T060: ${row} ${value} is ${status}`, async () => {
      const { tls_client_auth_subject_dn: _, ...bare } = TLS;
      const op = await openOp({
        config: {
          clients: [{ ...bare, [row]: value }],
          trusted_proxies: [PROXY],
          client_certificate_authorities: [AUTHORITY],
        },
      });
      assertEquals((await ask(op, 'tls', header(ISSUED.cert))).status, status);
    });
  }

  it('T060: nobody vouches for it', async () => {
    const op = await open({ config: { client_certificate_authorities: [SELF_SIGNED.cert] } });
    await assertRefused(await ask(op, 'tls', header(ISSUED.cert)), 'invalid_client', 401);
  });

  it('T060: it is out of date', async () => {
    const op = await open();
    op.clock.now = Date.UTC(2200, 0, 1) / 1000;
    await assertRefused(await ask(op, 'tls', header(ISSUED.cert)), 'invalid_client', 401);
  });

  it('T060: it vouches for itself', async () => {
    const op = await open();
    await assertRefused(await ask(op, 'tls', header(SELF_SIGNED.cert)), 'invalid_client', 401);
  });

  it('exactly one subject must be registered', async () => {
    const { parseConfig } = await import('../../src/config/parse.ts');
    const two = { ...TLS, tls_client_auth_san_dns: 'cert.example' };
    const { tls_client_auth_subject_dn: _, ...none } = TLS;
    for (const client of [two, none]) assertEquals(parseConfig({ clients: [client] }).ok, false);
  });
});

describe('RFC 8705 §2.2: self_signed_tls_client_auth', () => {
  it('the registered key', async () => {
    assertEquals((await ask(await open(), 'self', header(SELF_SIGNED.cert))).status, 200);
  });

  it('T060: another one', async () => {
    const op = await open();
    await assertRefused(await ask(op, 'self', header(ISSUED.cert)), 'invalid_client', 401);
  });

  it('registered by x5c', async () => {
    const raw = new X509Certificate(SELF_SIGNED.cert).raw.toString('base64');
    const op = await open({
      self: { jwks: { keys: [{ ...jwkOf(SELF_SIGNED.cert), x5c: [raw] }] } },
    });
    assertEquals((await ask(op, 'self', header(SELF_SIGNED.cert))).status, 200);
  });
});

describe('RFC 9440 §4: whose header counts', () => {
  it('T119: that of a trusted proxy alone', async () => {
    const op = await open({ config: { trusted_proxies: ['198.51.100.1'] } });
    await assertRefused(await ask(op, 'tls', header(ISSUED.cert)), 'invalid_client', 401);
    const none = await open({ config: { trusted_proxies: [] } });
    await assertRefused(await ask(none, 'tls', header(ISSUED.cert)), 'invalid_client', 401);
  });

  const forms: readonly string[] = [
    '',
    'x',
    '::',
    ':AAAA:',
    `:${'A'.repeat(30_000)}:`,
    ISSUED.cert.replaceAll('\n', ''),
    `${header(ISSUED.cert)['client-cert']}, ${header(ISSUED.cert)['client-cert']}`,
    `${header(ISSUED.cert)['client-cert']};a=1`,
  ];
  for (const [index, value] of forms.entries()) {
    it(`§2.2: form ${index} is no certificate`, async () => {
      const op = await open();
      await assertRefused(await ask(op, 'tls', { 'client-cert': value }), 'invalid_client', 401);
    });
  }

  it('a certificate that comes with other credentials is no second method', async () => {
    const op = await open();
    const response = await op.post('/introspect', { token: 'x' }, {
      ...basic('app'),
      ...header(ISSUED.cert),
    });
    assertEquals(response.status, 200);
  });

  it('T038: a certificate is no secret, and a secret no certificate', async () => {
    const op = await open();
    await assertRefused(await ask(op, 'app', header(ISSUED.cert)), 'invalid_client', 401);
    await assertRefused(
      await op.post('/token', { grant_type: 'client_credentials' }, basic('tls')),
      'invalid_client',
      401,
    );
    await assertRefused(await ask(op, 'tls', {}), 'invalid_client', 401);
  });
});

describe('RFC 8414 §2: what discovery says of certificates', () => {
  async function methods(config: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
    const op = await openOp({ config });
    const response = await op.fetch('/.well-known/openid-configuration');
    return (await response.json() as { token_endpoint_auth_methods_supported: string[] })
      .token_endpoint_auth_methods_supported.filter((method) => method.includes('tls'));
  }

  it('nothing where none can arrive; self-signed ones alone where there is no authority', async () => {
    assertEquals(await methods({}), []);
    assertEquals(await methods({ trusted_proxies: [PROXY] }), ['self_signed_tls_client_auth']);
    assertEquals(
      await methods({
        trusted_proxies: [PROXY],
        client_certificate_authorities: [AUTHORITY],
      }),
      ['tls_client_auth', 'self_signed_tls_client_auth'],
    );
  });
});
