import { describe, it } from 'node:test';
import { createBuckets } from '../../src/accounts/bucket.ts';
import { assert, assertFalse } from '../support/assert.ts';

describe('token buckets', () => {
  it('let a burst through, then the rate, each key for itself', () => {
    const clock = { now: 1000 };
    const buckets = createBuckets({ now: () => clock.now, perSecond: 2, burst: 3 });
    for (let i = 0; i < 3; i += 1) assert(buckets.take('a'));
    assertFalse(buckets.take('a'));
    assert(buckets.take('b'));
    clock.now += 0.5;
    assert(buckets.take('a'));
    assertFalse(buckets.take('a'));
    clock.now += 1000;
    for (let i = 0; i < 3; i += 1) assert(buckets.take('a'));
    assertFalse(buckets.take('a'));
  });

  it('a clock that goes backwards fills nothing and empties nothing', () => {
    const clock = { now: 1000 };
    const buckets = createBuckets({ now: () => clock.now, perSecond: 1, burst: 2 });
    assert(buckets.take('a'));
    clock.now = 0;
    assert(buckets.take('a'));
    assertFalse(buckets.take('a'));
  });

  it('take back what was not for what is counted, and never hold more than a burst', () => {
    const buckets = createBuckets({ now: () => 1000, perSecond: 0, burst: 2 });
    buckets.giveBack('a');
    for (let i = 0; i < 10; i += 1) {
      assert(buckets.take('a'));
      buckets.giveBack('a');
    }
    buckets.giveBack('a');
    for (let i = 0; i < 2; i += 1) assert(buckets.take('a'));
    assertFalse(buckets.take('a'));
  });

  it('T127: keep so many keys and no more; the one longest unused makes room', () => {
    const buckets = createBuckets({ now: () => 1000, perSecond: 1, burst: 1, maxEntries: 100 });
    assert(buckets.take('first'));
    for (let i = 0; i < 99; i += 1) buckets.take(`k${i}`);
    assertFalse(buckets.take('first'));
    for (let i = 0; i < 100; i += 1) buckets.take(`l${i}`);
    assert(buckets.take('first'));
  });
});
