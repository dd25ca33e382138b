import { describe, it } from 'node:test';
import { assert } from '../support/assert.ts';
import { crashLoop } from './crash.ts';

describe('file store: a writing process that is killed', () => {
  // 52 kills; `scripts/crash.ts` makes as many as one likes
  for (let run = 0; run < 26; run++) {
    const seed = `${Date.now()}-${run}`;
    it(`T133: what was acknowledged is there and nothing is half there (2 kills, seed ${seed})`, async () => {
      assert(await crashLoop(2, seed) >= 2);
    });
  }
});
