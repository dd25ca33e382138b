import { exportJWK, generateKeyPair, type JSONWebKeySet } from 'jose';
import { describe, it } from 'node:test';
import { assert, assertEquals, assertMatch, assertStringIncludes } from '../support/assert.ts';
import { openPlace, type Place, SLOW } from '../support/cli.ts';
import { LEAF, LEAF_KEY, MIDDLE, ROOT } from '../keys/chain.ts';

interface Listed {
  readonly kid: string;
  readonly use: string;
  readonly alg?: string;
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
