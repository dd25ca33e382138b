import { setTimeout as delay } from 'node:timers/promises';
import { describe, it } from 'node:test';
import type { Keys } from '../../src/keys/keys.ts';
import { openFileStore } from '../../src/store/file/file_store.ts';
import { nodeFiles } from '../../src/store/file/files.ts';
import { assertEquals } from '../support/assert.ts';
import { obtainCode, redeem, tokensOf } from '../support/flow.ts';
import { openOp } from '../support/op.ts';
import { temporaryDirectory } from '../store/directories.ts';

/** Far longer than any machine takes to begin to sign. */
const GIVEN_UP_AFTER_MS = 20_000;

describe('a token request', () => {
  it('signs while the disk is at work, and answers when that is done', async () => {
    const { path, remove } = temporaryDirectory();
    const files = nodeFiles();
    const events: string[] = [];
    let diskIsDone = Promise.resolve();
    const store = await openFileStore(path, {
      files: {
        ...files,
        async open(...how) {
          const file = await files.open(...how);
          const sync = async () => {
            events.push('sync begins');
            await file.sync();
            await diskIsDone;
            events.push('sync ends');
          };
          return { ...file, sync };
        },
      },
    });
    const op = await openOp({ store });
    const code = await obtainCode(op);
    const signing = Promise.withResolvers<void>();
    const givenUp = new AbortController();
    // As slow a disk as it takes: only who waits for it before signing sees it give up.
    diskIsDone = Promise.race([
      signing.promise,
      delay(GIVEN_UP_AFTER_MS, undefined, { signal: givenUp.signal }).catch(() => {}),
    ]);
    const keys = op.instance.engine().keys as { sign: Keys['sign'] };
    const { sign } = keys;
    keys.sign = (...how) => {
      events.push('signing');
      signing.resolve();
      return sign(...how);
    };
    events.length = 0;
    const response = await redeem(op, code);
    givenUp.abort();
    events.push('answer');
    assertEquals(events, ['sync begins', 'signing', 'sync ends', 'answer']);
    assertEquals(typeof (await tokensOf(response)).id_token, 'string');
    await op.close();
    remove();
  });
});
