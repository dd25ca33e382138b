/** RFC 8693 §4.1 behind reverse proxies: who acts is told wherever a token is. */
import { describe, it } from 'node:test';
import { assertEquals, assertFalse } from '../support/assert.ts';
import { assertionConfig, assertionOf, showAssertion } from '../support/assertion_grant.ts';
import { exchangeConfig, exchanged, ownToken, subjectTokens } from '../support/exchange.ts';
import { claimsOf, tokensOf } from '../support/flow.ts';
import { ask, openProxiedOp } from '../support/proxied.ts';

const HOST = 'https://app.example';

const SELF = { sub: 'gateway', client_id: 'gateway' };

describe('an exchanged token at a protected host', () => {
  it('opens it for the person, and the application learns who acts', async () => {
    const op = await openProxiedOp({
      ...exchangeConfig(),
      resources: [{ resource: HOST, scope: 'read write' }],
      forward_auth: { token: { header: 'X-Token' } },
      access_control: {
        rules: [{
          domain: 'app.example',
          policy: 'one_factor',
          subject: ['user:alice', 'client:gateway'],
        }],
      },
    });
    const told = async (token: string): Promise<Readonly<Record<string, unknown>>> => {
      const answer = await ask(op, `${HOST}/`, { authorization: `Bearer ${token}` });
      assertEquals(answer.status, 200);
      return {
        user: answer.headers.get('remote-user'),
        ...claimsOf(answer.headers.get('x-token') ?? ''),
      };
    };
    const { access_token } = await subjectTokens(op, { resource: HOST });
    const person = await told((await exchanged(op, access_token)).access_token);
    assertEquals([person['user'], person['client_id'], person['act']], ['alice', 'gateway', SELF]);
    const own = await ownToken(op, 'app', { resource: HOST });
    const client = await told((await exchanged(op, own)).access_token);
    assertEquals([client['sub'], client['client_id'], client['act']], ['app', 'gateway', SELF]);
    await op.close();
  });

  it('Core §2: of a person for whom somebody else vouches, the application learns no sign-in', async () => {
    const op = await openProxiedOp({
      ...assertionConfig({ robot: { audience: [HOST] } }),
      forward_auth: { token: { header: 'X-Token' } },
      access_control: { rules: [{ domain: 'app.example', policy: 'bypass' }] },
    });
    const asked = { resource: HOST, scope: 'read' };
    const { access_token } = await tokensOf(await showAssertion(op, await assertionOf(op), asked));
    const answer = await ask(op, `${HOST}/`, { authorization: `Bearer ${access_token}` });
    const claims = claimsOf(answer.headers.get('x-token') ?? '');
    assertEquals([answer.headers.get('remote-user'), claims['client_id']], ['alice', 'robot']);
    assertFalse('auth_time' in claims || 'acr' in claims || 'amr' in claims);
    await op.close();
  });
});
