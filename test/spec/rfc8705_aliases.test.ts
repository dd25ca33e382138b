/** RFC 8705 §5: the same endpoints under a host at which clients are asked for a certificate. */
import { describe, it } from 'node:test';
import { dispatcher } from '../../src/app/dispatch.ts';
import { loadLibraries, parseConfig } from '../../src/config/parse.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { newProofKey, proofFor } from '../support/dpop.ts';
import {
  ASSERTION_TYPE,
  CERTIFICATE,
  FAPI_CLIENTS,
  type FapiClient,
  fapiClient,
  openFapi,
} from '../support/fapi.ts';
import { assertRefused, tokensOf } from '../support/flow.ts';
import { ISSUER } from '../support/op.ts';

const MTLS = 'https://mtls.op.example';

type Aliases = Readonly<Record<string, string>>;

async function open(changes: object = {}): Promise<FapiClient> {
  const clients = [{ ...FAPI_CLIENTS[0], ...changes }, ...FAPI_CLIENTS.slice(1)];
  return await fapiClient(await openFapi({ mtls_endpoint_aliases: MTLS, clients }));
}

async function aliasesOf(client: FapiClient, path: string): Promise<Aliases | undefined> {
  const response = await client.op.fetch(path);
  const { mtls_endpoint_aliases } = await response.json() as {
    readonly mtls_endpoint_aliases?: Aliases;
  };
  return mtls_endpoint_aliases;
}

describe('RFC 8705 §5: aliases of endpoints', () => {
  it('both documents tell of those that clients call by themselves, and of no page', async () => {
    const client = await open();
    const aliases = await aliasesOf(client, '/.well-known/openid-configuration');
    assertEquals(aliases?.['token_endpoint'], `${MTLS}/token`);
    assertEquals(
      await aliasesOf(client, `${ISSUER}/.well-known/oauth-authorization-server`),
      aliases,
    );
    const metadata = await (await client.op.fetch('/.well-known/openid-configuration'))
      .json() as Aliases;
    for (const [name, url] of Object.entries(aliases ?? {})) {
      assertEquals(url.replace(MTLS, ISSUER), metadata[name], name);
    }
    assertEquals('authorization_endpoint' in (aliases ?? {}), false);
  });

  it('there are none without the option, and none where no certificate can reach us', async () => {
    for (const config of [{}, { mtls_endpoint_aliases: MTLS, trusted_proxies: [] }]) {
      const client = await fapiClient(await openFapi(config));
      assertEquals(await aliasesOf(client, '/.well-known/openid-configuration'), undefined);
    }
  });

  it('a client gets its tokens there, and uses them at either name', async () => {
    const { op } = await open();
    const bound = await fapiClient(op, { client_id: 'bound', isBoundToCertificate: true });
    const { access_token } = await tokensOf(
      await op.post(`${MTLS}/token`, {
        grant_type: 'client_credentials',
        client_id: 'bound',
        client_assertion: await bound.assertion(),
        client_assertion_type: ASSERTION_TYPE,
      }, CERTIFICATE),
    );
    assert(await bound.isActive(access_token));
    const tokens = await bound.tokens();
    const headers = { authorization: `Bearer ${tokens.access_token}`, ...CERTIFICATE };
    for (const host of [ISSUER, MTLS]) {
      assertEquals((await op.fetch(`${host}/userinfo`, { headers })).status, 200, host);
    }
  });

  it('RFC 7523 §3: assertions may be addressed to them, save where the issuer alone will do', async () => {
    const form = { grant_type: 'client_credentials' };
    for (
      const [changes, status] of [
        [{ profile: 'default', token_endpoint_auth_method: 'private_key_jwt' }, 200],
        [{}, 401],
      ] as const
    ) {
      const client = await open(changes);
      for (const aud of [`${MTLS}/token`, 'https://other.example/token']) {
        const expected = aud.startsWith(MTLS) ? status : 401;
        assertEquals((await client.token(form, { assertion: { aud } })).status, expected, aud);
      }
    }
  });

  it('RFC 9449 §4.3: a proof may name them in htu, and no other host', async () => {
    const client = await open();
    const { access_token } = await client.tokens();
    const proofKey = client.proofKey;
    for (
      const [host, status] of [[MTLS, 200], [ISSUER, 200], ['https://other.example', 401]] as const
    ) {
      const dpop = await proofFor(client.op, proofKey, {
        accessToken: access_token,
        payload: { htm: 'GET', htu: `${host}/userinfo` },
      });
      const headers = { authorization: `DPoP ${access_token}`, dpop };
      assertEquals((await client.op.fetch(`${MTLS}/userinfo`, { headers })).status, status, host);
    }
    const foreign = { payload: { htu: `${MTLS}/token` } };
    const form = { grant_type: 'client_credentials' };
    assertEquals((await client.token(form, { proof: foreign })).status, 200);
    const stolen = { proof: foreign, proofKey: await newProofKey('RS256') };
    await assertRefused(await client.token(form, stolen), 'invalid_dpop_proof');
  });
});

describe('mtls_endpoint_aliases in the configuration', () => {
  for (
    const [name, config, path] of [
      ['the issuer’s own origin', { issuer: ISSUER, mtls_endpoint_aliases: ISSUER }, []],
      ['a path', { issuer: ISSUER, mtls_endpoint_aliases: `${MTLS}/mtls` }, []],
      ['http', { issuer: ISSUER, mtls_endpoint_aliases: 'http://mtls.op.example' }, []],
      ['the origin of another issuer of this path', {
        issuers: [{ issuer: ISSUER, mtls_endpoint_aliases: MTLS }, { issuer: MTLS }],
      }, ['issuers', 0]],
      ['one origin for two issuers of one path', {
        mtls_endpoint_aliases: MTLS,
        issuers: [{ issuer: `${ISSUER}/a` }, { issuer: 'https://b.example/a' }],
      }, []],
      ['what leads to a page of another issuer', {
        mtls_endpoint_aliases: MTLS,
        issuers: [{ issuer: ISSUER }, { issuer: 'https://b.example/account' }],
      }, []],
    ] as const
  ) {
    it(`refused: ${name}`, () => {
      const parsed = parseConfig(config);
      assert(!parsed.ok);
      assertEquals(parsed.mistakes.map((mistake) => mistake.path), [[
        ...path,
        'mtls_endpoint_aliases',
      ]]);
    });
  }

  it('one origin serves issuers of several paths', async () => {
    const config = {
      mtls_endpoint_aliases: MTLS,
      issuers: [{ issuer: `${ISSUER}/a` }, { issuer: 'https://b.example/b' }],
    };
    await loadLibraries(config);
    const parsed = parseConfig(config);
    assert(parsed.ok);
    assertEquals(parsed.config.issuers.map(({ settings }) => settings.mtls_endpoint_aliases), [
      `${MTLS}/a`,
      `${MTLS}/b`,
    ]);
  });

  it('with issuers of several hosts, each is found under its own alias', async () => {
    const issuers = ['https://a.example', 'https://b.example'].map((url) => ({
      url,
      alias: url.replace('https://', 'https://mtls.'),
      route: () => Promise.resolve(new Response(url)),
    }));
    const route = dispatcher(issuers, []);
    for (const { url, alias } of issuers) {
      for (const host of [url, alias]) {
        const response = await route(new Request(`${host}/token`));
        assertEquals([response.status, await response.text()], [200, url], host);
      }
    }
  });
});
