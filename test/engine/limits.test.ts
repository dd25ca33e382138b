import { describe, it } from 'node:test';
import { createSecretVerifier } from '../../src/engine/client_auth/secret.ts';
import type { Keys } from '../../src/keys/keys.ts';
import type { SessionRecord } from '../../src/store/records.ts';
import { assert, assertEquals, assertFalse, assertRejects } from '../support/assert.ts';
import { ALICE, answerOf, authorizationUrl, obtainCode } from '../support/flow.ts';
import { CLIENT, openOp, quickHasher } from '../support/op.ts';

const keys = {
  digestSecret: (secret: string) => `digest of ${secret}`,
  matchesSecret: (secret: string, digest: string) => digest === `digest of ${secret}`,
} as unknown as Keys;

describe('client secrets in slow digests', () => {
  it('are computed once, then remembered for just that digest', async () => {
    let computed = 0;
    const verify = (
      password: string,
      digest: string,
    ) => (computed += 1, Promise.resolve(digest === `slow:${password}`));
    const secrets = createSecretVerifier(keys, { ...quickHasher(), verify });
    for (let i = 0; i < 5; i += 1) assert(await secrets.matches('right', 'slow:right'));
    assertEquals(computed, 1);
    assertFalse(await secrets.matches('wrong', 'slow:right'));
    assertFalse(await secrets.matches('right', 'slow:changed'));
    assertEquals(computed, 3);
  });

  it('T127: so many are remembered and no more', async () => {
    let computed = 0;
    const verify = () => (computed += 1, Promise.resolve(true));
    const secrets = createSecretVerifier(keys, { ...quickHasher(), verify });
    for (let i = 0; i < 10_001; i += 1) await secrets.matches('s', `slow:${i}`);
    await secrets.matches('s', 'slow:10000');
    assertEquals(computed, 10_001);
    await secrets.matches('s', 'slow:0');
    assertEquals(computed, 10_002);
  });

  it('T097: too many at once is temporarily_unavailable, not a wrong secret', async () => {
    const secrets = createSecretVerifier(keys, {
      ...quickHasher(),
      verify: () => Promise.resolve('busy' as const),
    });
    const error = await assertRejects(() => secrets.matches('s', 'slow:s'));
    assert(error.message.includes('temporarily_unavailable'));
  });
});

describe('T127: a session', () => {
  it('remembers so many clients, and the one longest unused leaves first', async () => {
    const clients = Array.from({ length: 60 }, (_, i) => ({ ...CLIENT, client_id: `c${i}` }));
    const op = await openOp({ config: { clients } });
    const browser = op.browser();
    for (const { client_id } of clients) await obtainCode(op, { client_id }, browser);
    for await (const { value } of op.store.list<SessionRecord>(['session'])) {
      assertEquals(value.clients.length, 50);
      assertEquals(value.clients.at(-1)?.client_id, 'c59');
    }
    assertEquals(
      answerOf(await browser.get(authorizationUrl({ client_id: 'c0', prompt: 'none' })))['error'],
      'consent_required',
    );
    assert(
      'code' in answerOf(await browser.get(authorizationUrl({ client_id: 'c59', prompt: 'none' }))),
    );
    await browser.authorize(authorizationUrl({ client_id: 'c0' }), ALICE);
  });
});
