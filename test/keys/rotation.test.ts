import { decodeProtectedHeader, exportJWK, generateKeyPair, type JSONWebKeySet } from 'jose';
import { describe, it } from 'node:test';
import { encryptTo } from '../../src/keys/encrypt.ts';
import type { KeyDescription } from '../../src/keys/key_description.ts';
import type { KeyGroup } from '../../src/keys/key_records.ts';
import {
  LEAD_SECONDS as LEADS,
  PUBLISHED_MAX_AGE_SECONDS,
  REREAD_SECONDS,
} from '../../src/keys/key_state.ts';
import type { KeyOutcome, Keys } from '../../src/keys/keys.ts';
import { MAX_CLOCK_SKEW_SECONDS } from '../../src/keys/verify.ts';
import type { SigningAlg } from '../../src/spec/identifiers.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import type { Change, Store } from '../../src/store/store.ts';
import { assert, assertEquals, assertNotEquals, assertStringIncludes } from '../support/assert.ts';
import { openTestKeys } from '../support/keys.ts';

const issuer = 'https://op.example';
const START = 1_800_000_000;
const LEAD_SECONDS = LEADS.sig;
const LIFE = { sig: 3600, enc: 86_400, seal: 3600 };

interface Place {
  readonly keys: Keys;
  readonly clock: { now: number };
  readonly reopen: () => Promise<Keys>;
}

async function open(wrap: (store: Store) => Store = (store) => store): Promise<Place> {
  const clock = { now: START };
  const now = () => clock.now;
  const store = wrap(openMemoryStore({ now }));
  const reopen = async (): Promise<Keys> => {
    const keys = await openTestKeys({ store, issuer, now });
    await keys.keepFor(LIFE);
    return keys;
  };
  return { keys: await reopen(), clock, reopen };
}

async function signer(keys: Keys, alg: SigningAlg = 'ES256', kid?: string): Promise<string> {
  const jwt = await keys.sign(alg, 'JWT', { iss: issuer, sub: 's' }, kid);
  return decodeProtectedHeader(jwt).kid ?? '';
}

async function published(keys: Keys): Promise<readonly string[]> {
  const jwks = JSON.parse(await keys.jwksText()) as JSONWebKeySet;
  return jwks.keys.map(({ kid }) => kid ?? '');
}

async function rotated(keys: Keys, group: KeyGroup = 'ES256', isNow = false): Promise<string> {
  return kidOf(await keys.rotate(group, { isNow }));
}

function kidOf(outcome: KeyOutcome): string {
  assert(outcome.kind === 'done', JSON.stringify(outcome));
  return outcome.key.kid;
}

function statesOf(keys: Keys, alg: string): readonly (readonly [string, string])[] {
  return keys.describe().filter((key) => key.alg === alg).map(({ kid, state }) => [kid, state]);
}

async function gone(keys: Keys, needed: readonly string[] = []): Promise<readonly string[]> {
  return await keys.removeGone((kid) => Promise.resolve(needed.includes(kid)));
}

describe('T142: a signing key', () => {
  it('is published before it signs, and after it signed until the last of it has expired', async () => {
    const { keys, clock } = await open();
    const first = await signer(keys);
    const second = await rotated(keys);
    assertEquals((await published(keys)).includes(second), true);
    assertEquals(statesOf(keys, 'ES256'), [[second, 'pending'], [first, 'active']]);
    clock.now = START + LEAD_SECONDS - 1;
    assertEquals(await signer(keys), first);
    clock.now += 1;
    assertEquals(await signer(keys), second);
    assertEquals(statesOf(keys, 'ES256'), [[second, 'active'], [first, 'retiring']]);
    const end = START + LEAD_SECONDS + LIFE.sig + REREAD_SECONDS + MAX_CLOCK_SKEW_SECONDS;
    assertEquals(keys.describe().find(({ kid }) => kid === first)?.gone_at, end);
    clock.now = end - 1;
    assertEquals(await gone(keys), []);
    assert((await published(keys)).includes(first));
    clock.now = end;
    assertEquals(await gone(keys), [first]);
    assertEquals((await published(keys)).includes(first), false);
    assertEquals(await gone(keys), []);
  });

  it('changes the JWKS twice, when it comes and when it goes, and nothing else does', async () => {
    const { keys, clock, reopen } = await open();
    const before = await keys.jwksText();
    await rotated(keys);
    const during = await keys.jwksText();
    assertNotEquals(during, before);
    const end = keys.describe().find(({ gone_at }) => gone_at !== undefined)?.gone_at ?? 0;
    for (const at of [START + LEAD_SECONDS - 1, START + LEAD_SECONDS, end - 1]) {
      clock.now = at;
      await keys.refresh();
      await gone(keys);
      assertEquals(await keys.jwksText(), during);
      assertEquals(await (await reopen()).jwksText(), during);
    }
    clock.now = end;
    await gone(keys);
    assertNotEquals(await keys.jwksText(), during);
  });

  it('waits for longer than two caches in a row and another process keep an older JWKS', () => {
    assert(LEAD_SECONDS >= REREAD_SECONDS + 2 * PUBLISHED_MAX_AGE_SECONDS);
  });

  it('of an algorithm that had none signs at once, as nobody can have kept anything', async () => {
    const { keys } = await open();
    const kid = await signer(keys, 'ES384');
    assertEquals(statesOf(keys, 'ES384'), [[kid, 'active']]);
    assert((await published(keys)).includes(kid));
    assertEquals(statesOf(keys, 'PS512'), []);
    const made = await rotated(keys, 'ES512');
    assertEquals(await signer(keys, 'ES512'), made);
  });

  it('takes over at once when told so: a new one, or the one that waits', async () => {
    const { keys, clock, reopen } = await open();
    const first = await signer(keys);
    const second = await rotated(keys, 'ES256', true);
    assertEquals([await signer(keys), await signer(await reopen())], [second, second]);
    clock.now += 10;
    const third = await rotated(keys);
    assertEquals(await signer(keys), second);
    clock.now += 10;
    assertEquals(await rotated(keys, 'ES256', true), third);
    assertEquals([await signer(keys), await signer(await reopen())], [third, third]);
    assertEquals(
      statesOf(keys, 'ES256').map(([kid]) => kid).sort(),
      [first, second, third].sort(),
    );
  });

  it('is not made while another waits', async () => {
    const { keys } = await open();
    const second = await rotated(keys);
    const outcome = await keys.rotate('ES256');
    assert(outcome.kind === 'refused');
    assertStringIncludes(outcome.problem, second);
    assertEquals(statesOf(keys, 'ES256').length, 2);
  });

  it('keeps for what it signed when lifetimes were longer, also if that was before it was superseded', async () => {
    const { keys, clock, reopen } = await open();
    const first = await signer(keys);
    await keys.keepFor({ ...LIFE, sig: 100_000 });
    const restarted = await reopen();
    await restarted.rotate('ES256');
    clock.now += 10;
    // It signs until the next is active.
    await restarted.keepFor({ ...LIFE, sig: 200_000 });
    const end = START + LEAD_SECONDS + 200_000 + REREAD_SECONDS + MAX_CLOCK_SKEW_SECONDS;
    const endOf = (each: Keys) => each.describe().find(({ kid }) => kid === first)?.gone_at;
    assertEquals(endOf(restarted), end);
    clock.now = START + LEAD_SECONDS;
    // From here on it signs nothing that lives longer.
    await restarted.keepFor({ ...LIFE, sig: 300_000 });
    assertEquals(endOf(await reopen()), end);
  });

  it('lives longer from when it is told, though others change it at the same moment', async () => {
    const meddled = new Set<string>();
    let isMeddling = false;
    const { keys, clock } = await open((inner) => ({
      ...inner,
      async commit(change: Change) {
        const name = change.put?.[0]?.key.join() ?? '';
        if (!isMeddling || meddled.has(name)) return await inner.commit(change);
        meddled.add(name);
        return 'conflict';
      },
    }));
    await keys.jwksText();
    isMeddling = true;
    await keys.keepFor({ ...LIFE, sig: 50_000 });
    isMeddling = false;
    assertEquals(meddled.size, 3);
    await rotated(keys, 'ES256', true);
    const old = keys.describe().find(({ alg, state }) => alg === 'ES256' && state === 'retiring');
    const margin = REREAD_SECONDS + MAX_CLOCK_SKEW_SECONDS;
    assertEquals(old?.gone_at, clock.now + 50_000 + margin);
  });

  it('that a client names signs after its time, and stays as long as it is named or used', async () => {
    const { keys, clock, reopen } = await open();
    const first = await signer(keys);
    await rotated(keys, 'ES256', true);
    clock.now += 3000;
    assertEquals(await signer(keys, 'ES256', first), first);
    clock.now += 3599;
    const used = clock.now;
    assertEquals(await signer(keys, 'ES256', first), first);
    clock.now = used + LIFE.sig + REREAD_SECONDS + MAX_CLOCK_SKEW_SECONDS;
    assertEquals(await gone(keys), []);
    assertEquals(await gone(await reopen()), []);
    clock.now += 3600;
    assertEquals(await gone(keys, [first]), []);
    assert((await published(keys)).includes(first));
    assertEquals(await gone(keys), [first]);
  });
});

describe('a key that a client names', () => {
  it('is noted once an hour, however many answers it signs', async () => {
    let commits = 0;
    const { keys, clock } = await open((inner) => ({
      ...inner,
      commit: async (change: Change) => {
        commits += 1;
        return await inner.commit(change);
      },
    }));
    const first = await signer(keys);
    await rotated(keys, 'ES256', true);
    const sign = () => Promise.all(Array.from({ length: 20 }, () => signer(keys, 'ES256', first)));
    await keys.jwksText();
    for (const [seconds, expected] of [[0, 1], [10, 0], [3589, 0], [1, 1], [3600, 1]] as const) {
      clock.now += seconds;
      commits = 0;
      assertEquals(new Set(await sign()).size, 1);
      assertEquals(commits, expected, `after ${seconds} s more`);
    }
  });
});

describe('T142: keys that are changed by several at once', () => {
  for (const isNow of [false, true]) {
    it(`are followed by one key, whoever asks${isNow ? ', also at once' : ''}`, async () => {
      const { keys, reopen } = await open();
      const others = [keys, await reopen(), await reopen()];
      const outcomes = await Promise.all(others.map((each) => each.rotate('ES256', { isNow })));
      assertEquals(outcomes.filter(({ kind }) => kind === 'done').length, 1);
      await Promise.all(others.map((each) => each.refresh()));
      for (const each of others) {
        assertEquals(each.describe(), keys.describe());
        assertEquals(statesOf(each, 'ES256').length, 2);
      }
    });
  }

  it('are brought in one after the other, also where there was none', async () => {
    const { keys, reopen } = await open();
    const others = [keys, await reopen(), await reopen()];
    const texts = await Promise.all(others.map(async () => {
      const { privateKey } = await generateKeyPair('ES512', { extractable: true });
      return JSON.stringify(await exportJWK(privateKey));
    }));
    const outcomes = await Promise.all(
      others.map((each, index) => each.importKey(texts[index] ?? '', {})),
    );
    assert(outcomes.some(({ kind }) => kind === 'done'));
    const fresh = await reopen();
    const current = fresh.describe().filter(({ alg, superseded_at }) =>
      alg === 'ES512' && superseded_at === undefined
    );
    assertEquals(current.length, 1);
  });

  it('rotate by schedule once, and only when they have been in use for so long', async () => {
    const { keys, clock, reopen } = await open();
    const every = 86_400;
    const others = [keys, await reopen()];
    const run = () => Promise.all(others.map((each) => each.rotate('EdDSA', { every })));
    clock.now = START + every - 1;
    await run();
    assertEquals(statesOf(await reopen(), 'EdDSA').length, 1);
    clock.now += 1;
    for (let i = 0; i < 3; i += 1) await run();
    assertEquals(statesOf(await reopen(), 'EdDSA').map(([, state]) => state), [
      'pending',
      'active',
    ]);
  });

  it('change whole or not at all, wherever the process ends', async () => {
    const failing = { after: Infinity };
    const { keys, clock, reopen } = await open((inner) => ({
      ...inner,
      commit: async (change: Change) => {
        if (failing.after-- <= 0) throw new Error('killed');
        return await inner.commit(change);
      },
    }));
    for (const step of [0, 1, 2, 3]) {
      failing.after = step;
      for (
        const work of [
          () => keys.rotate('ES256'),
          () => keys.rotate('ES256', { isNow: true }),
          () => keys.remove(keys.describe()[0]?.kid ?? ''),
          () => gone(keys),
        ]
      ) await work().catch(() => {});
      failing.after = Infinity;
      const fresh = await reopen();
      const used = statesOf(fresh, 'ES256').filter(([, state]) => state === 'active');
      assertEquals(used.length, 1, `after ${step} commits`);
      assertEquals(await signer(fresh), used[0]?.[0]);
      assert((await published(fresh)).includes(used[0]?.[0] ?? ''));
      clock.now += LEAD_SECONDS;
    }
  });
});

describe('a key that is removed', () => {
  it('while it signs, is followed by another at once, and nothing of it verifies', async () => {
    const { keys, reopen } = await open();
    const jwt = await keys.sign('ES256', 'JWT', { iss: issuer, sub: 's' });
    assertEquals((await keys.verifyOwn(jwt, 'JWT'))?.sub, 's');
    const first = decodeProtectedHeader(jwt).kid ?? '';
    assertEquals(kidOf(await keys.remove(first)), first);
    for (const each of [keys, await reopen()]) {
      assertEquals(await each.verifyOwn(jwt, 'JWT'), undefined);
      assertEquals((await published(each)).includes(first), false);
      assertNotEquals(await signer(each), first);
      assert((await published(each)).includes(await signer(each)));
    }
  });

  it('while it waits, is not missed: the one before goes on, or what came after takes its time', async () => {
    const { keys, clock } = await open();
    const first = await signer(keys);
    const second = await rotated(keys);
    await keys.remove(second);
    clock.now += LEAD_SECONDS + 1;
    assertEquals(await signer(keys), first);
    assertEquals(statesOf(keys, 'ES256'), [[first, 'active']]);
    const third = await rotated(keys);
    clock.now += 10;
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const fourth = kidOf(await keys.importKey(JSON.stringify(await exportJWK(privateKey)), {}));
    await keys.remove(third);
    clock.now += LEAD_SECONDS - 1;
    assertEquals(await signer(keys), first);
    clock.now += 1;
    assertEquals(await signer(keys), fourth);
  });

  it('seals nothing and opens nothing any more', async () => {
    const { keys, reopen } = await open();
    const sealed = keys.seal('access token', 'x');
    const kid = sealed.slice(0, 6);
    assertEquals(keys.open('access token', sealed), 'x');
    await keys.remove(kid);
    for (const each of [keys, await reopen()]) {
      assertEquals(each.open('access token', sealed), undefined);
      assertEquals(each.open('access token', each.seal('access token', 'y')), 'y');
    }
  });

  it('that is not there, is refused', async () => {
    const { keys } = await open();
    assertEquals((await keys.remove('none')).kind, 'refused');
  });
});

describe('an encryption key', () => {
  it('is published once every process has it; the one before leaves the JWKS, and opens what comes late', async () => {
    const { keys, clock, reopen } = await open();
    await keys.ensure('enc', ['RSA-OAEP-256', 'ECDH-ES']);
    const jwks = JSON.parse(await keys.jwksText()) as JSONWebKeySet;
    for (const alg of ['RSA-OAEP-256', 'ECDH-ES'] as const) {
      const jwk = jwks.keys.find((key) => key.alg === alg);
      assert(jwk !== undefined);
      const jwe = await encryptTo('text', { alg, enc: 'A128GCM', jwk });
      const next = await rotated(keys, alg);
      const isPublished = async () => {
        const kids = await published(keys);
        return [kids.includes(jwk.kid ?? ''), kids.includes(next)];
      };
      const turn = clock.now + REREAD_SECONDS;
      clock.now = turn - 1;
      assertEquals(await isPublished(), [true, false]);
      clock.now = turn;
      assertEquals(await isPublished(), [false, true]);
      const kept = REREAD_SECONDS + 2 * PUBLISHED_MAX_AGE_SECONDS + 1;
      const options = { algs: [alg], encs: ['A128GCM'] } as const;
      for (const [at, expected] of [[-1, 'text'], [0, undefined]] as const) {
        clock.now = turn + LIFE.enc + kept + at;
        await gone(keys);
        for (const each of [keys, await reopen()]) {
          assertEquals(await each.decrypt(jwe, options), expected);
        }
      }
    }
  });
});

describe('a key brought in', () => {
  async function bring(
    keys: Keys,
    isNow = false,
  ): Promise<KeyDescription> {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const outcome = await keys.importKey(JSON.stringify(await exportJWK(privateKey)), {}, {
      isNow,
    });
    assert(outcome.kind === 'done');
    return outcome.key;
  }

  it('signs at once when told so, whatever waits', async () => {
    const { keys, clock } = await open();
    const waiting = await rotated(keys);
    clock.now += 5;
    const { kid } = await bring(keys, true);
    for (const seconds of [0, LEAD_SECONDS, LEAD_SECONDS]) {
      clock.now += seconds;
      assertEquals(await signer(keys), kid);
    }
    assertEquals(statesOf(keys, 'ES256').find(([each]) => each === waiting)?.[1], 'retiring');
  });

  it('is never replaced by schedule', async () => {
    const { keys, clock } = await open();
    const { kid } = await bring(keys);
    clock.now += 1_000_000;
    assertEquals((await keys.rotate('ES256', { every: 86_400 })).kind, 'refused');
    assertEquals(await signer(keys), kid);
    const next = await rotated(keys);
    clock.now += LEAD_SECONDS;
    assertEquals(await signer(keys), next);
  });

  it('again, after another took its place, comes back', async () => {
    const { keys, clock } = await open();
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const text = JSON.stringify(await exportJWK(privateKey));
    const kid = kidOf(await keys.importKey(text, {}, { isNow: true }));
    await rotated(keys, 'ES256', true);
    clock.now += 2 * LEAD_SECONDS;
    assertNotEquals(await signer(keys), kid);
    assertEquals(kidOf(await keys.importKey(text, {})), kid);
    assertEquals(await signer(keys), kid);
    assertEquals(statesOf(keys, 'ES256').filter(([, state]) => state === 'active').length, 1);
    assertEquals(keys.describe().find((key) => key.kid === kid)?.active_at, clock.now);
  });
});
