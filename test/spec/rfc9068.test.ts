/** RFC 9068: JSON Web Token (JWT) Profile for OAuth 2.0 Access Tokens. */
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, it } from 'node:test';
import { assert, assertEquals, assertFalse, assertMatch } from '../support/assert.ts';
import {
  ALICE,
  answerOf,
  assertRefused,
  claimsOf,
  headerOf,
  isActive,
  obtainTokens,
  redeem,
  refresh,
  tokenRequest,
  tokensOf,
  userinfo,
} from '../support/flow.ts';
import { basic, CLIENT, ISSUER, type Op, openOp } from '../support/op.ts';

const JWT = {
  ...CLIENT,
  grant_types: [...CLIENT.grant_types, 'client_credentials'],
  scope: `${CLIENT.scope} read write`,
  access_token_format: 'jwt',
  authorization_details_types: ['files'],
};
const RESOURCE = 'https://api.example/';
const SECOND = 'https://second.example/';

function open(
  client: Readonly<Record<string, unknown>> = {},
  config: Readonly<Record<string, unknown>> = {},
): Promise<Op> {
  return openOp({
    config: {
      clients: [{ ...JWT, ...client }],
      resources: [{ resource: RESOURCE, scope: 'read write' }, { resource: SECOND, scope: 'read' }],
      authorization_details_types: { files: { fields: ['path'] } },
      ...config,
    },
  });
}

async function machineToken(op: Op, changes: Readonly<Record<string, string>> = {}) {
  return await tokensOf(await tokenRequest(op, { grant_type: 'client_credentials', ...changes }));
}

describe('RFC 9068 §2: the access token', () => {
  it('§2.1, §2.2: header and claims, all of them and no others', async () => {
    const op = await open();
    const { access_token, id_token } = await obtainTokens(op, {
      scope: 'openid email read',
      resource: RESOURCE,
    });
    const { typ, alg, kid, ...rest } = headerOf(access_token);
    assertEquals([typ, alg, typeof kid, rest], ['at+jwt', 'ES256', 'string', {}]);
    const claims = claimsOf(access_token);
    assertEquals(claims, {
      iss: ISSUER,
      exp: op.clock.now + 3600,
      aud: [RESOURCE, ISSUER],
      sub: claimsOf(id_token)['sub'],
      client_id: 'app',
      iat: op.clock.now,
      jti: claims['jti'],
      auth_time: op.clock.now,
      acr: 'one_factor',
      amr: ['pwd'],
      scope: 'openid email read',
    });
    assertMatch(String(claims['jti']), /^[\w-]{22}\.[\w-]{22}$/);
  });

  it('§4: a resource server verifies it with the published keys', async () => {
    const op = await open();
    const { access_token } = await obtainTokens(op, { scope: 'read', resource: RESOURCE });
    const jwks = await (await op.fetch('/jwks')).json() as JSONWebKeySet;
    const { payload } = await jwtVerify(access_token, createLocalJWKSet(jwks), {
      issuer: ISSUER,
      audience: RESOURCE,
      typ: 'at+jwt',
      currentDate: new Date(op.clock.now * 1000),
    });
    assertEquals(payload['scope'], 'read');
  });

  it('§2.2: for a client that acts for itself, sub is the client and nobody has signed in', async () => {
    const op = await open();
    const { access_token } = await machineToken(op, { scope: 'read', resource: RESOURCE });
    const { jti, ...claims } = claimsOf(access_token);
    assertEquals(typeof jti, 'string');
    assertEquals(claims, {
      iss: ISSUER,
      sub: 'app',
      aud: RESOURCE,
      client_id: 'app',
      iat: op.clock.now,
      exp: op.clock.now + 3600,
      scope: 'read',
    });
  });

  it('§2.2.3: no scope at all rather than an empty one', async () => {
    const op = await open();
    const { access_token } = await machineToken(op);
    assertFalse('scope' in claimsOf(access_token));
    assert(await isActive(op, access_token));
  });

  it('RFC 9396 §9.1: authorization_details as they were granted', async () => {
    const op = await open();
    const details = [{ type: 'files', path: '/a' }];
    const { access_token } = await machineToken(op, {
      authorization_details: JSON.stringify(details),
    });
    assertEquals(claimsOf(access_token)['authorization_details'], details);
  });

  it('§3: the audience is what was asked for; several are a list', async () => {
    const op = await open();
    const of = async (...resource: string[]): Promise<unknown> => {
      const form = [
        ['grant_type', 'client_credentials'] as const,
        ...resource.map((each) => ['resource', each] as const),
      ];
      const { access_token } = await tokensOf(await op.post('/token', form, basic('app')));
      return claimsOf(access_token)['aud'];
    };
    assertEquals(await of(RESOURCE), RESOURCE);
    assertEquals(await of(RESOURCE, SECOND), [RESOURCE, SECOND]);
    assertEquals(await of(), ISSUER);
  });

  it('two tokens of one grant are two: another jti, the same auth_time', async () => {
    const op = await open();
    const first = await obtainTokens(op, { scope: 'openid offline_access' });
    op.clock.now += 100;
    const second = await tokensOf(await refresh(op, first.refresh_token));
    const [a, b] = [claimsOf(first.access_token), claimsOf(second.access_token)];
    assertFalse(a['jti'] === b['jti']);
    assertEquals(b['auth_time'], a['auth_time']);
    assertEquals(Number(b['iat']) - Number(a['iat']), 100);
  });

  it('claims of the policy are in it, as far as its own scope goes', async () => {
    const op = await open({ claims_policy: 'rich' }, {
      claims_policies: {
        rich: {
          access_token: ['email'],
        },
      },
    });
    const scope = 'openid email offline_access';
    const { access_token, refresh_token } = await obtainTokens(op, { scope });
    assertEquals(claimsOf(access_token)['email'], 'alice@alice.example');
    const less = await tokensOf(await refresh(op, refresh_token, { scope: 'openid' }));
    assertFalse('email' in claimsOf(less.access_token));
  });

  it('T129: of more claims than a header can hold it has none, and is read all the same', async () => {
    const scope = `${JWT.scope} groups`;
    const op = await open({ claims_policy: 'rich', scope }, {
      claims_policies: { rich: { access_token: ['groups'] } },
    });
    const { directory } = op.instance;
    const groups = Array.from({ length: 400 }, (_, i) => `group-of-a-long-name-${i}`);
    await directory.update((await directory.findByUsername('alice'))?.id ?? '', { groups });
    const { access_token } = await obtainTokens(op, { scope: 'openid groups' });
    assertFalse('groups' in claimsOf(access_token));
    assertEquals(await (await userinfo(op, access_token)).json(), {
      sub: claimsOf(access_token)['sub'],
      groups,
    });
    assert(op.log.some((line) => line.includes('access_token.claims_left_out')));
  });

  it('T129: of claims and details that fit alone and not together, the claims are left out', async () => {
    const op = await open({ claims_policy: 'rich', scope: `${JWT.scope} groups` }, {
      claims_policies: { rich: { access_token: ['groups'] } },
    });
    const { directory } = op.instance;
    const groups = Array.from({ length: 200 }, (_, i) => `group-of-a-long-name-${i}`);
    await directory.update((await directory.findByUsername('alice'))?.id ?? '', { groups });
    const withPath = async (length: number): Promise<string> => {
      const pushed = await op.post('/par', {
        redirect_uri: CLIENT.redirect_uris[0],
        response_type: 'code',
        scope: 'openid groups',
        authorization_details: JSON.stringify([{ type: 'files', path: 'x'.repeat(length) }]),
      }, basic('app'));
      const { request_uri } = await pushed.json() as { request_uri: string };
      const page = await op.browser().authorize(
        `/authorize?${new URLSearchParams({ client_id: 'app', request_uri })}`,
        ALICE,
      );
      const { access_token } = await tokensOf(await redeem(op, answerOf(page)['code'] ?? ''));
      assertEquals((await userinfo(op, access_token)).status, 200);
      return access_token;
    };
    assert('groups' in claimsOf(await withPath(10)));
    assertFalse('groups' in claimsOf(await withPath(8000)));
  });
});

describe('RFC 9068 §2: whose algorithm and lifetime count', () => {
  it('the client’s, unless its one resource has its own', async () => {
    const op = await open({ access_token_signed_response_alg: 'EdDSA' }, {
      resources: [
        { resource: RESOURCE, scope: 'read write', access_token_signed_response_alg: 'RS256' },
        { resource: SECOND, scope: 'read', access_token_format: 'opaque' },
      ],
    });
    const headerFor = async (changes: Readonly<Record<string, string>>): Promise<unknown> =>
      headerOf((await machineToken(op, changes)).access_token)['alg'];
    assertEquals(await headerFor({}), 'EdDSA');
    assertEquals(await headerFor({ resource: RESOURCE }), 'RS256');
    const { access_token } = await machineToken(op, { resource: SECOND });
    assert(access_token.startsWith('ost_at_'));
  });

  it('lifespans by grant: what is got by refreshing lives as its own row says', async () => {
    const op = await open({ lifespan: 'by_grant' }, {
      lifespans: {
        custom: {
          by_grant: {
            access_token: '20m',
            grants: {
              refresh_token: { access_token: '5m', id_token: '2m' },
              client_credentials: { access_token: '1m' },
            },
          },
        },
      },
    });
    const first = await obtainTokens(op, { scope: 'openid offline_access' });
    assertEquals(first.expires_in, 1200);
    const second = await tokensOf(await refresh(op, first.refresh_token));
    assertEquals(second.expires_in, 300);
    assertEquals(Number(claimsOf(second.id_token)['exp']) - op.clock.now, 120);
    assertEquals((await machineToken(op)).expires_in, 60);
  });
});

describe('RFC 9068 §4: at our own UserInfo', () => {
  it('T080: a token whose audience we are not is refused', async () => {
    const op = await open();
    const { access_token } = await obtainTokens(op, { scope: 'read', resource: RESOURCE });
    await assertRefused(await userinfo(op, access_token), 'invalid_token', 401);
  });

  it('T050: changed, of another typ, or of another key it is no token', async () => {
    const op = await open();
    const { access_token, id_token } = await obtainTokens(op);
    const [header = '', payload = '', signature = ''] = access_token.split('.');
    const encode = (value: unknown): string =>
      Buffer.from(JSON.stringify(value)).toString('base64url');
    const stronger = encode({ ...claimsOf(access_token), scope: 'openid email' });
    const tokens = [
      `${header}.${stronger}.${signature}`,
      `${encode({ ...headerOf(access_token), typ: 'JWT' })}.${payload}.${signature}`,
      `${encode({ alg: 'none', typ: 'at+jwt' })}.${payload}.`,
      `${encode({ ...headerOf(access_token), kid: 'x' })}.${payload}.${signature}`,
      id_token,
    ];
    for (const token of tokens) {
      await assertRefused(await userinfo(op, token), 'invalid_token', 401);
      assertFalse(await isActive(op, token));
    }
    assertEquals((await userinfo(op, access_token)).status, 200);
  });
});
