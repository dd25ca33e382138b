/** What relying parties got wrong lately: requests that provoke each finding, and what makes it go away. */
import { describe, it } from 'node:test';
import { examine } from '../../../src/engine/doctor/examine.ts';
import { deliveryPuts } from '../../../src/engine/deliveries/new_delivery.ts';
import type { Finding } from '../../../src/engine/doctor/finding.ts';
import { parseNetworks } from '../../../src/spec/networks.ts';
import { assert, assertEquals, assertMatch, assertStringIncludes } from '../../support/assert.ts';
import { authorizationUrl, obtainTokens, refresh, userinfo } from '../../support/flow.ts';
import { recordPosts } from '../../support/posts.ts';
import { basic, CLI, CLIENT, CLIENT_SECRET, ISSUER, type Op, openOp } from '../../support/op.ts';

const OPTIONS = {
  hasRecords: true,
  network: false,
  isServing: false,
  hasNotifier: false,
  trustedProxies: [],
};

async function findingsOf(op: Op, check: string): Promise<readonly Finding[]> {
  const all = await examine(op.instance.engine(), OPTIONS);
  return all.filter((finding) => finding.check === check);
}

async function onlyFinding(op: Op, check: string): Promise<Finding> {
  const findings = await findingsOf(op, check);
  assertEquals(findings.length, 1, JSON.stringify(findings));
  return findings[0] as Finding;
}

/** The same server with other options, on the records of the first. */
async function reconfigured(op: Op, config: Record<string, unknown>): Promise<Op> {
  await op.instance.engine().observations.flush();
  return await openOp({ store: op.store, people: false, config });
}

function withClient(changes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { clients: [{ ...CLIENT, ...changes }] };
}

const API = 'https://api.example/';
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

/** The client app beside one that is a resource server. */
function withResourceServer(
  app: Readonly<Record<string, unknown>>,
  resource: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    clients: [{ ...CLIENT, ...app }, { ...CLIENT, client_id: 'api' }],
    resources: [{ resource: API, scope: 'openid', ...resource }],
  };
}

async function introspectAsApi(op: Op): Promise<void> {
  const { access_token } = await obtainTokens(op, { scope: 'openid' });
  const response = await op.post('/introspect', { token: access_token }, basic('api'));
  assertEquals(await response.json(), { active: false });
}

const BROWSER_HEADERS = { 'x-forwarded-proto': 'http', host: 'op.example' };

interface Row {
  readonly check: string;
  readonly name: string;
  readonly config?: Record<string, unknown>;
  readonly provoke: (op: Op) => Promise<unknown>;
  readonly found: RegExp;
  readonly change: RegExp;
  readonly about?: string;
  /** Options under which nothing is wrong any more. */
  readonly mended?: Record<string, unknown>;
}

const ROWS: readonly Row[] = [
  {
    check: 'redirect_uri',
    name: 'a redirect_uri that is not registered',
    provoke: (op) => op.fetch(authorizationUrl({ redirect_uri: `${CLIENT.redirect_uris[0]}/` })),
    found: /app\.example\/callback\/ once.*registered: https.*in a slash at the end alone\)$/,
    change: /redirect_uris of client app in the configuration file/,
    mended: withClient({ redirect_uris: [`${CLIENT.redirect_uris[0]}/`] }),
  },
  {
    check: 'post_logout_redirect_uri',
    name: 'a post_logout_redirect_uri that is not registered',
    config: withClient({ post_logout_redirect_uris: ['https://app.example/Out'] }),
    provoke: (op) =>
      op.fetch('/end_session?client_id=app&post_logout_redirect_uri=https://app.example/out'),
    found:
      /post_logout_redirect_uri https:\/\/app\.example\/out once.*upper and lower case alone\)$/,
    change:
      /post_logout_redirect_uris of client app in the configuration file; .*people who sign out/,
    mended: withClient({ post_logout_redirect_uris: ['https://app.example/out'] }),
  },
  {
    check: 'auth_method',
    name: 'an authentication method that is not registered',
    provoke: (op) =>
      op.post('/token', {
        grant_type: 'authorization_code',
        code: 'x',
        client_id: 'app',
        client_secret: CLIENT_SECRET,
      }),
    found: /token endpoint with client_secret_post once.*registered is client_secret_basic$/,
    change: /set token_endpoint_auth_method: "client_secret_post"$/,
    mended: withClient({ token_endpoint_auth_method: 'client_secret_post' }),
  },
  {
    check: 'auth_method',
    name: 'no credentials from a client that has a secret',
    provoke: (op) => op.post('/token', { grant_type: 'authorization_code', client_id: 'app' }),
    found: /with none once/,
    change: /have the application use client_secret_basic: it sends no credentials at all$/,
  },
  {
    check: 'auth_method',
    name: 'another method at one endpoint alone',
    provoke: (op) =>
      op.post('/revoke', { token: 'x', client_id: 'app', client_secret: CLIENT_SECRET }),
    found: /revocation endpoint with client_secret_post once.*registered is client_secret_basic$/,
    change: /set revocation_endpoint_auth_method: "client_secret_post"$/,
    mended: withClient({ revocation_endpoint_auth_method: 'client_secret_post' }),
  },
  {
    check: 'auth_method',
    name: 'no credentials where a device begins, as many libraries do it',
    config: withClient({ grant_types: [...CLIENT.grant_types, DEVICE_CODE] }),
    provoke: (op) => op.post('/device_authorization', { client_id: 'app' }),
    found: /device_authorization endpoint with none once/,
    change: /set device_authorization_endpoint_auth_method: "none"$/,
    mended: withClient({
      grant_types: [...CLIENT.grant_types, DEVICE_CODE],
      device_authorization_endpoint_auth_method: 'none',
    }),
  },
  {
    check: 'introspection',
    name: 'a resource server that no resource names, RFC 7662 §2.2',
    config: withResourceServer({}),
    provoke: introspectAsApi,
    found: /introspected access tokens of other clients once.*they are for https:\/\/op\.example/,
    change: /^give api a resource under resources, with introspection_clients: \[ api \]/,
    about: 'client api',
  },
  {
    check: 'introspection',
    name: '… that the resource of the token does not name',
    config: withResourceServer({ audience: [API], requested_audience_mode: 'implicit' }),
    provoke: introspectAsApi,
    found: /they are for https:\/\/api\.example\//,
    change: /add api to the introspection_clients of https:\/\/api\.example\/ under resources$/,
    about: 'client api',
    mended: withResourceServer({}, { introspection_clients: ['api'] }),
  },
  {
    check: 'authentication',
    name: 'a wrong secret',
    provoke: (op) => op.post('/token', { grant_type: 'refresh_token' }, basic('app', 'wrong')),
    found: /token endpoint once.*: wrong secret$/,
    change: /ostiary client secret app$/,
  },
  {
    check: 'pkce',
    name: 'no code_challenge where PKCE is required',
    config: { pkce: 'always' },
    provoke: (op) => op.fetch(authorizationUrl()),
    found: /without code_challenge once/,
    change: /set require_pkce: false$/,
    mended: {},
  },
  {
    check: 'scope',
    name: 'a scope that is not registered',
    config: withClient({ scope: 'openid profile' }),
    provoke: (op) => op.fetch(authorizationUrl({ scope: 'openid email' })),
    found: /the scope email once.*registered: openid profile$/,
    change: /set scope: "openid profile email"$/,
    mended: {},
  },
  {
    check: 'unknown_client',
    name: 'a client_id that nobody has',
    provoke: (op) => op.fetch(authorizationUrl({ client_id: 'ap' })),
    found: /client_id ap came to the authorization endpoint once/,
    change: /ostiary client list/,
    about: ISSUER,
    mended: withClient({ client_id: 'ap' }),
  },
  {
    check: 'unknown_client',
    name: '… at the token endpoint',
    provoke: (op) => op.post('/token', { grant_type: 'refresh_token' }, basic('ap', 'x')),
    found: /client_id ap came to the token endpoint once/,
    change: /ostiary client add/,
    about: ISSUER,
  },
  {
    check: 'host',
    name: 'browsers that come by another name',
    provoke: (op) =>
      op.fetch(authorizationUrl(), { headers: { 'x-forwarded-host': 'intern.example' } }),
    found: /by the host intern\.example once/,
    change: /set issuer to it/,
    about: ISSUER,
  },
  {
    check: 'proto',
    name: 'browsers that come without TLS to an https issuer',
    provoke: (op) => op.fetch(authorizationUrl(), { headers: BROWSER_HEADERS }),
    found: /came by http to the https issuer once/,
    change: /X-Forwarded-Proto/,
    about: ISSUER,
  },
  {
    check: 'trusted_proxies',
    name: 'forwarding headers of a proxy that nobody trusts',
    provoke: (op) =>
      op.fetch(authorizationUrl(), { headers: { forwarded: 'for=192.0.2.1' }, peer: '10.0.0.2' }),
    found: /came from 10\.0\.0\.2 once/,
    change: /trusted_proxies: \[ 10\.0\.0\.2 \]/,
    about: ISSUER,
  },
];

describe('doctor: what was seen lately', () => {
  it('finds nothing where everything is as it should be', async () => {
    const op = await openOp({ config: { trusted_proxies: ['10.0.0.2'] } });
    const tokens = await obtainTokens(op, { scope: 'openid profile offline_access' });
    for (let i = 0; i < 4; i += 1) await refresh(op, tokens.refresh_token);
    await userinfo(op, tokens.access_token);
    await op.fetch(authorizationUrl(), {
      peer: '10.0.0.2',
      headers: {
        'x-forwarded-for': '192.0.2.1',
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'OP.example:443',
        host: '127.0.0.1:9091',
      },
    });
    const findings = await examine(op.instance.engine(), OPTIONS);
    assertEquals(findings.map(({ check }) => check), ['administrators'], JSON.stringify(findings));
    await op.close();
  });

  for (const { check, name, config = {}, provoke, found, change, about, mended } of ROWS) {
    it(`${check}: ${name}`, async () => {
      const op = await openOp({ config });
      assertEquals(await findingsOf(op, check), []);
      await provoke(op);
      const finding = await onlyFinding(op, check);
      assertMatch(finding.found, found);
      assertMatch(finding.change, change);
      assertEquals(finding.about, about ?? 'client app');
      if (mended === undefined) return await op.close();
      const next = await reconfigured(op, mended);
      assertEquals(await findingsOf(next, check), []);
      await next.close();
    });
  }

  it('delivery: a client whose server took nothing is told of, until it has', async () => {
    let status = 503;
    const { outbound } = recordPosts(() => status);
    const config = withClient({ backchannel_logout_uri: 'https://app.example/logout' });
    const op = await openOp({ config, outbound });
    const engine = op.instance.engine();
    const tell = async (): Promise<void> => {
      const content = { sid: 'sid' };
      const delivery = { kind: 'backchannel_logout', client_id: 'app', content } as const;
      await engine.store.commit({ put: deliveryPuts(delivery, engine) });
      await engine.deliveries.settled();
      op.clock.now += 1;
    };
    assertEquals(await findingsOf(op, 'delivery'), []);
    await tell();
    const finding = await onlyFinding(op, 'delivery');
    assertEquals([finding.severity, finding.about], ['warning', 'client app']);
    assertMatch(finding.found, /once.*\(backchannel_logout\): the answer has status 503$/);
    assertMatch(finding.change, /ostiary delivery list --client app/);
    status = 200;
    await tell();
    assertEquals(await findingsOf(op, 'delivery'), []);
    await op.close();
  });

  it('authentication: what worked since is a note', async () => {
    const op = await openOp();
    await op.post('/token', { grant_type: 'refresh_token' }, basic('app', 'wrong'));
    assertEquals((await onlyFinding(op, 'authentication')).severity, 'warning');
    op.clock.now += 1;
    await obtainTokens(op);
    const finding = await onlyFinding(op, 'authentication');
    assertEquals(finding.severity, 'note');
    assertMatch(finding.found, /wrong secret; it has got tokens since$/);
    await op.close();
  });

  it('trusted_proxies: a proxy that is trusted by now is not told of', async () => {
    const op = await openOp();
    const headers = { 'x-forwarded-for': '192.0.2.1' };
    await op.fetch(authorizationUrl(), { headers, peer: '10.0.0.2' });
    const trustedProxies = parseNetworks(['10.0.0.0/8']);
    const options = { ...OPTIONS, trustedProxies };
    const after = await examine(op.instance.engine(), options);
    assertEquals(after.filter(({ check }) => check === 'trusted_proxies'), []);
    assertEquals((await findingsOf(op, 'trusted_proxies')).length, 1);
    await op.close();
  });

  it('auth_method: who errs in the same way at the token endpoint is to change it for all endpoints', async () => {
    const op = await openOp();
    const posted = { client_id: 'app', client_secret: CLIENT_SECRET };
    await op.post('/token', { ...posted, grant_type: 'refresh_token', refresh_token: 'x' });
    await op.post('/revoke', { ...posted, token: 'x' });
    const findings = await findingsOf(op, 'auth_method');
    assertEquals(findings.map(({ change }) => change.split('set ')[1]), [
      'token_endpoint_auth_method: "client_secret_post"',
      'token_endpoint_auth_method: "client_secret_post"',
    ]);
    await op.close();
  });

  it('auth_method: of a client that has got tokens since it is a note', async () => {
    const op = await openOp();
    const posted = { client_id: 'app', client_secret: CLIENT_SECRET };
    await op.post('/token', { ...posted, grant_type: 'refresh_token', refresh_token: 'x' });
    assertEquals((await onlyFinding(op, 'auth_method')).severity, 'warning');
    op.clock.now += 1;
    await obtainTokens(op, { scope: 'openid' });
    const { severity, found } = await onlyFinding(op, 'auth_method');
    assertEquals(severity, 'note');
    assertMatch(found, /registered is client_secret_basic; it has got tokens since$/);
    await op.close();
  });

  it('introspection: the log says why a live token is told to be inactive', async () => {
    const op = await openOp({ config: withResourceServer({}) });
    await introspectAsApi(op);
    const line = op.log.find((each) => each.includes('introspection.withheld')) ?? '';
    assertStringIncludes(line, '"client_id":"api"');
    assertStringIncludes(line, '"token_client":"app"');
    await op.close();
  });

  it('pkce: what a public client lacks cannot be given up', async () => {
    const { client_secret: _, ...rest } = CLIENT;
    const op = await openOp({
      config: { clients: [{ ...rest, token_endpoint_auth_method: 'none' }] },
    });
    await op.fetch(authorizationUrl());
    assertMatch((await onlyFinding(op, 'pkce')).change, /S256: it has no secret/);
    await op.close();
  });

  it('redirect_uri: says in what alone it differs', async () => {
    const registered = 'https://app.example:8443/Callback?a=b';
    const op = await openOp({ config: withClient({ redirect_uris: [registered] }) });
    const rows = [
      ['https://app.example:8443/callback?a=b', 'upper and lower case'],
      ['http://app.example:8443/Callback?a=b', 'http for https'],
      ['https://app.example/Callback?a=b', 'the port'],
      ['https://app.example:8443/Callback', 'the query'],
      ['https://app.test:8443/Callback?a=b', 'the host'],
    ] as const;
    for (const [redirect_uri] of rows) await op.fetch(authorizationUrl({ redirect_uri }));
    const findings = await findingsOf(op, 'redirect_uri');
    for (const [asked, part] of rows) {
      const finding = findings.find(({ found }) => found.includes(`${asked} once`));
      assertStringIncludes(
        finding?.found ?? '',
        `(it differs from ${registered} in ${part} alone)`,
      );
    }
    await op.close();
  });

  it('userinfo: a client that reads ID tokens alone lacks what is only there', async () => {
    const op = await openOp();
    const tokens = await obtainTokens(op, { scope: 'openid email offline_access' });
    await refresh(op, tokens.refresh_token);
    assertEquals(await findingsOf(op, 'userinfo'), [], 'two may be a beginning');
    await obtainTokens(op, { scope: 'openid email' });
    const finding = await onlyFinding(op, 'userinfo');
    assertMatch(
      finding.found,
      /^got 3 or more ID tokens for openid, email since .* email_verified$/,
    );
    assertMatch(finding.change, /userinfo_endpoint, or .*set claims_in_id_token: true$/);
    const next = await reconfigured(op, withClient({ claims_in_id_token: true }));
    assertEquals(await findingsOf(next, 'userinfo'), []);
    await userinfo(op, tokens.access_token);
    assertEquals(await findingsOf(op, 'userinfo'), []);
    await next.close();
    await op.close();
  });

  it('userinfo: nothing is lacking where scopes grant nothing, or the policy sends it along', async () => {
    const config = {
      ...withClient({ claims_policy: 'p' }),
      claims_policies: { p: { id_token: ['email', 'email_verified'] } },
    };
    const op = await openOp({ config });
    for (let i = 0; i < 3; i += 1) await obtainTokens(op, { scope: 'openid email' });
    assertEquals(await findingsOf(op, 'userinfo'), []);
    await obtainTokens(op, { scope: 'openid phone' });
    assertMatch((await onlyFinding(op, 'userinfo')).change, /claims_policies\.p\.id_token/);
    await op.close();
  });

  it('what a removed client did is not its successor’s', async () => {
    const op = await openOp();
    await op.fetch(authorizationUrl({ redirect_uri: 'https://a.example/' }));
    op.clock.now += 100;
    await op.instance.engine().observations.flush();
    const next = await openOp({ store: op.store, people: false, config: { clients: [] } });
    assertEquals(await findingsOf(next, 'redirect_uri'), []);
    const { addClient } = await import('../../../src/engine/administration/clients.ts');
    next.clock.now += 200;
    const metadata = { redirect_uris: ['https://b.example/'] };
    const added = await addClient('app', metadata, { kind: 'mint' }, CLI, next.instance.engine());
    assertEquals(added.kind, 'done');
    assertEquals(await findingsOf(next, 'redirect_uri'), []);
    await next.fetch(authorizationUrl({ redirect_uri: 'https://c.example/' }));
    const finding = await onlyFinding(next, 'redirect_uri');
    assertMatch(finding.found, /^asked for the redirect_uri https:\/\/c\.example\/ once/);
    assertMatch(finding.change, /ostiary client update app --redirect-uri URI/);
    await next.close();
  });

  it('CWE-117: hostile values are cut and hold no control characters', async () => {
    const op = await openOp();
    const hostile = `https://x.example/\u001b[31m\n\u202e${'y'.repeat(3000)}`;
    await op.fetch(authorizationUrl({ redirect_uri: hostile }));
    await op.fetch(authorizationUrl({ client_id: hostile }));
    await op.fetch(authorizationUrl(), { headers: { 'x-forwarded-host': `h${'h'.repeat(5000)}` } });
    const findings = await examine(op.instance.engine(), OPTIONS);
    assertEquals(findings.length, 5, JSON.stringify(findings));
    for (const { about, found, change } of findings) {
      const text = `${about} ${found} ${change}`;
      assert(!/[\p{Cc}\p{Cf}]/u.test(text) && text.length < 800, text);
    }
    await op.close();
  });
});
