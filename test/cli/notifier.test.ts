import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import {
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from '../support/assert.ts';
import { openPlace, type Place, SLOW } from '../support/cli.ts';

async function inPlace(work: (place: Place) => Promise<void>): Promise<void> {
  const place = await openPlace();
  try {
    await work(place);
  } finally {
    await place.close();
  }
}

describe('ostiary notifier test', () => {
  it(
    'writes to the file beside the data where nothing else is configured',
    SLOW,
    () =>
      inPlace(async (place) => {
        const sent = await place.json(['notifier', 'test', '--to', 'ada@example.com']);
        assertEquals(sent, { to: 'ada@example.com', sent: true });
        const file = join(place.directory, 'data/notifications.jsonl');
        const message = JSON.parse(await readFile(file, 'utf8')) as Record<string, string>;
        assertEquals(message['to'], 'ada@example.com');
        assertStringIncludes(message['subject'] ?? '', 'localhost');
        if (process.platform !== 'win32') assertEquals((await stat(file)).mode & 0o777, 0o600);
      }),
  );

  it(
    'T138: and to the file that is named, from where the configuration is',
    SLOW,
    () =>
      inPlace(async (place) => {
        await place.write('ostiary.yaml', 'notifier: { file: { path: mail.jsonl } }\n');
        await place.json(['notifier', 'test', '--to', 'ada@example.com']);
        assertStringIncludes(
          await readFile(join(place.directory, 'mail.jsonl'), 'utf8'),
          'ada@example.com',
        );
      }),
  );

  it('says in one line why not', SLOW, () =>
    inPlace(async (place) => {
      const without = await place.run(['notifier', 'test']);
      assertEquals([without.code, without.stdout], [1, '']);
      assertMatch(without.stderr, /give an address with --to/);
      const wrong = await place.run(['notifier', 'test', '--to', 'ada']);
      assertMatch(wrong.stderr, /^ostiary notifier test: the message cannot be sent: the address/);
      await place.write(
        'ostiary.yaml',
        'notifier:\n  smtp: { address: "smtp://127.0.0.1:1", sender: door@op.example }\n',
      );
      const away = await place.run(['notifier', 'test', '--to', 'ada@example.com']);
      assertEquals(away.code, 1);
      assertMatch(away.stderr, /^ostiary notifier test: the mail server did not take the message/);
    }));
});

describe('ostiary user reset-link', () => {
  it(
    'prints a link that a server which starts later takes, once',
    SLOW,
    () =>
      inPlace(async (place) => {
        await place.write('ostiary.yaml', 'issuer: http://localhost:9091\n');
        await place.json(['user', 'add', 'ada']);
        const link = await place.json(['user', 'reset-link', 'Ada']) as Record<string, string>;
        assertEquals(link['username'], 'ada');
        assertMatch(link['url'] ?? '', /^http:\/\/localhost:9091\/reset-password\?token=[\w-]+$/);
        const again = await place.json(['user', 'reset-link', 'ada']) as Record<string, string>;
        assertNotEquals(again['url'], link['url']);
        const shown = await place.run(['user', 'reset-link', 'ada']);
        assertMatch(shown.stdout, /^username +ada\nurl +http\S+\nexpires +20\S+Z\n$/);
        const { search } = new URL(link['url'] ?? '');
        const served = await place.serve();
        const open = await fetch(`${served.address}/reset-password${search}`);
        assertEquals(open.status, 200);
        assertStringIncludes(await open.text(), 'ada');
        await place.json(['user', 'passwd', 'ada', '--password-stdin'], {
          stdin: 'a bridge of stone',
        });
        const closed = await fetch(`${served.address}/reset-password${search}`);
        assertEquals(closed.status, 410);
        await closed.text();
        await served.stop();
      }),
  );

  it('nobody, and who is disabled, gets none', SLOW, () =>
    inPlace(async (place) => {
      await place.json(['user', 'add', 'ada']);
      const nobody = await place.run(['user', 'reset-link', 'bob']);
      assertEquals([nobody.code, nobody.stdout], [1, '']);
      assertMatch(nobody.stderr, /there is no user "bob"/);
      await place.json(['user', 'disable', 'ada']);
      const disabled = await place.run(['user', 'reset-link', 'ada']);
      assertMatch(disabled.stderr, /disabled/);
    }));
});
