import { describe, it } from 'node:test';
import { assertEquals, assertMatch, assertStringIncludes } from '../support/assert.ts';
import { openPlace, type Place, SLOW } from '../support/cli.ts';

/** The issuer whose keys are there. */
const ISSUER = 'http://localhost:9091';
const ROW = { issuer: ISSUER, sector: 'public', username: 'alice', sub: 'old-sub' } as const;

async function inPlace(work: (place: Place) => Promise<void>): Promise<void> {
  const place = await openPlace();
  try {
    await place.write('ostiary.yaml', `issuer: ${ISSUER}\n`);
    await place.json(['user', 'add', 'alice']);
    await place.json(['user', 'add', 'bob']);
    await work(place);
  } finally {
    await place.close();
  }
}

describe('subject', () => {
  it('import, list, export, without a server and with one', SLOW, () =>
    inPlace(async (place) => {
      const lines = [ROW, { ...ROW, sector: 'a.example', sub: 'pair' }]
        .map((row) => `${JSON.stringify(row)}\n`).join('');
      await place.write('subjects.jsonl', lines);
      const words = ['subject', 'import', 'subjects.jsonl'];
      assertEquals(await place.json(words), { imported: 2, unchanged: 0 });
      assertEquals(await place.json(words), { imported: 0, unchanged: 2 });
      const exported = await place.run(['subject', 'export']);
      assertEquals(exported.stdout.split('\n').sort(), lines.split('\n').sort());
      const listed = await place.json(['subject', 'list', '--user', 'alice', '--limit', '1']) as {
        subjects: readonly unknown[];
        more: boolean;
      };
      assertEquals([listed.subjects.length, listed.more], [1, true]);
      assertEquals(await place.json(['subject', 'list', '--user', 'bob']), {
        subjects: [],
        more: false,
      });
      const table = await place.run(['subject', 'list']);
      assertMatch(table.stdout, /public +alice +old-sub/);

      const served = await place.serve();
      const again = await place.run(['subject', 'export']);
      assertEquals(again.stdout.split('\n').length, 3);
      assertEquals(await place.json(words), { imported: 0, unchanged: 2 });
      await served.stop();
    }));

  it('import: one bad line, and nothing is taken', SLOW, () =>
    inPlace(async (place) => {
      const rows = [ROW, { ...ROW, username: 'bob' }];
      await place.write('subjects.json', JSON.stringify(rows));
      const { code, stderr } = await place.run(['subject', 'import', 'subjects.json']);
      assertEquals(code, 1);
      assertStringIncludes(stderr, 'nothing is imported: entry 2: another person has this sub');
      assertEquals((await place.run(['subject', 'export'])).stdout, '');
      const absent = await place.run(['subject', 'import', 'absent.json']);
      assertEquals(absent.code, 1);
      assertStringIncludes(absent.stderr, 'the file absent.json cannot be read');
    }));

  it('list: of nobody who is not there', SLOW, () =>
    inPlace(async (place) => {
      const { code, stderr } = await place.run(['subject', 'list', '--user', 'carol']);
      assertEquals([code, stderr], [1, 'ostiary subject list: there is no user "carol"\n']);
    }));
});
