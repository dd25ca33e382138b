/** T074: who may have the grant, and where policies are kept. */
import { describe, it } from 'node:test';
import { requireConfig } from '../../src/config/parse.ts';
import { addClient } from '../../src/engine/administration/clients.ts';
import { namedConfiguration } from '../../src/engine/administration/configuration.ts';
import type { OptionChange } from '../../src/engine/configuration.ts';
import { assert, assertEquals, assertStringIncludes } from '../support/assert.ts';
import {
  API,
  exchange,
  EXCHANGE_GRANT,
  exchangeConfig,
  exchanged,
  GATEWAY,
  introspected,
  openExchange,
  POLICY,
  subjectTokens,
} from '../support/exchange.ts';
import { assertRefused } from '../support/flow.ts';
import { basic, CLI, type Op } from '../support/op.ts';
import { plantToken, refusalOf, register, registered } from '../support/registration.ts';

const METADATA = {
  grant_types: [EXCHANGE_GRANT, 'client_credentials'],
  token_exchange_policy: 'gateway',
};

function openRegistration(registration: Readonly<Record<string, unknown>> = {}): Promise<Op> {
  return openExchange({ config: { registration: { mode: 'open', ...registration } } });
}

describe('T074, RFC 7591 §2: clients that register themselves', () => {
  it('do not get the grant where nobody said so', async () => {
    const op = await openRegistration();
    const refusal = await refusalOf(await register(op, { grant_types: [EXCHANGE_GRANT] }));
    assertEquals(refusal.error, 'invalid_client_metadata');
    const redirect_uris = ['https://rp.example/callback'];
    const grant_types = ['authorization_code', EXCHANGE_GRANT];
    const client = await registered(op, { redirect_uris, grant_types });
    assertEquals(client['grant_types'], ['authorization_code']);
  });

  it('never without an initial access token', async () => {
    const op = await openRegistration({ grant_types: [EXCHANGE_GRANT, 'client_credentials'] });
    for (const grant of [EXCHANGE_GRANT, 'client_credentials']) {
      const refusal = await refusalOf(await register(op, { grant_types: [grant] }));
      assertEquals(refusal.error, 'invalid_client_metadata');
      assertStringIncludes(refusal.error_description, `must not hold ${grant}`);
    }
  });

  it('with one whose policy has it, and then still nothing but what an administrator lets them', async () => {
    const op = await openRegistration({
      policies: { partner: { grant_types: METADATA.grant_types, scope: 'openid read' } },
    });
    const token = await plantToken(op, { policy: 'partner' });
    const client = await registered(op, METADATA, token);
    assertEquals(client['grant_types'], METADATA.grant_types);
    assert(!('token_exchange_policy' in client), 'that is no field of theirs');
    const { access_token } = await subjectTokens(op);
    const headers = basic(client.client_id, client.client_secret);
    await assertRefused(await exchange(op, access_token, {}, headers), 'unauthorized_client');
  });
});

describe('T074: policies in the store', () => {
  function change(op: Op, ...changes: OptionChange[]) {
    return op.instance.engine().configuration.change(changes, CLI);
  }

  const PATH = 'token_exchange_policies.partner';

  it('count from the next request on, are named like those of the file, and stay while clients name them', async () => {
    const op = await openExchange();
    const { grant_types, scope } = GATEWAY;
    const metadata = { grant_types, scope, token_exchange_policy: 'partner' };
    const added = () => addClient('partner', metadata, { kind: 'mint' }, CLI, op.instance.engine());
    const early = await added();
    assert(early.kind === 'refused' && early.problem.includes('token_exchange_policies'));
    const value = { ...POLICY, scope: 'read', audience: [API], actors: ['client:partner'] };
    assertEquals((await change(op, { path: PATH, value })).kind, 'done');
    const client = await added();
    assert(client.kind === 'done', JSON.stringify(client));
    const { client_secret = '' } = client.value;
    const { access_token } = await subjectTokens(op);
    const headers = basic('partner', client_secret);
    assertEquals((await exchanged(op, access_token, {}, headers)).scope, 'read');
    const { token_exchange_policies } = namedConfiguration(op.instance.engine()) as {
      token_exchange_policies: Readonly<Record<string, unknown>>;
    };
    assertEquals(token_exchange_policies['partner'], {
      allow: ['delegation'],
      subject_clients: ['app'],
      subject_token_types: ['access_token'],
      checks_proofs: false,
      scope: ['read'],
      audience: [API],
      requested_token_types: ['access_token', 'jwt'],
      lifetime: 600,
      actors: ['client:partner'],
    });
    const orphaned = await change(op, { path: PATH, value: null });
    assert(orphaned.kind === 'refused' && orphaned.problem.includes('client partner'));
  });

  it('a policy that goes takes the right to exchange with it, and what was made before ends by itself', async () => {
    const op = await openExchange();
    const { access_token } = await subjectTokens(op);
    const made = await exchanged(op, access_token);
    const { token_exchange_policies: _, ...rest } = exchangeConfig({
      gateway: { token_exchange_policy: undefined },
    });
    const config = { issuer: 'https://op.example', storage: { engine: 'memory' }, ...rest };
    assertEquals(await op.instance.reload(requireConfig(config)), []);
    await assertRefused(await exchange(op, access_token), 'unauthorized_client');
    assertEquals((await introspected(op, made.access_token))['active'], true);
    op.clock.now += made.expires_in;
    assertEquals((await introspected(op, made.access_token))['active'], false);
  });
});
