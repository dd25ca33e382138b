import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { freePort } from '../../src/cli/free_port.ts';
import { assertEquals, assertMatch, assertStringIncludes } from '../support/assert.ts';
import { openPlace, type Place, SLOW } from '../support/cli.ts';

const FILE = 'issuer: http://localhost:9091\npkce: always\n';
const SECOND = 'http://localhost:9091/second';

async function inPlace(work: (place: Place) => Promise<void>): Promise<void> {
  const place = await openPlace();
  try {
    await writeFile(join(place.directory, 'ostiary.yaml'), FILE);
    await work(place);
  } finally {
    await place.close();
  }
}

async function problemOf(place: Place, ...words: string[]): Promise<string> {
  const { code, stderr } = await place.run(words);
  assertEquals(code, 1, stderr);
  return stderr;
}

const POLICY = 'default_policy: deny\nrules:\n  - policy: two_factor\n    subject: group:staff\n';

describe('ostiary config set, show and unset', () => {
  it(
    'change a running server at once, and the next start finds it so',
    SLOW,
    () =>
      inPlace(async (place) => {
        let served = await place.serve();
        const signUp = async (): Promise<boolean> => {
          const url = `${served.address}/.well-known/openid-configuration`;
          const metadata = await (await fetch(url)).json() as { prompt_values_supported: string[] };
          return metadata.prompt_values_supported.includes('create');
        };
        assertEquals(await signUp(), false);
        const dry = await place.run(['config', 'set', 'sign_up', 'open', '--dry-run']);
        assertEquals([dry.code, dry.stdout], [0, '+ sign_up: "open"\n']);
        assertEquals(await signUp(), false);
        await place.run(['config', 'set', 'sign_up', 'open']);
        assertEquals(await signUp(), true);
        await served.stop('SIGKILL');
        served = await place.serve();
        assertEquals(await signUp(), true);
        const unset = await place.run(['config', 'unset', 'sign_up']);
        assertEquals(unset.stdout, '- sign_up: "open"\n');
        assertEquals(await signUp(), false);
        await served.stop();
      }),
  );

  it('take a map from a file, and show who set what', SLOW, () =>
    inPlace(async (place) => {
      await writeFile(join(place.directory, 'staff.yaml'), POLICY);
      const set = ['config', 'set', 'authorization_policies.staff', '--value-file', 'staff.yaml'];
      const { code, stderr } = await place.run(set);
      assertEquals([code, stderr], [0, '']);
      const { stdout } = await place.run(['config', 'show']);
      assertMatch(stdout, /^option +value +set by +changed\n/);
      assertMatch(stdout, /authorization_policies\.staff +\{"default_policy":"deny".* +cli +20/);
      assertMatch(stdout, /pkce +always +file +-/);
      const [shown, ...others] = await place.json(['config', 'show', 'pkce']) as unknown[];
      assertEquals([shown, others], [{ path: 'pkce', value: 'always', provenance: 'file' }, []]);
      const audit = await place.run(['audit', 'list']);
      assertStringIncludes(audit.stdout, 'options.changed');
    }));

  it('say in one line what cannot be', SLOW, () =>
    inPlace(async (place) => {
      const set = (...words: string[]) => problemOf(place, 'config', 'set', ...words);
      assertStringIncludes(await set('pkce', 'never'), 'is set in the configuration file');
      assertStringIncludes(await set('lifespans.access_token', 'soon'), 'lifespans.access_token');
      assertStringIncludes(await set('lifespan', '{}'), 'did you mean lifespans');
      assertStringIncludes(await set('listen.port', '1'), 'of the whole server');
      assertStringIncludes(await set('sign_up'), 'give a VALUE');
      assertStringIncludes(await problemOf(place, 'config', 'unset', 'sign_up'), 'says nothing');
    }));

  it('take back what keeps a server from starting', SLOW, () =>
    inPlace(async (place) => {
      const networks = 'definitions: { networks: { office: [ 10.0.0.0/8 ] } }\n';
      await writeFile(join(place.directory, 'ostiary.yaml'), FILE + networks);
      const policy =
        '{ default_policy: deny, rules: [{ policy: one_factor, networks: [ office ] }] }';
      await place.run(['config', 'set', 'authorization_policies.inside', policy]);
      await writeFile(join(place.directory, 'ostiary.yaml'), FILE);
      const problem = await problemOf(place, 'serve', '--port', '0');
      assertStringIncludes(problem, 'authorization_policies.inside');
      const { code, stderr } = await place.run([
        'config',
        'unset',
        'authorization_policies.inside',
      ]);
      assertEquals([code, stderr], [0, '']);
      await (await place.serve()).stop();
    }));
});

describe('clients of the file', () => {
  const CLIENTS =
    'clients: [ { client_id: app, client_secret: $plaintext$a-long-secret-of-32-chars, ' +
    'redirect_uris: [ https://app.example/cb ] } ]\n';
  const mirrored = async (place: Place): Promise<boolean> => {
    const { stdout } = await place.run(['store', 'dump']);
    return /\["mirror","http:\/\/localhost:\d+","client","app"\]/.test(stdout);
  };

  it(
    'are forgotten by a server whose file has them no more, and by no command or start without the file',
    SLOW,
    () =>
      inPlace(async (place) => {
        const file = join(place.directory, 'ostiary.yaml');
        // What a start without the file would call itself, too.
        const port = await freePort('127.0.0.1');
        const issuer = `issuer: http://localhost:${port}\n`;
        await writeFile(file, issuer + CLIENTS);
        await (await place.serve()).stop();
        assertEquals(await mirrored(place), true);
        await writeFile(file, issuer);
        await place.run(['client', 'list']);
        assertEquals(await mirrored(place), true);
        await rm(file);
        await (await place.serve({ flags: ['--port', String(port)] })).stop();
        assertEquals(await mirrored(place), true);
        await writeFile(file, issuer);
        await (await place.serve()).stop();
        assertEquals(await mirrored(place), false);
      }),
  );
});

describe('ostiary issuer', () => {
  it('adds an issuer to a running server, and removes it', SLOW, () =>
    inPlace(async (place) => {
      const served = await place.serve();
      const status = async (): Promise<number> => {
        const url = `${served.address}/second/.well-known/openid-configuration`;
        const response = await fetch(url);
        await response.text();
        return response.status;
      };
      assertEquals(await status(), 404);
      assertEquals((await place.run(['issuer', 'add', SECOND])).code, 0);
      assertEquals(await status(), 200);
      assertMatch((await place.run(['issuer', 'list'])).stdout, /second +cli +20/);
      assertStringIncludes(await problemOf(place, 'client', 'list'), '--issuer');
      const clients = await place.json(['client', 'list', '--issuer', SECOND]);
      assertEquals(clients, { clients: [], more: false });
      assertEquals((await place.run(['issuer', 'remove', SECOND])).code, 0);
      assertEquals(await status(), 404);
      await served.stop();
    }));
});
