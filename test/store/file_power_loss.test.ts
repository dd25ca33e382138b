import * as fs from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openFileStore } from '../../src/store/file/file_store.ts';
import type { FileStoreOptions } from '../../src/store/file/file_store.ts';
import type { JsonValue } from '../../src/store/store.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { createRandom } from '../support/random.ts';
import { contentOf, plantImage, temporaryDirectory, unsyncedFiles } from './directories.ts';
import { afterPowerLoss, createDisk } from './power_loss.ts';
import type { DiskState } from './power_loss.ts';

/** What a store may hold after a crash: all that was acknowledged, and perhaps the commit that was on its way. */
type Allowed = readonly Record<string, JsonValue>[];

interface Step {
  readonly state: DiskState;
  readonly allowed: Allowed;
}

const OPTIONS: FileStoreOptions = { segmentBytes: 700, sweepMilliseconds: 1e6, savedRecords: 1 };
/** Different outcomes that are tried of a loss of power at one step. */
const OUTCOMES = 2;

describe('file store: a loss of power', () => {
  let directory: { readonly path: string; readonly remove: () => void };
  let place: { readonly path: string; readonly remove: () => void };

  beforeEach(() => {
    directory = temporaryDirectory();
    place = temporaryDirectory();
  });
  afterEach(() => {
    directory.remove();
    place.remove();
  });

  /** Writes, rolls, merges and closes; the disk at each step of it. */
  async function live(): Promise<readonly Step[]> {
    const steps: Step[] = [];
    let allowed: Allowed = [{}];
    const disk = createDisk(
      directory.path,
      undefined,
      () => steps.push({ state: disk.state(), allowed }),
    );
    const store = await openFileStore(directory.path, { ...OPTIONS, files: disk.files });
    const write = async (rounds: number) => {
      for (let round = 0; round < rounds; round++) {
        const before = allowed[0]!;
        const key = `${round % 5}`;
        allowed = [before, { ...before, [`a/${key}`]: round, [`b/${key}`]: round }];
        const put = ['a', 'b'].map((name) => ({ key: [name, key] as const, value: round }));
        assertEquals(await store.commit({ put }), 'committed');
        allowed = allowed.slice(1);
      }
    };
    await write(12);
    await store.compact();
    await write(3);
    await store.close();
    return steps;
  }

  function renew(): void {
    fs.rmSync(place.path, { recursive: true });
    fs.mkdirSync(place.path, { mode: 0o700 });
  }

  /** What the store holds after one of the outcomes of a loss of power. */
  async function contentAfter(state: DiskState, random: () => number): Promise<unknown> {
    renew();
    plantImage(place.path, afterPowerLoss(state, random));
    const store = await openFileStore(place.path, { ...OPTIONS, files: unsyncedFiles() });
    const content = await contentOf(store);
    await store.close();
    return content;
  }

  async function assertAllowed(
    { state, allowed }: Step,
    random: () => number,
    when: string,
  ): Promise<void> {
    for (let outcome = 0; outcome < OUTCOMES; outcome++) {
      const content = await contentAfter(state, random).catch((error) => {
        throw new Error(`${when}: ${error}`, { cause: error });
      });
      const found = allowed.some((each) => isEqual(each, content));
      assert(found, `${when}: ${JSON.stringify(content)} is none of ${JSON.stringify(allowed)}`);
    }
  }

  const seed = `${Date.now()}`;

  it(`T133, T136: at any step it leaves what was acknowledged (seed ${seed})`, async () => {
    const random = createRandom(seed);
    const steps = await live();
    assert(steps.length > 80, `${steps.length} steps`);
    for (const [number, step] of steps.entries()) {
      await assertAllowed(step, random, `at step ${number} of ${steps.length}`);
    }
  });

  it(`T133: it takes nothing away that a start after a kill has shown or written (seed ${seed})`, async () => {
    const random = createRandom(seed);
    const steps = (await live()).filter(({ state }) => isInDoubt(state));
    assert(steps.length > 20, `${steps.length} steps`);
    for (const [number, { state, allowed }] of steps.entries()) {
      renew();
      const during: Step[] = [];
      const disk = createDisk(
        place.path,
        state,
        () => during.push({ state: disk.state(), allowed }),
      );
      const store = await openFileStore(place.path, { ...OPTIONS, files: disk.files });
      const shown = await contentOf(store);
      const opened = { state: disk.state(), allowed: [shown] };
      const opening = during[Math.floor(random() * during.length)] ?? opened;
      await store.commit({ put: [{ key: ['more'], value: number }] });
      const written = { state: disk.state(), allowed: [{ ...shown, more: number }] };
      await store.close();
      for (const [name, step] of Object.entries({ opening, opened, written })) {
        await assertAllowed(step, random, `${name} after a kill at step ${number}`);
      }
    }
  });
});

/** Is there more of the journal or the manifest to be seen than a loss of power would leave for certain? */
function isInDoubt({ seen, durable }: DiskState): boolean {
  return [...seen].some(([name, content]) =>
    /(store\.json|jsonl)$/.test(name) &&
    (durable.get(name) !== content || !isEqual(content.seen, content.durable))
  );
}

function isEqual(a: unknown, b: unknown): boolean {
  try {
    assertEquals(a, b);
    return true;
  } catch {
    return false;
  }
}
