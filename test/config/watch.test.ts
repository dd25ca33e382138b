import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Config } from '../../src/config/config.ts';
import { configFiles, type ConfigSource, loadConfig } from '../../src/config/load.ts';
import { describeMistake } from '../../src/spec/mistake.ts';
import { fingerprint } from '../../src/config/poll.ts';
import { watchConfig } from '../../src/config/watch.ts';
import { assert, assertEquals } from '../support/assert.ts';

type Event =
  | { readonly config: Config; readonly needsRestart: readonly string[] }
  | { readonly mistakes: readonly string[] };

/** A watched directory: `next()` resolves to what the watcher says next. */
async function watched(initial: string | undefined) {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-watch-'));
  const file = join(directory, 'ostiary.yaml');
  if (initial !== undefined) await writeFile(file, initial);
  const source: ConfigSource = { directory, environment: {} };
  const files = configFiles(source);
  const seen = await fingerprint(files);
  const loaded = await loadConfig(source);
  assert(loaded.ok);
  const events: Event[] = [];
  let wake = (): void => undefined;
  const say = (event: Event): void => {
    events.push(event);
    wake();
  };
  const watch = watchConfig({
    files,
    seen,
    load: () => loadConfig(source),
    current: loaded.config,
    changed: (config, { needsRestart }) => Promise.resolve(say({ config, needsRestart })),
    refused: (mistakes) => say({ mistakes: mistakes.map(describeMistake) }),
    intervalMilliseconds: 30,
  });
  return {
    file,
    async next(): Promise<Event> {
      // The watcher's own timer does not keep a process alive.
      const hold = setInterval(() => undefined, 1000);
      while (events.length === 0) await new Promise<void>((resolve) => wake = resolve);
      clearInterval(hold);
      return events.shift() as Event;
    },
    async close(): Promise<void> {
      watch.close();
      await rm(directory, { recursive: true });
    },
  };
}

function settingsOf(event: Event): Config['issuers'][0]['settings'] {
  assert('config' in event, JSON.stringify(event));
  return event.config.issuers[0].settings;
}

describe('watching the configuration', () => {
  it('swaps in a valid change', async () => {
    const place = await watched('pkce: public');
    await writeFile(place.file, 'pkce: always');
    assertEquals(settingsOf(await place.next()).pkce, 'always');
    await place.close();
  });

  it('notices editors that write aside and rename', async () => {
    const place = await watched('pkce: public');
    await writeFile(`${place.file}.new`, 'pkce: always');
    await rename(`${place.file}.new`, place.file);
    assertEquals(settingsOf(await place.next()).pkce, 'always');
    await place.close();
  });

  it('notices a file that appears', async () => {
    const place = await watched(undefined);
    await writeFile(place.file, 'pkce: always');
    assertEquals(settingsOf(await place.next()).pkce, 'always');
    await place.close();
  });

  it('T145: does not take a file for all defaults while it is being written', async () => {
    const place = await watched('pkce: always');
    await writeFile(place.file, '');
    await new Promise<void>((resolve) => setTimeout(resolve, 80));
    await writeFile(place.file, 'pkce: always\nrefresh_token_grace: 5s\n');
    const settings = settingsOf(await place.next());
    assertEquals([settings.pkce, settings.refresh_token_grace], ['always', 5]);
    await place.close();
  });

  it('takes an empty file that stays empty', async () => {
    const place = await watched('pkce: always');
    await writeFile(place.file, '');
    assertEquals(settingsOf(await place.next()).pkce, 'public');
    await place.close();
  });

  it('T145: does not go on with defaults when its file is gone', async () => {
    const place = await watched('pkce: always');
    await rm(place.file);
    const event = await place.next();
    assert('mistakes' in event);
    assertEquals(event.mistakes.map((each) => each.split('/').at(-1)), ['ostiary.yaml: is gone']);
    await writeFile(place.file, 'pkce: always\nrefresh_token_grace: 5s\n');
    assertEquals(settingsOf(await place.next()).refresh_token_grace, 5);
    await place.close();
  });

  it('T145: reports an invalid change, keeps what it had, and goes on watching', async () => {
    const place = await watched('pkce: public');
    await writeFile(place.file, 'pkce: sometimes');
    assertEquals(await place.next(), {
      mistakes: ['ostiary.yaml:1: pkce must be one of never, public, always: got "sometimes"'],
    });
    await writeFile(place.file, 'pkce: always');
    assertEquals(settingsOf(await place.next()).pkce, 'always');
    await place.close();
  });

  it('keeps what a running server cannot change, names it, and takes the rest', async () => {
    const place = await watched('pkce: public');
    await writeFile(
      place.file,
      'pkce: always\nlisten: { port: 9999 }\nstorage: { engine: memory }\n',
    );
    const event = await place.next();
    assert('config' in event);
    assertEquals(event.needsRestart, ['listen', 'storage']);
    assertEquals(event.config.listen.port, 9091);
    assertEquals(event.config.issuers[0].settings.issuer, 'http://localhost:9091');
    assertEquals(event.config.storage.engine, 'file');
    assertEquals(event.config.issuers[0].settings.pkce, 'always');
    await place.close();
  });
});
