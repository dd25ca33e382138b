import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { chosenEngine } from '../../src/cli/chosen_issuer.ts';
import type { Invocation } from '../../src/cli/command.ts';
import { allCommands } from '../../src/cli/commands.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { assert, assertEquals, assertStringIncludes } from '../support/assert.ts';
import { openPlace, type Place, SLOW } from '../support/cli.ts';

const A = 'https://a.example';
const B = 'https://b.example/b';
const URLS = `${A}, ${B}`;

/** What commands are about that all issuers share, by their first word or whole. */
const OF_ALL = ['user', 'ban', 'doctor', 'notifier', 'issuer'];

const engineOf = (issuer: string) => ({ settings: { issuer } }) as Engine;
const ONE = { engines: () => [engineOf(A)] as const };
const TWO = { engines: () => [engineOf(A), engineOf(B)] as const };

function invocation(flags: Invocation['flags'] = {}): Invocation {
  return { positionals: [], flags, files: {}, directory: '/' };
}

describe('--issuer', () => {
  it('is needed by whatever is one issuer’s, where there are several', async () => {
    for (const command of await allCommands()) {
      if (command.kind !== 'engine') continue;
      const [family = ''] = command.name.split(' ');
      const choice = chosenEngine(command, invocation(), TWO);
      assertEquals(choice.ok, OF_ALL.includes(family), command.name);
      if (!choice.ok) {
        assertEquals(choice.problem, `say which issuer is meant with --issuer: ${URLS}`);
      }
      const named = chosenEngine(command, invocation({ issuer: B }), TWO);
      assertEquals(named.ok && named.engine.settings.issuer, B, command.name);
      const other = chosenEngine(command, invocation({ issuer: `${B}/` }), TWO);
      assertEquals(other.ok, false, command.name);
      assertEquals(chosenEngine(command, invocation(), ONE).ok, true, command.name);
    }
  });

  it('is not needed for the storage key, which is that of all', async () => {
    const rotate = (await allCommands()).find(({ name }) => name === 'key rotate');
    assert(rotate?.kind === 'engine');
    assertEquals(chosenEngine(rotate, invocation({ storage: true }), TWO).ok, true);
  });

  it('must be one that there is', () => {
    const choice = chosenEngine({}, invocation({ issuer: 'https://c.example' }), ONE);
    assertEquals(choice, {
      ok: false,
      problem: `--issuer must be one of ${A}: got "https://c.example"`,
    });
  });
});

const CLIENT = `{ client_id: app, client_secret: "$plaintext$${
  'x'.repeat(40)
}", redirect_uris: [ https://x.example/ ] }`;

async function inPlace(work: (place: Place) => Promise<void>): Promise<void> {
  const place = await openPlace('fresh');
  try {
    await writeFile(
      join(place.directory, 'ostiary.yaml'),
      `issuers:\n  - issuer: ${A}\n    clients: [ ${CLIENT} ]\n  - issuer: ${B}\n`,
    );
    await work(place);
  } finally {
    await place.close();
  }
}

async function refusalOf(place: Place, words: readonly string[]): Promise<string> {
  const { code, stderr } = await place.run(words);
  assertEquals(code, 1, words.join(' '));
  return stderr.trim();
}

/** Of both, one after the other, as the store is one process's at a time. */
async function kidsOf(place: Place): Promise<readonly string[]> {
  const kids: string[] = [];
  for (const issuer of [A, B]) {
    const keys = await place.json(['key', 'list', '--issuer', issuer]);
    kids.push(...(keys as readonly { readonly kid: string }[]).map(({ kid }) => kid).toSorted());
  }
  return kids;
}

/** With a server that does the work. */
async function tryCommands(place: Place): Promise<void> {
  const redirect = ['--redirect-uri', 'https://y.example/'];
  assertEquals(
    await refusalOf(place, ['client', 'add', 'new', ...redirect]),
    `ostiary client add: say which issuer is meant with --issuer: ${URLS}`,
  );
  assertStringIncludes(
    await refusalOf(place, ['key', 'list', '--issuer', 'https://c.example']),
    `--issuer must be one of ${URLS}: got "https://c.example"`,
  );
  const add = ['client', 'add', 'new', ...redirect, '--issuer', B];
  await place.json(add);
  await refusalOf(place, ['client', 'show', 'new', '--issuer', A]);
  await place.json(['client', 'show', 'new', '--issuer', B]);
  await place.json(['client', 'show', 'app', '--issuer', A]);
  await refusalOf(place, ['client', 'show', 'app', '--issuer', B]);
  await place.json(['client', 'remove', 'new', '--issuer', B]);
  const kids = await kidsOf(place);
  assertEquals(new Set(kids).size, kids.length);
  await place.json(['user', 'disable', 'alice']);
  await place.json(['user', 'enable', 'alice']);
  const { url } = await place.json(['user', 'reset-link', 'alice', '--issuer', B]) as {
    readonly url: string;
  };
  assert(url.startsWith(`${B}/reset-password?`), url);
  const audits = await place.json(['audit', 'list', '--issuer', A]);
  const actions = JSON.stringify(audits);
  assertEquals(actions.includes('user.disabled'), true);
  assertEquals(actions.includes('client.'), false);
}

describe('commands where there are several issuers', () => {
  it(
    'work on the one that is named, or on the people of all, in a running server',
    SLOW,
    () =>
      inPlace(async (place) => {
        await place.json(['user', 'add', 'alice', '--email', 'alice@example.com']);
        const server = await place.serve({ flags: ['--port', '0'] });
        await tryCommands(place);
        await server.stop();
      }),
  );

  it('do the same without one', SLOW, () =>
    inPlace(async (place) => {
      await place.json(['user', 'add', 'alice', '--email', 'alice@example.com']);
      for (const words of [['key', 'list'], ['session', 'list']]) {
        assertStringIncludes(await refusalOf(place, words), 'say which issuer is meant');
      }
      await place.json(['client', 'show', 'app', '--issuer', A]);
      await refusalOf(place, ['client', 'show', 'app', '--issuer', B]);
      await place.json(['user', 'remove', 'alice']);
      assertEquals(await place.json(['user', 'list']), { users: [], more: false });
    }));

  it('seal the keys of all anew with a new storage key', SLOW, () =>
    inPlace(async (place) => {
      const before = await kidsOf(place);
      await place.json(['key', 'rotate', '--storage']);
      assertEquals(await kidsOf(place), before);
    }));

  it('check a configuration, and say whose it is', SLOW, () =>
    inPlace(async (place) => {
      const { file: _, data: __, ...rest } = await place.json(['config', 'check']) as Record<
        string,
        unknown
      >;
      assertEquals(rest, {
        ok: true,
        issuers: [A, B],
        storage: 'file',
        people: 'in the store',
        clients: 1,
        warnings: [],
      });
      await place.write('ostiary.yaml', `issuers:\n  - issuer: ${A}\n  - issuer: ${A}/token\n`);
      assertEquals(
        await refusalOf(place, ['config', 'check']),
        `ostiary.yaml:3: issuers[1].issuer must not have a path of issuers[0] as its own: got "${A}/token"`,
      );
    }));
});

/** Whose document is there, or the status; node:http sends any Host. */
function documentAt(url: string, host: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent: false, headers: { host } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece: string) => text += piece);
      answer.on(
        'end',
        () => resolve(answer.statusCode === 200 ? JSON.parse(text).issuer : answer.statusCode),
      );
    });
    sent.on('error', reject).end();
  });
}

describe('a server of several issuers', () => {
  it(
    'names all of them when it is ready, and takes in what the file says later',
    SLOW,
    () =>
      inPlace(async (place) => {
        const server = await place.serve({ flags: ['--port', '0'] });
        const ready = JSON.parse(server.output().stdout.split('\n')[0] ?? '') as Record<
          string,
          unknown
        >;
        const discoveryOf = (issuer: string) => `${issuer}/.well-known/openid-configuration`;
        assertEquals(ready['discoveries'], [A, B].map(discoveryOf));
        assertEquals(ready['discovery'], discoveryOf(A));
        const issuerAt = (path: string, host: string) => documentAt(server.address + path, host);
        const path = '/.well-known/openid-configuration';
        assertEquals(await issuerAt(path, 'a.example'), A);
        assertEquals(await issuerAt(path, 'A.example:443'), A);
        assertEquals(await issuerAt(`${path}/b`, 'b.example'), B);
        assertEquals(await issuerAt(`/b${path}`, 'b.example'), B);
        assertEquals(await issuerAt(path, 'b.example'), 404);
        const third = 'https://c.example';
        await place.write('ostiary.yaml', `issuers:\n  - issuer: ${A}\n  - issuer: ${third}\n`);
        await server.logged('config.reloaded');
        assertEquals(await issuerAt(path, 'c.example'), third);
        assertEquals(await issuerAt(`/b${path}`, 'b.example'), 404);
        await server.stop();
      }),
  );
});
