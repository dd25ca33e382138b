import { describe, it } from 'node:test';
import { disablePerson } from '../../../src/engine/administration/people.ts';
import { revokeSessionById } from '../../../src/engine/administration/sessions.ts';
import { tendSessions } from '../../../src/engine/logout/tend_sessions.ts';
import { openFileStore } from '../../../src/store/file/file_store.ts';
import type { Store } from '../../../src/store/store.ts';
import { assert, assertEquals } from '../../support/assert.ts';
import { CLI } from '../../support/op.ts';
import {
  endsIn,
  leftOf,
  openSessionOp,
  openSessionWorld,
  type SessionWorld,
  standingOf,
} from '../../support/session_world.ts';
import {
  type Image,
  plantImage,
  takeImage,
  temporaryDirectory,
  unsyncedFiles,
} from '../../store/directories.ts';

const NOW = 1_800_000_000;
const OPTIONS = { now: () => NOW, log: () => {}, files: unsyncedFiles() };

interface Killed {
  readonly world: SessionWorld;
  /** What was on the disk after each commit of the end. */
  readonly images: readonly Image[];
  readonly remove: () => void;
}

async function imagesOf(end: (world: SessionWorld) => Promise<unknown>): Promise<Killed> {
  const place = temporaryDirectory();
  const images: Image[] = [];
  let isEnding = false;
  const file = await openFileStore(place.path, OPTIONS);
  const store: Store = {
    ...file,
    async commit(change) {
      const outcome = await file.commit(change);
      if (isEnding) images.push(takeImage(place.path));
      return outcome;
    },
  };
  const world = await openSessionWorld({}, store);
  isEnding = true;
  await end(world);
  await world.op.close();
  return { world, images, remove: place.remove };
}

/** The provider as it starts on what a kill has left. */
async function startOn(image: Image, work: (world: SessionWorld) => Promise<void>, from: Killed) {
  const place = temporaryDirectory();
  plantImage(place.path, image);
  const op = await openSessionOp({}, await openFileStore(place.path, OPTIONS));
  await work({ ...from.world, op });
  await op.close();
  place.remove();
}

describe('T036, T117: kill -9 in the middle of an end', () => {
  it('nothing of it counts afterwards, and the next start completes it', async () => {
    const killed = await imagesOf(async ({ op, sid }) => {
      assertEquals((await revokeSessionById(sid, CLI, op.instance.engine())).kind, 'done');
    });
    assert(killed.images.length >= 2, 'the session first, then the grants');
    for (const image of killed.images) {
      await startOn(image, async (world) => {
        const { op, held } = world;
        assertEquals((await leftOf(op)).sessions, 0);
        for (const each of held) {
          const stands = each.isOffline && each.client_id !== 'ends';
          const [active, , informed, refreshed] = await standingOf(world, each);
          assertEquals([active, informed, refreshed], [stands, stands, stands], each.client_id);
        }
        await tendSessions(op.instance.engine(), { isWhole: true });
        // Those of the offline codes that were just redeemed beside those from before.
        assertEquals(await leftOf(op), { sessions: 0, grants: 6 });
      }, killed);
    }
    killed.remove();
  });

  it('of somebody who is disabled, too, and each session is told of', async () => {
    const killed = await imagesOf(async ({ op, user }) => {
      assertEquals((await disablePerson(user.id, CLI, op.instance.engine())).kind, 'done');
    });
    assert(killed.images.length >= 3, 'the person, the session, the grants');
    for (const [index, image] of killed.images.entries()) {
      await startOn(image, async (world) => {
        const { op, held } = world;
        for (const each of held) assert((await standingOf(world, each)).every((is) => !is));
        await tendSessions(op.instance.engine(), { isWhole: true });
        await tendSessions(op.instance.engine(), { isWhole: true });
        assertEquals(await leftOf(op), { sessions: 0, grants: 0 });
        assertEquals(endsIn(op), index === 0 ? ['disabled'] : []);
      }, killed);
    }
    killed.remove();
  });
});
