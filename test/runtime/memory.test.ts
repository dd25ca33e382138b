import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { getHeapSpaceStatistics } from 'node:v8';
import { giveBackMemory } from '../../src/runtime/memory.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { SLOW } from '../support/cli.ts';

const ROOT = resolve(import.meta.dirname, '../..');

const MEBIBYTE = 1024 * 1024;

describe('Memory of an idle server', () => {
  it('the heap for new objects is as small again as before the start', () => {
    const kept: unknown[] = [];
    for (let i = 0; i < 300_000; i++) kept.push({ i });
    assertEquals(kept.length, 300_000);
    giveBackMemory();
    const isNode = !('Deno' in globalThis || 'Bun' in globalThis);
    assert(!isNode || newSpaceBytes() <= 2 * MEBIBYTE, `${newSpaceBytes()} bytes`);
    assertEquals('gc' in globalThis && isNode, false);
  });

  it('flags by which there is no gc end nothing', SLOW, () => {
    const source = pathToFileURL(join(ROOT, 'src/runtime/memory.ts')).href;
    const { status, stderr } = spawnSync(join(ROOT, 'node_modules/.bin/node'), [
      '--expose-gc-as=collect',
      ...['--input-type', 'module', '--eval', `(await import('${source}')).giveBackMemory()`],
    ], { encoding: 'utf8', env: { PATH: process.env['PATH'] } });
    assertEquals([status, stderr.includes('ReferenceError')], [0, false]);
  });

  it('npm start loads Node’s type stripper at its first start alone', SLOW, () => {
    const directory = mkdtempSync(join(tmpdir(), 'ostiary-start-'));
    try {
      for (const part of ['src', 'scripts', 'package.json']) {
        cpSync(join(ROOT, part), join(directory, part), { recursive: true });
      }
      const probe = join(directory, 'probe.cjs');
      writeFileSync(
        probe,
        'process.on("exit", () => process.stdout.write(process.moduleLoadList.join("\\n")));',
      );
      const { scripts } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
      const words: readonly string[] = scripts.start.split(' ').slice(1);
      const start = (): string =>
        spawnSync(join(ROOT, 'node_modules/.bin/node'), [
          ...['--require', probe],
          ...words.map((word) => word === 'serve' ? '--version' : word),
        ], { cwd: directory, encoding: 'utf8', env: { PATH: process.env['PATH'] } }).stdout;
      const [first, second] = [start(), start()];
      assert(first.startsWith('ostiary ') && first.includes('amaro'), first);
      assert(second.startsWith('ostiary ') && !second.includes('amaro'), second);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

function newSpaceBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
    ?.space_size ?? 0;
}
