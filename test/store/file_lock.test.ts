import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openFileStore } from '../../src/store/file/file_store.ts';
import { isStoreLocked } from '../../src/store/file/lock.ts';
import { assert, assertEquals, assertRejects, assertStringIncludes } from '../support/assert.ts';
import { runtimeCommand } from '../support/spawn.ts';
import { takeImage, temporaryDirectory } from './directories.ts';

interface Owner {
  readonly child: ChildProcess;
  /** `open <pid>` or `refused <message>`. */
  readonly said: string;
}

describe('file store: one process holds the directory', () => {
  let directory: { readonly path: string; readonly remove: () => void };
  let children: ChildProcess[];

  beforeEach(() => {
    directory = temporaryDirectory();
    children = [];
  });
  afterEach(async () => {
    for (const child of children) await end(child, 'SIGKILL');
    directory.remove();
  });

  async function openInProcess(): Promise<Owner> {
    const script = join(import.meta.dirname!, 'lock_child.ts');
    const { command, args } = runtimeCommand(script, [directory.path]);
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    const [said] = await once(createInterface(child.stdout), 'line');
    return { child, said };
  }

  it('T137: a second process is refused, is told who holds it, and changes nothing', async () => {
    const store = await openFileStore(directory.path);
    await store.commit({ put: [{ key: ['a'], value: 1 }] });
    const before = takeImage(directory.path);
    const { child, said } = await openInProcess();
    assertStringIncludes(said, `refused Cannot open the store as ${directory.path} is in use by`);
    assertStringIncludes(said, `process ${process.pid} (`);
    await end(child);
    assertEquals(child.exitCode, 1);
    assertEquals(takeImage(directory.path), before);
    assertEquals(await store.commit({ put: [{ key: ['a'], value: 2 }] }), 'committed');
    await store.close();
  });

  it('T137: a second store of the same process is refused, and does not free the lock', async () => {
    const store = await openFileStore(directory.path);
    for (let round = 0; round < 3; round++) {
      assert(isStoreLocked(await assertRejects(() => openFileStore(directory.path))));
    }
    assertStringIncludes((await openInProcess()).said, 'refused');
    await store.close();
    assertStringIncludes((await openInProcess()).said, 'open');
  });

  it('T137: after the owner was killed, the next one opens without being asked anything', async () => {
    for (let round = 0; round < 3; round++) {
      const { child, said } = await openInProcess();
      assertEquals(said, `open ${child.pid}`);
      assert(isStoreLocked(await assertRejects(() => openFileStore(directory.path))));
      await end(child, 'SIGKILL');
    }
    const store = await openFileStore(directory.path);
    assertEquals((await store.get(['held']))?.value, children.at(-1)?.pid);
    await store.close();
  });

  it('T137: of processes that start at the same time one gets it, also from a killed owner', async () => {
    for (let round = 0; round < 2; round++) {
      const owners = await Promise.all(Array.from({ length: 5 }, () => openInProcess()));
      const winners = owners.filter(({ said }) => said.startsWith('open'));
      assertEquals(winners.length, 1);
      await end(winners[0]!.child, 'SIGKILL');
    }
  });

  it('T137: a start that fails frees it, and says what cannot be used', async () => {
    for (const obstacle of ['lock.json', 'store.json.tmp']) {
      fs.mkdirSync(join(directory.path, obstacle));
      const error = await assertRejects(() => openFileStore(directory.path));
      assert(error instanceof Error && !isStoreLocked(error), String(error));
      assertStringIncludes(error.message, `Cannot open the store as ${directory.path} cannot be`);
      assertStringIncludes(error.message, obstacle);
      fs.rmdirSync(join(directory.path, obstacle));
    }
    const store = await openFileStore(directory.path);
    await store.close();
  });

  it('T137: an owner that closes frees it', async () => {
    const { child } = await openInProcess();
    await end(child);
    const store = await openFileStore(directory.path);
    await store.close();
    const again = await openFileStore(directory.path);
    await again.close();
  });
});

async function end(child: ChildProcess, signal?: 'SIGKILL'): Promise<void> {
  const isOver = child.exitCode !== null || child.signalCode !== null;
  const exited = isOver ? undefined : once(child, 'exit');
  if (signal !== undefined) child.kill(signal);
  child.stdin?.end();
  await exited;
}
