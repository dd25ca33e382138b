import { exportJWK, generateKeyPair, type JSONWebKeySet } from 'jose';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { assert, assertEquals, assertMatch, assertStringIncludes } from '../support/assert.ts';
import { openPlace, type Place, SLOW } from '../support/cli.ts';
import { LEAF, LEAF_KEY, MIDDLE, ROOT } from '../keys/chain.ts';

interface Listed {
  readonly kid: string;
  readonly use: string;
  readonly alg?: string;
  readonly state?: string;
  readonly superseded_at?: number;
  readonly chain_expires_at?: number;
}

async function inPlace(work: (place: Place) => Promise<void>): Promise<void> {
  const place = await openPlace();
  try {
    await work(place);
  } finally {
    await place.close();
  }
}

async function list(place: Place): Promise<readonly Listed[]> {
  return await place.json(['key', 'list']) as readonly Listed[];
}

describe('key import', () => {
  it(
    'without a server: takes in a key and its chain, and shows them',
    SLOW,
    () =>
      inPlace(async (place) => {
        await place.write('leaf.pem', `${LEAF_KEY}${LEAF}${MIDDLE}${ROOT}`);
        const { kid, ...imported } = await place.json(['key', 'import', 'leaf.pem']) as Listed;
        assertEquals([imported.use, imported.alg], ['sig', 'ES256']);
        const listed = await list(place);
        const ours = listed.filter(({ alg }) => alg === 'ES256');
        assertEquals(ours.map((key) => key.kid)[0], kid);
        assertEquals(ours.map((key) => key.superseded_at !== undefined), [false, true]);
        assert((ours[0]?.chain_expires_at ?? 0) > 2_400_000_000);

        const shown = await place.run(['key', 'list']);
        assertMatch(
          shown.stdout,
          /^use +alg +kid +state +created +active +superseded +gone +certificates until\n/,
        );
        assertMatch(
          shown.stdout,
          new RegExp(`sig +ES256 +${kid} +pending +\\S+ +\\S+ +- +- +2046-11-19T15:03:30Z\n`),
        );
        assert(
          !shown.stdout.includes('PRIVATE') && !/"(d|p|q|sealed)":/.test(JSON.stringify(listed)),
        );
      }),
  );

  it('in a running server: publishes the key at once', SLOW, () =>
    inPlace(async (place) => {
      const { privateKey } = await generateKeyPair('ES384', { extractable: true });
      await place.write(
        'key.json',
        JSON.stringify({ ...await exportJWK(privateKey), kid: 'mine' }),
      );
      const served = await place.serve();
      const jwks = async (): Promise<JSONWebKeySet> =>
        await (await fetch(`${served.address}/jwks`)).json() as JSONWebKeySet;
      assert(!(await jwks()).keys.some(({ kid }) => kid === 'mine'));
      const args = ['key', 'import', 'key.json', '--use', 'enc', '--alg', 'ECDH-ES+A128KW'];
      const { created_at, active_at, ...imported } = await place.json(args) as Record<
        string,
        unknown
      >;
      assertEquals(active_at, created_at);
      const expected = { kid: 'mine', use: 'enc', alg: 'ECDH-ES+A128KW' };
      assertEquals(imported, { ...expected, state: 'active', imported: true });
      const published = (await jwks()).keys.find(({ kid }) => kid === 'mine');
      assertEquals([published?.use, published?.alg, published?.crv], [
        'enc',
        'ECDH-ES+A128KW',
        'P-384',
      ]);
      assertEquals('d' in (published ?? {}), false);
      await served.stop();
      assertStringIncludes(served.output().stderr, 'action=key.imported');
    }));

  it('says in one line why not', SLOW, () =>
    inPlace(async (place) => {
      await place.write('leaf.pem', `${LEAF_KEY}${LEAF}`);
      await place.write('swapped.pem', `${LEAF_KEY}${MIDDLE}`);
      await place.write('cert.pem', LEAF);
      const before = await list(place);
      for (
        const [args, problem] of [
          [['none.pem'], 'none.pem'],
          [['cert.pem'], 'must hold one private key'],
          [['swapped.pem'], 'it is for another'],
          [['leaf.pem', '--alg', 'RS256'], 'must be one of ES256'],
          [['leaf.pem', '--use', 'seal'], '--use must be sig or enc'],
        ] as const
      ) {
        const { code, stdout, stderr } = await place.run(['key', 'import', ...args]);
        assertEquals([code, stdout], [1, '']);
        assertMatch(stderr, /^ostiary key import: [^\n]+\n$/);
        assertStringIncludes(stderr, problem);
      }
      assertEquals(await list(place), before);
    }));
});

describe('key rotate, key remove', () => {
  it(
    'in a running server: say what takes over when, and what was left alone',
    SLOW,
    () =>
      inPlace(async (place) => {
        await place.write('leaf.pem', `${LEAF_KEY}${LEAF}`);
        const served = await place.serve();
        const imported = await place.run(['key', 'import', 'leaf.pem', '--now']);
        assertStringIncludes(imported.stdout, 'for up to 11 minutes');
        const shown = await place.run(['key', 'rotate', '--use', 'sig']);
        assertEquals(shown.code, 0, shown.stderr);
        assertMatch(shown.stdout, /^sig +EdDSA +\S+ +pending /m);
        assertMatch(shown.stdout, /^left alone: ES256 \S+, which was imported$/m);
        const { keys: [now] } = await place.json(['key', 'rotate', '--alg', 'EdDSA', '--now']) as {
          keys: readonly Listed[];
        };
        assertEquals(now?.state, 'active');
        const removed = await place.json(['key', 'remove', now?.kid ?? '']) as Listed;
        assertEquals(removed.kid, now?.kid);
        const left = await list(place);
        assert(!left.some(({ kid }) => kid === now?.kid));
        assertEquals(
          left.filter(({ alg, state }) => alg === 'EdDSA' && state === 'active').length,
          1,
        );
        for (
          const [args, problem] of [
            [['rotate', '--use', 'all'], '--use must be sig, enc or seal'],
            [['rotate', '--alg', 'PS512'], 'there is no such key'],
            [['rotate', '--storage', '--now'], '--storage goes alone'],
            [['remove', 'none'], 'there is no key "none"'],
          ] as const
        ) {
          const { code, stderr } = await place.run(['key', ...args]);
          assertEquals(code, 1);
          assertStringIncludes(stderr, problem);
        }
        await served.stop();
      }),
  );
});

describe('key rotate --storage', () => {
  const file = (place: Place): string => join(place.directory, 'data/secret.key');
  const linesOf = async (place: Place): Promise<readonly string[]> =>
    (await readFile(file(place), 'utf8')).trim().split('\n');

  it(
    'without a server and in a running one: another secret.key opens the store, the one before does not',
    SLOW,
    () =>
      inPlace(async (place) => {
        const kids = (await list(place)).map(({ kid }) => kid).sort();
        const [first] = await linesOf(place);
        assertEquals(await place.json(['key', 'rotate', '--storage']), { finished: true });
        const [second, ...others] = await linesOf(place);
        assert(second !== first && others.length === 0);
        assertEquals((await stat(file(place))).mode & 0o777, 0o600);
        const served = await place.serve();
        const shown = await place.run(['key', 'rotate', '--storage']);
        assertMatch(shown.stdout, /^everything is sealed with the new storage key/);
        await served.stop();
        const [third] = await linesOf(place);
        assert(third !== second);
        assertEquals((await list(place)).map(({ kid }) => kid).sort(), kids);
        await writeFile(file(place), `${first}\n`);
        const wrong = await place.run(['key', 'list']);
        assertEquals(wrong.code, 1);
        assertMatch(
          wrong.stderr,
          /^ostiary key list: [^\n]*"storage key" must be the one[^\n]*\n$/,
        );
        // From the environment, too: the new one before the old one.
        const env = { OSTIARY_STORAGE_KEY: `${second},${third}` };
        assertEquals((await place.run(['key', 'list'], { env })).code, 0);
        const refused = await place.run(['key', 'rotate', '--storage'], { env });
        assertStringIncludes(refused.stderr, 'OSTIARY_STORAGE_KEY');
      }),
  );

  it(
    'T146: killed in the middle, the next start goes on, and nothing is lost',
    SLOW,
    () =>
      inPlace(async (place) => {
        const kids = (await list(place)).map(({ kid }) => kid).sort();
        const served = await place.serve();
        const [first] = await linesOf(place);
        const command = place.run(['key', 'rotate', '--storage']);
        while ((await linesOf(place))[0] === first) {
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        await served.stop('SIGKILL');
        await command;
        assertEquals((await list(place)).map(({ kid }) => kid).sort(), kids);
        const again = await place.serve();
        while ((await linesOf(place)).length > 1) {
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        await again.stop();
        const [last] = await linesOf(place);
        assert(last !== first);
        assertEquals((await list(place)).map(({ kid }) => kid).sort(), kids);
      }),
  );
});
