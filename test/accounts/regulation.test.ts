import { describe, it } from 'node:test';
import { createRegulation, type Regulation } from '../../src/accounts/regulation.ts';
import { assert, assertEquals } from '../support/assert.ts';

const HOME = '192.0.2.1';
const ELSEWHERE = '2001:db8:1:2::/64';

interface Fixture {
  readonly regulation: Regulation;
  readonly clock: { seconds: number };
  /** Tries and fails as soon as it may, so many times. */
  readonly fail: (account: string, source: string, times: number) => void;
}

function setUp(maxEntries = 1000): Fixture {
  const clock = { seconds: 1_700_000_000 };
  const regulation = createRegulation({ now: () => clock.seconds, maxEntries });
  const fail = (account: string, source: string, times: number): void => {
    for (let time = 0; time < times; time++) {
      clock.seconds += regulation.waitOf(account, source);
      assertEquals(regulation.check(account, source), 0);
      regulation.failed(account, source);
    }
  };
  return { regulation, clock, fail };
}

describe('regulation', () => {
  it('T094: five failures are free, then each doubles the delay, to 15 minutes', () => {
    const { regulation, fail } = setUp();
    const waits: number[] = [];
    for (let failure = 1; failure <= 18; failure++) {
      fail('user:1', HOME, 1);
      waits.push(regulation.check('user:1', HOME));
      if (waits.at(-1) === 0) regulation.released('user:1', HOME);
    }
    assertEquals(waits.slice(0, 12), [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128]);
    assert(waits.every((wait) => wait <= 900));
    assert((waits.at(-1) ?? 0) > 256);
  });

  it('T094: an attempt that was not looked at counts nothing', () => {
    const { regulation, clock, fail } = setUp();
    fail('user:1', HOME, 8);
    for (let attempt = 0; attempt < 100; attempt++) {
      assertEquals(regulation.check('user:1', HOME), 8);
    }
    clock.seconds += 8;
    assertEquals(regulation.check('user:1', HOME), 0);
  });

  it('T094: of 50 parallel guesses, five are looked at', () => {
    const { regulation } = setUp();
    const waits = Array.from({ length: 50 }, () => regulation.check('user:1', HOME));
    assertEquals(waits.filter((wait) => wait === 0).length, 5);
    assertEquals(waits.filter((wait) => wait > 0).length, 45);
  });

  it('T094: while delayed, one guess at a time is looked at', () => {
    const { regulation, clock, fail } = setUp();
    fail('user:1', HOME, 7);
    clock.seconds += 4;
    const waits = Array.from({ length: 50 }, () => regulation.check('user:1', HOME));
    assertEquals(waits.filter((wait) => wait === 0).length, 1);
  });

  it('T094: success clears what its account failed from that source', () => {
    const { regulation, clock, fail } = setUp();
    fail('user:1', HOME, 7);
    clock.seconds += 4;
    assertEquals(regulation.check('user:1', HOME), 0);
    regulation.succeeded('user:1', HOME);
    fail('user:1', HOME, 4);
    assertEquals(regulation.check('user:1', HOME), 0);
  });

  it('T094: an attempt without an outcome is not counted', () => {
    const { regulation } = setUp();
    for (let attempt = 0; attempt < 20; attempt++) {
      assertEquals(regulation.check('user:1', HOME), 0);
      regulation.released('user:1', HOME);
    }
    assertEquals(regulation.size(), 0);
  });

  it('T094: a source that fails across accounts is slowed, to at most five minutes', () => {
    const { regulation, clock } = setUp();
    for (let user = 0; user < 130; user++) {
      clock.seconds += regulation.waitOf(`user:${user}`, HOME);
      assertEquals(regulation.check(`user:${user}`, HOME), 0);
      regulation.failed(`user:${user}`, HOME);
    }
    const wait = regulation.waitOf('user:new', HOME);
    assert(wait > 1 && wait <= 300, `waits ${wait} s`);
    assertEquals(regulation.waitOf('user:new', ELSEWHERE), 0);
  });

  it('T095: a slowed source still answers accounts that signed in from it before', () => {
    const { regulation } = setUp();
    regulation.check('user:owner', HOME);
    regulation.succeeded('user:owner', HOME);
    for (let user = 0; user < 120; user++) regulation.failed(`user:${user}`, HOME);
    assert(regulation.waitOf('user:other', HOME) > 0);
    assertEquals(regulation.check('user:owner', HOME), 0);
  });

  it('T095: a flood from one source leaves the account open from every other', () => {
    const { regulation, fail } = setUp();
    fail('user:1', HOME, 30);
    assert(regulation.check('user:1', HOME) > 0);
    assertEquals(regulation.check('user:1', ELSEWHERE), 0);
  });

  it('T095: a flood from many sources still leaves a first try from each other source', () => {
    const { regulation } = setUp(100_000);
    for (let host = 0; host < 10_000; host++) regulation.failed('user:1', `198.51.100.${host}`);
    assertEquals(regulation.check('user:1', ELSEWHERE), 0);
    regulation.failed('user:1', ELSEWHERE);
    assertEquals(regulation.check('user:1', ELSEWHERE), 60);
    regulation.check('user:2', ELSEWHERE);
    regulation.failed('user:2', ELSEWHERE);
    assertEquals(regulation.check('user:2', ELSEWHERE), 0);
  });

  it('T095: a flood from many sources costs a proven source none of its tries', () => {
    const { regulation, fail } = setUp();
    regulation.check('user:1', HOME);
    regulation.succeeded('user:1', HOME);
    for (let host = 0; host < 200; host++) regulation.failed('user:1', `198.51.100.${host}`);
    fail('user:1', HOME, 4);
    assertEquals(regulation.check('user:1', HOME), 0);
  });

  it('T095: at the latest after 15 minutes an attempt is looked at again', () => {
    const { regulation, clock, fail } = setUp();
    fail('user:1', HOME, 100);
    assert(regulation.check('user:1', HOME) > 0);
    clock.seconds += 900;
    assertEquals(regulation.check('user:1', HOME), 0);
  });

  it('T095: failures are forgotten, one in 15 minutes', () => {
    const { regulation, clock, fail } = setUp();
    fail('user:1', HOME, 5);
    clock.seconds += 5 * 900;
    fail('user:1', HOME, 4);
    assertEquals(regulation.check('user:1', HOME), 0);
  });

  it('a clock that is set back forgets nothing and makes nobody wait longer', () => {
    const { regulation, clock, fail } = setUp();
    fail('user:1', HOME, 8);
    clock.seconds -= 3600;
    assertEquals(regulation.check('user:1', HOME), 8);
    clock.seconds += 7;
    assertEquals(regulation.check('user:1', HOME), 1);
    fail('user:1', HOME, 1);
    assertEquals(regulation.check('user:1', HOME), 16);
  });

  it('T044: without reservations, failures alone count, and only at their source', () => {
    const { regulation } = setUp();
    for (let attempt = 0; attempt < 1000; attempt++) {
      assertEquals(regulation.waitOf('client:app', HOME), 0);
    }
    for (let attempt = 0; attempt < 6; attempt++) regulation.failed('client:app', HOME);
    assertEquals(regulation.waitOf('client:app', HOME), 2);
    assertEquals(regulation.waitOf('client:app', ELSEWHERE), 0);
  });

  it('T132: what it holds is bounded; the oldest make room and nobody is refused for it', () => {
    const { regulation, fail } = setUp(100);
    fail('user:first', HOME, 6);
    for (let host = 0; host < 5000; host++) {
      const source = `198.51.${host >> 8}.${host & 255}`;
      assertEquals(regulation.check(`name:${host}`, source), 0);
      regulation.failed(`name:${host}`, source);
      assert(regulation.size() <= 300);
    }
    fail('user:last', HOME, 6);
    assertEquals(regulation.waitOf('user:last', HOME), 2);
    assertEquals(regulation.waitOf('user:first', HOME), 0);
  });

  it('T132: a long account name from outside takes no more room than a short one', () => {
    const { regulation } = setUp();
    for (let attempt = 0; attempt < 6; attempt++) {
      regulation.failed(`${'a'.repeat(100_000)}${attempt}`, HOME);
    }
    assertEquals(regulation.size(), 3);
  });
});
