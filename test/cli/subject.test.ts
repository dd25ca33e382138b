import { describe, it } from 'node:test';
import { assertEquals, assertMatch, assertStringIncludes } from '../support/assert.ts';
import { openPlace, type Place, SLOW } from '../support/cli.ts';

const ISSUER = 'http://localhost:9091';

async function inPlace(work: (place: Place) => Promise<void>): Promise<void> {
  const place = await openPlace();
  try {
    await work(place);
  } finally {
    await place.close();
  }
}

function line(username: string, sub: string, issuer = ISSUER): string {
  return `${JSON.stringify({ issuer, sector: 'public', username, sub })}\n`;
}

describe('ostiary subject', () => {
  it('imports, lists and exports without a server', SLOW, () =>
    inPlace(async (place) => {
      await place.json(['user', 'add', 'alice']);
      await place.json(['user', 'add', 'bob']);
      const text = line('alice', 'sub-of-alice') + line('bob', 'sub-of-bob');
      await place.write('subjects.jsonl', text);
      assertEquals(await place.json(['subject', 'import', 'subjects.jsonl']), {
        imported: 2,
        unchanged: 0,
      });
      const list = await place.json(['subject', 'list', '--user', 'Bob']);
      assertEquals(list, {
        subjects: [{ issuer: ISSUER, sector: 'public', username: 'bob', sub: 'sub-of-bob' }],
        more: false,
      });
      const shown = await place.run(['subject', 'list', '--limit', '1']);
      assertMatch(shown.stdout, /^sector +username +sub\npublic +\w+ +sub-of-\w+\n… and more; see/);
      const exported = await place.run(['subject', 'export']);
      assertEquals(exported.code, 0);
      assertEquals(exported.stdout.trim().split('\n').sort(), text.trim().split('\n').sort());

      await place.write('wrong.jsonl', line('alice', 'other') + line('carol', 'c'));
      const refused = await place.run(['subject', 'import', 'wrong.jsonl']);
      assertEquals([refused.code, refused.stdout], [1, '']);
      assertEquals(
        refused.stderr,
        'ostiary subject import: nothing is imported: ' +
          'line 1: alice has another sub in sector public; line 2: there is no user "carol"\n',
      );
      const missing = await place.run(['subject', 'import', 'nowhere.jsonl']);
      assertEquals(missing.code, 1);
      assertStringIncludes(missing.stderr, 'the file nowhere.jsonl cannot be read');
      const nobody = await place.run(['subject', 'list', '--user', 'carol']);
      assertEquals(nobody.code, 1);
      assertStringIncludes(nobody.stderr, 'there is no user "carol"');
    }));

  it('works on a running server, whose sign-ins then use it', SLOW, () =>
    inPlace(async (place) => {
      const served = await place.serve();
      await place.json(['user', 'add', 'alice']);
      await place.write('subjects.json', `[${line('alice', 'sub-of-alice', served.issuer)}]`);
      assertEquals(await place.json(['subject', 'import', 'subjects.json']), {
        imported: 1,
        unchanged: 0,
      });
      assertEquals(await place.json(['subject', 'import', 'subjects.json']), {
        imported: 0,
        unchanged: 1,
      });
      const exported = await place.run(['subject', 'export']);
      assertEquals(exported.stdout, line('alice', 'sub-of-alice', served.issuer));
      await served.stop();
    }));
});
