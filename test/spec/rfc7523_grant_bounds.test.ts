/** RFC 7523 §2.1, T074: what an assertion is good for, and where issuers are kept. */
import { describe, it } from 'node:test';
import { requireConfig } from '../../src/config/parse.ts';
import type { OptionChange } from '../../src/engine/configuration.ts';
import { assert, assertEquals } from '../support/assert.ts';
import {
  assertionConfig,
  assertionOf,
  openAssertions,
  showAssertion,
  TRUSTED,
  TRUSTED_JWKS,
} from '../support/assertion_grant.ts';
import { API, introspected } from '../support/exchange.ts';
import { assertRefused, tokensOf } from '../support/flow.ts';
import { CLI, ISSUER, type Op } from '../support/op.ts';
import { createRandom } from '../support/random.ts';

const ROUNDS = 120;
const SCOPES = ['openid', 'email', 'read', 'write', 'offline_access'] as const;
const RESOURCES = [API, 'https://files.example/'] as const;

describe(`T074: ${ROUNDS} assertions by chance`, () => {
  it('scope, audience and lifetime stay within client and policy, and are what was asked for', async () => {
    let [made, refused] = [0, 0];
    for (let round = 0; round < ROUNDS; round += 1) {
      const random = createRandom(`assertion ${round}`);
      const some = <T>(all: readonly T[], chance: number): readonly T[] =>
        all.filter(() => random() < chance);
      const maybe = <T>(value: T): T | undefined => random() < 0.5 ? value : undefined;
      const robot = {
        scope: some(SCOPES, 0.8).join(' '),
        audience: maybe(some(RESOURCES, 0.8)),
        requested_audience_mode: random() < 0.3 ? 'implicit' : 'explicit',
      };
      const policy = {
        scope: maybe(some(SCOPES, 0.8).join(' ')),
        audience: maybe(some<string>([...RESOURCES, ISSUER], 0.8)),
        lifetime: `${1 + Math.floor(random() * 3600)}s`,
      };
      const op = await openAssertions({ robot, policy });
      const asked = {
        scope: maybe(some(SCOPES, 0.4).join(' ')),
        resource: maybe(RESOURCES[round % 2]),
      };
      const response = await showAssertion(op, await assertionOf(op), asked);
      const label = `round ${round}: ${JSON.stringify({ robot, policy, asked })}`;
      if (response.status !== 200) {
        const { error } = await response.json() as { error: string };
        assert(['invalid_scope', 'invalid_target'].includes(error), `${error} ${label}`);
        refused += 1;
      } else {
        made += 1;
        const { access_token } = await tokensOf(response);
        const { scope = '', aud, exp } = await introspected(op, access_token, 'robot');
        const scopes = String(scope).split(' ').filter((name) => name !== '');
        assertEquals(scopes, (asked.scope ?? '').split(' ').filter((name) => name !== ''), label);
        for (const name of scopes) {
          assert(name !== 'offline_access' && robot.scope.split(' ').includes(name), label);
          assert(policy.scope?.split(' ').includes(name) ?? true, label);
        }
        const names = [aud].flat() as readonly string[];
        assert(asked.resource === undefined || names.includes(asked.resource), label);
        for (const name of names) {
          assert(policy.audience?.includes(name) ?? true, `${name} ${label}`);
          assert(name === ISSUER || (robot.audience?.includes(name as never) ?? true), label);
        }
        assert(Number(exp) <= op.clock.now + Number.parseInt(policy.lifetime), label);
      }
      await op.close();
    }
    assert(made > ROUNDS / 4 && refused > ROUNDS / 10, `${made} made, ${refused} refused`);
  });
});

describe('T074: trusted issuers in the store', () => {
  function change(op: Op, ...changes: OptionChange[]) {
    return op.instance.engine().configuration.change(changes, CLI);
  }

  it('count from the next request on, and stay while policies name them', async () => {
    const op = await openAssertions({
      robot: { token_exchange_policy: undefined },
      config: { trusted_issuers: {}, token_exchange_policies: {} },
    });
    const issuer = { issuer: TRUSTED, jwks: TRUSTED_JWKS, subject_is: 'username' };
    const early = await change(op, {
      path: 'token_exchange_policies.own',
      value: { assertion_issuers: ['store'] },
    });
    assert(
      early.kind === 'refused' && early.problem.includes('trusted_issuers'),
      JSON.stringify(early),
    );
    const both = await change(
      op,
      { path: 'trusted_issuers.store', value: issuer as never },
      { path: 'token_exchange_policies.own', value: { assertion_issuers: ['store'] } },
    );
    assertEquals(both.kind, 'done', JSON.stringify(both));
    const { trusted_issuers } = op.instance.engine().settings;
    assertEquals(trusted_issuers.get('store')?.max_lifetime, 300);
    const gone = await change(op, { path: 'trusted_issuers.store', value: null });
    assert(gone.kind === 'refused' && gone.problem.includes('trusted_issuers'));
  });

  it('an issuer that is trusted no longer is taken at its word no longer', async () => {
    const op = await openAssertions();
    await tokensOf(await showAssertion(op, await assertionOf(op)));
    const config = assertionConfig({ policy: { assertion_issuers: ['unused'] } });
    const whole = { issuer: ISSUER, storage: { engine: 'memory' }, ...config };
    assertEquals(await op.instance.reload(requireConfig(whole)), []);
    await assertRefused(await showAssertion(op, await assertionOf(op)), 'invalid_grant');
  });
});
