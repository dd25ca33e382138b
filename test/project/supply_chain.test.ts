import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  type Lockfile,
  type Manifest,
  packageProblems,
  productionPackages,
} from '../../scripts/check_packages.ts';
import { assert, assertEquals } from '../support/assert.ts';

async function parsed<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8')) as T;
}

describe('T147: dependencies', () => {
  it('are few, pinned, and bring no install scripts', async () => {
    const [manifest, lock] = [
      await parsed<Manifest>('package.json'),
      await parsed<Lockfile>('package-lock.json'),
    ];
    assertEquals(packageProblems(manifest, lock), []);
    assert(productionPackages(lock).length >= Object.keys(manifest.dependencies ?? {}).length);
  });

  it('would be noticed otherwise', () => {
    const packages = Object.fromEntries(
      Array.from({ length: 13 }, (_, i) => [`node_modules/p${i}`, {}]),
    );
    const lock = {
      packages: {
        ...packages,
        'node_modules/bad': { hasInstallScript: true, resolved: 'https://x/' },
      },
    };
    assertEquals(packageProblems({ dependencies: { a: '^1.0.0', b: '1.0.0' } }, lock), [
      'a is not pinned',
      'node_modules/bad has an install script',
      'more than 12 production packages',
      'the lockfile names a download address for node_modules/bad',
    ]);
  });
});

describe('T148: randomness', () => {
  it('comes from the platform’s generator alone', async () => {
    const files = (await readdir('src', { recursive: true })).filter((file) =>
      file.endsWith('.ts')
    );
    assert(files.length > 100);
    for (const file of files) {
      assert(!/Math\.random/.test(await readFile(join('src', file), 'utf8')), file);
    }
  });
});
