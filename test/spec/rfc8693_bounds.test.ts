/** RFC 8693 §5, T074: no exchange adds anything. */
import { describe, it } from 'node:test';
import { parseConfig, requireConfig } from '../../src/config/parse.ts';
import { boundsOf } from '../../src/engine/exchange/bounds.ts';
import { sha256 } from '../../src/keys/digest.ts';
import { assert, assertEquals, assertThrows } from '../support/assert.ts';
import { newProofKey, proofFor } from '../support/dpop.ts';
import {
  API,
  exchange,
  exchangeConfig,
  exchanged,
  FILES,
  GATEWAY,
  introspected,
  openExchange,
  ownToken,
  subjectTokens,
  typeOf,
} from '../support/exchange.ts';
import { assertRefused, REDIRECT_URI, tokensOf } from '../support/flow.ts';
import { basic, ISSUER, type Op } from '../support/op.ts';
import { createRandom } from '../support/random.ts';

const ROUNDS = 150;

const SCOPES = ['openid', 'profile', 'email', 'read', 'write'] as const;
const AUDIENCES = [API, FILES, 'https://other.example/', ISSUER] as const;

type Random = () => number;

function someOf<T>(all: readonly T[], random: Random, chance = 0.6): readonly T[] {
  return all.filter(() => random() < chance);
}

function maybe<T>(value: T, random: Random): T | undefined {
  return random() < 0.5 ? value : undefined;
}

/** What a token of one round may have, in its own words: an independent account of the rule. */
interface Has {
  readonly scope: readonly string[];
  readonly aud: readonly string[];
  readonly exp: number;
}

async function has(op: Op, token: string, client_id: string): Promise<Has> {
  const { active, scope = '', aud, exp } = await introspected(op, token, client_id);
  assertEquals(active, true);
  return {
    scope: String(scope).split(' ').filter((each) => each !== ''),
    aud: [aud].flat() as readonly string[],
    exp: Number(exp),
  };
}

describe(`T074: ${ROUNDS} exchanges by chance, twice in a row`, () => {
  it('scope, audience and lifetime stay within subject token, client and policy', async () => {
    let made = 0;
    let refused = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const random = createRandom(`exchange ${round}`);
      const names = someOf(AUDIENCES, random, 0.7);
      const client = {
        scope: someOf(SCOPES, random, 0.8).join(' '),
        audience: maybe(names.filter((name) => name !== ISSUER), random),
      };
      const policy = {
        subject_clients: ['app', 'gateway'],
        scope: maybe(someOf(SCOPES, random, 0.8).join(' '), random),
        audience: maybe(someOf(AUDIENCES, random, 0.8), random),
        lifetime: `${1 + Math.floor(random() * 3600)}s`,
      };
      const op = await openExchange({ gateway: client, policy });
      const scope = ['openid', ...someOf(SCOPES.slice(1), random)].join(' ');
      const resource = random() < 0.7 ? API : undefined;
      const subject = await subjectTokens(op, { scope, resource });
      let token = subject.access_token;
      let parent = await has(op, token, 'app');
      op.clock.now += Math.floor(random() * 1200);
      for (let step = 0; step < 2; step += 1) {
        const asked = {
          scope: maybe(someOf(SCOPES, random, 0.4).join(' '), random),
          resource: maybe(someOf(AUDIENCES, random, 0.4), random),
          audience: maybe(someOf(AUDIENCES, random, 0.2), random),
        };
        const response = await exchange(op, token, asked);
        const label = `round ${round} step ${step}: ${
          JSON.stringify({ client, policy, parent, asked })
        }`;
        if (response.status !== 200) {
          const { error } = await response.json() as { error: string };
          assert(['invalid_scope', 'invalid_target'].includes(error), `${error} ${label}`);
          refused += 1;
          break;
        }
        made += 1;
        token = (await tokensOf(response)).access_token;
        const own = await has(op, token, 'gateway');
        for (const name of own.scope) {
          assert(parent.scope.includes(name), `${name} ${label}`);
          assert(client.scope.split(' ').includes(name), `${name} ${label}`);
          assert(policy.scope?.split(' ').includes(name) ?? true, `${name} ${label}`);
          assert(asked.scope?.split(' ').includes(name) || !asked.scope, `${name} ${label}`);
        }
        assert(own.aud.length > 0, label);
        for (const name of own.aud) {
          assert(parent.aud.includes(name), `${name} ${label}`);
          assert(
            policy.audience?.includes(name as typeof AUDIENCES[number]) ?? true,
            `${name} ${label}`,
          );
          if (name !== ISSUER) {
            assert(client.audience?.includes(name as never) ?? true, `${name} ${label}`);
          }
        }
        assert(own.exp <= parent.exp, label);
        assert(own.exp <= op.clock.now + Number.parseInt(policy.lifetime), label);
        parent = own;
        op.clock.now += 1;
        if (own.exp <= op.clock.now) break;
      }
      await op.close();
    }
    // Both happen often, or the test says nothing.
    assert(made > ROUNDS / 3 && refused > ROUNDS / 10, `${made} made, ${refused} refused`);
  });

  it('scopes that outlive sessions and those of administration never pass, whoever has them', () => {
    const scope = ['offline_access', 'ostiary:admin', 'ostiary:read', 'read'];
    const own = `${ISSUER}/admin/api/v1`;
    const client = { scope: scope.join(' '), audience: [own, API] };
    const settings = { issuer: ISSUER, resources: new Map() };
    const bounds = boundsOf({ scope, audience: [own, API] }, client as never, {}, {
      settings,
    } as never);
    assertEquals(bounds, { scope: ['read'], audience: [API] });
  });
});

describe('RFC 8693 §5, RFC 9449 §6: tokens bound to a key', () => {
  const KEY = newProofKey();
  const OTHER = newProofKey();

  async function boundToken(op: Op): Promise<string> {
    const page = await op.browser().authorize(
      `/authorize?${new URLSearchParams({
        client_id: 'app',
        redirect_uri: REDIRECT_URI,
        response_type: 'code',
        scope: 'openid read',
        resource: API,
      })}`,
      { username: 'alice', password: 'correct horse battery' },
    );
    const code = page.url.searchParams.get('code') ?? '';
    const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
    const dpop = await proofFor(op, await KEY);
    return (await tokensOf(await op.post('/token', form, { ...basic('app'), dpop }))).access_token;
  }

  it('whoever presents one proves the key, and what is made is bound to it as well', async () => {
    const op = await openExchange();
    const token = await boundToken(op);
    const { jkt } = await KEY;
    const unproven = await assertRefused(await exchange(op, token), 'invalid_request');
    assertEquals(unproven['error_description'], 'subject_token is bound to another key');
    const other = { ...basic('gateway'), dpop: await proofFor(op, await OTHER) };
    await assertRefused(await exchange(op, token, {}, other), 'invalid_request');
    const headers = { ...basic('gateway'), dpop: await proofFor(op, await KEY) };
    const body = await exchanged(op, token, {}, headers);
    assertEquals(body.token_type, 'DPoP');
    assertEquals((await introspected(op, body.access_token))['cnf'], { jkt });
    await assertRefused(await exchange(op, token, {}, headers), 'invalid_dpop_proof');
  });

  /** Of a client that checks proofs itself, as resource servers do. */
  const CHECKING = { subject_audience: [API], checks_proofs: true };

  it('§7, checks_proofs: a token that is bound to its sender’s key is exchanged for one that is bound to the client’s', async () => {
    const op = await openExchange({ policy: CHECKING });
    const token = await boundToken(op);
    const body = await assertRefused(await exchange(op, token), 'invalid_request');
    assertEquals(
      body['error_description'],
      'subject_token is bound to a key: show one that what is made is bound to',
    );
    const dpop = await proofFor(op, await OTHER);
    const made = await exchanged(op, token, {}, { ...basic('gateway'), dpop });
    const told = await introspected(op, made.access_token);
    assertEquals([made.token_type, told['cnf']], ['DPoP', { jkt: (await OTHER).jkt }]);
    await op.post('/revoke', { token }, basic('app'));
    assertEquals((await introspected(op, made.access_token))['active'], false);
  });

  it('§7, checks_proofs: or to its certificate', async () => {
    const op = await openExchange({
      policy: CHECKING,
      gateway: { tls_client_certificate_bound_access_tokens: true },
      config: { trusted_proxies: ['203.0.113.7'] },
    });
    const token = await boundToken(op);
    await assertRefused(await exchange(op, token), 'invalid_request');
    const certificate = { 'client-cert': `:${Buffer.from('its own').toString('base64')}:` };
    const made = await exchanged(op, token, {}, { ...basic('gateway'), ...certificate });
    const { cnf } = await introspected(op, made.access_token);
    assertEquals(cnf, { 'x5t#S256': sha256('its own') });
  });

  it('T056, checks_proofs: no token that is meant for others, and no actor’s', async () => {
    const elsewhere = await openExchange({ policy: { ...CHECKING, subject_audience: [FILES] } });
    const headers = async (op: Op) => ({
      ...basic('gateway'),
      dpop: await proofFor(op, await OTHER),
    });
    const stray = await exchange(
      elsewhere,
      await boundToken(elsewhere),
      {},
      await headers(elsewhere),
    );
    await assertRefused(stray, 'invalid_request');
    const op = await openExchange({ policy: { ...CHECKING, actors: ['user:alice'] } });
    const actor_token = await boundToken(op);
    const asked = { actor_token, actor_token_type: typeOf('access_token') };
    const { access_token } = await subjectTokens(op);
    const response = await exchange(op, access_token, asked, await headers(op));
    const body = await assertRefused(response, 'invalid_request');
    assertEquals(body['error_description'], 'actor_token is bound to another key');
  });

  it('an actor token, too', async () => {
    const op = await openExchange();
    const { access_token } = await subjectTokens(op);
    const dpop = await proofFor(op, await KEY);
    const form = { grant_type: 'client_credentials' };
    const own = await tokensOf(await op.post('/token', form, { ...basic('gateway'), dpop }));
    const asked = { actor_token: own.access_token, actor_token_type: typeOf('access_token') };
    await assertRefused(await exchange(op, access_token, asked), 'invalid_request');
    const headers = { ...basic('gateway'), dpop: await proofFor(op, await KEY) };
    assertEquals((await exchanged(op, access_token, asked, headers)).token_type, 'DPoP');
  });

  it('a client that is registered for DPoP gets nothing without it', async () => {
    const op = await openExchange({ gateway: { dpop_bound_access_tokens: true } });
    const { access_token } = await subjectTokens(op);
    await assertRefused(await exchange(op, access_token), 'invalid_request');
    const headers = { ...basic('gateway'), dpop: await proofFor(op, await OTHER) };
    assertEquals((await exchanged(op, access_token, {}, headers)).token_type, 'DPoP');
  });

  it('RFC 8705 §3: a certificate is as good as a key', async () => {
    const op = await openExchange({
      app: { tls_client_certificate_bound_access_tokens: true },
      config: { trusted_proxies: ['203.0.113.7'] },
    });
    const der = Buffer.from('a certificate').toString('base64');
    const certificate = { 'client-cert': `:${der}:` };
    const form = { grant_type: 'client_credentials', scope: 'read', resource: API };
    const headers = { ...basic('app'), ...certificate };
    const { access_token } = await tokensOf(await op.post('/token', form, headers));
    await assertRefused(await exchange(op, access_token), 'invalid_request');
    const made = await exchanged(op, access_token, {}, { ...basic('gateway'), ...certificate });
    const cnf = { 'x5t#S256': sha256('a certificate') };
    assertEquals((await introspected(op, made.access_token))['cnf'], cnf, 'stays bound');
    const dpop = await proofFor(op, await KEY);
    const both = { ...basic('gateway'), ...certificate, dpop };
    const twice = await exchanged(op, access_token, {}, both);
    assertEquals((await introspected(op, twice.access_token))['cnf'], {
      ...cnf,
      jkt: (await KEY).jkt,
    });
  });

  it('RFC 8705 §3: what is bound to a certificate by its actor token alone, too', async () => {
    const op = await openExchange({
      policy: { actors: ['client:worker'] },
      clients: [{
        ...GATEWAY,
        client_id: 'worker',
        grant_types: ['client_credentials'],
        tls_client_certificate_bound_access_tokens: true,
      }],
      config: { trusted_proxies: ['203.0.113.7'] },
    });
    const certificate = { 'client-cert': `:${Buffer.from('another').toString('base64')}:` };
    const form = { grant_type: 'client_credentials' };
    const headers = { ...basic('worker'), ...certificate };
    const worker = await tokensOf(await op.post('/token', form, headers));
    const { access_token } = await subjectTokens(op);
    const asked = { actor_token: worker.access_token, actor_token_type: typeOf('access_token') };
    await assertRefused(await exchange(op, access_token, asked), 'invalid_request');
    const own = { ...basic('gateway'), ...certificate };
    const made = await exchanged(op, access_token, asked, own);
    assertEquals((await introspected(op, made.access_token))['cnf'], {
      'x5t#S256': sha256('another'),
    });
  });
});

describe('T074: what a configuration may say of exchanges', () => {
  const MISTAKES = [
    ['what may be shown', { allow: ['delegation'] }],
    ['allow', { subject_clients: ['app'] }],
    ['allow', { subject_clients: ['app'], allow: ['theft'] }],
    ['delegation', { subject_clients: ['app'], allow: ['impersonation'], actors: ['client:app'] }],
    ['user:NAME', { subject_clients: ['app'], allow: ['delegation'], actors: ['robot:app'] }],
    ['needs subject_audience', {
      subject_clients: ['app'],
      allow: ['delegation'],
      checks_proofs: true,
    }],
    ['unknown scope', { subject_clients: ['app'], allow: ['delegation'], scope: 'raed' }],
    ['1h', { subject_clients: ['app'], allow: ['delegation'], lifetime: '2h' }],
    ['not a known option', { subject_clients: ['app'], allow: ['delegation'], subjects: [] }],
  ] as const;

  for (const [told, policy] of MISTAKES) {
    it(`${told}: ${JSON.stringify(policy)}`, () => {
      const config = { ...exchangeConfig(), token_exchange_policies: { gateway: policy } };
      const error = assertThrows(() => requireConfig(config)) as Error;
      assert(error.message.includes(told), error.message);
    });
  }

  it('a client names a policy that is there', () => {
    const config = exchangeConfig({ gateway: { token_exchange_policy: 'gatewya' } });
    const error = assertThrows(() => requireConfig(config)) as Error;
    assert(error.message.includes('did you mean gateway'), error.message);
  });

  it('what is hardly meant: a client that the file does not have, and one that may exchange nothing', () => {
    const config = exchangeConfig({
      policy: { subject_clients: ['app', 'elsewhere'] },
      clients: [{ ...GATEWAY, client_id: 'idle', token_exchange_policy: undefined }],
    });
    const parsed = parseConfig({ issuer: ISSUER, ...config });
    assert(parsed.ok);
    assertEquals(parsed.warnings.map(({ path }) => path.join('.')), [
      'token_exchange_policies.gateway.subject_clients.1',
      'clients.3.grant_types',
    ]);
  });

  it('RFC 8693 §2.1: no public client has the grant', () => {
    const client = {
      client_id: 'spa',
      token_endpoint_auth_method: 'none',
      grant_types: GATEWAY.grant_types.slice(0, 1),
    };
    const error = assertThrows(() => requireConfig(exchangeConfig({ clients: [client] }))) as Error;
    assert(error.message.includes('not for public clients (RFC 8693 §2.1)'), error.message);
  });

  it('own tokens are others’ tokens, too: a policy must name the client', async () => {
    const op = await openExchange();
    const token = await ownToken(op, 'gateway', { scope: 'read' });
    await assertRefused(await exchange(op, token), 'invalid_request');
    const itself = await openExchange({ policy: { subject_clients: ['gateway'] } });
    const own = await ownToken(itself, 'gateway', { scope: 'read write' });
    assertEquals((await exchanged(itself, own, { scope: 'read' })).scope, 'read');
  });
});
