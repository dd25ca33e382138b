import { readFile, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createPasswordHasher } from '../../src/accounts/password.ts';
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from '../support/assert.ts';
import { openPlace, type Place, type Served, SLOW } from '../support/cli.ts';

const PASSWORD = 'correct horse battery';
const CALLBACK = 'https://app.example/callback';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

async function inPlace(
  work: (place: Place) => Promise<void>,
  kind: 'fresh' | 'with keys' = 'with keys',
): Promise<void> {
  const place = await openPlace(kind);
  try {
    await work(place);
  } finally {
    await place.close();
  }
}

/** With the issuer whose keys are there, and memory of its own for each start. */
const QUICK = 'issuer: http://localhost:9091\n';

/** The error code of a token request with nothing to redeem: `invalid_client` until the client is known. */
async function tokenError(served: Served, client_id: string, secret?: string): Promise<string> {
  const body = new URLSearchParams({ grant_type: 'authorization_code', code: 'x', client_id });
  if (secret !== undefined) body.set('client_secret', secret);
  const response = await fetch(`${served.address}/token`, { method: 'POST', body, headers: FORM });
  return (await response.json()).error;
}

describe('serve', () => {
  it(
    'without configuration is ready with its address, its discovery document and a setup link',
    SLOW,
    () =>
      inPlace(async (place) => {
        const served = await place.serve();
        const { stdout } = served.output();
        const ready = JSON.parse(stdout) as Record<string, string>;
        assertMatch(ready['setup'] ?? '', /^http:\/\/localhost:\d+\/setup\?token=[\w-]{43}$/);
        const response = await fetch(`${served.address}/.well-known/openid-configuration`);
        assertEquals(response.status, 200);
        assertEquals((await response.json()).issuer, served.issuer);
        assertEquals((await served.stop()).code, 0);
      }),
  );

  it(
    'prints a line each for people, and no setup link once there is somebody',
    SLOW,
    () =>
      inPlace(async (place) => {
        await place.json(['user', 'add', 'alice']);
        await place.write('ostiary.yaml', 'listen: { host: "127.0.0.1" }\n');
        const served = await place.serve();
        assertEquals(Object.keys(JSON.parse(served.output().stdout)), ['address', 'discovery']);
        await served.stop();
      }),
  );

  it(
    'makes a user added by command real at once, and the setup link void',
    SLOW,
    () =>
      inPlace(async (place) => {
        const served = await place.serve();
        const added = await place.json(['user', 'add', 'alice', '--password-stdin'], {
          stdin: PASSWORD,
        }) as Record<string, unknown>;
        assertEquals(added['has_password'], true);
        const list = await place.json(['user', 'list']) as { users: readonly unknown[] };
        assertEquals(list.users.length, 1);
        const { setup } = JSON.parse(served.output().stdout) as { setup: string };
        const response = await fetch(setup.replace(served.issuer, served.address));
        assert(!(await response.text()).includes('type="password"'));
        await served.stop();
      }),
  );

  it(
    'takes a client added by command at once, and forgets it at once',
    SLOW,
    () =>
      inPlace(async (place) => {
        const served = await place.serve();
        assertEquals(await tokenError(served, 'app', 'x'), 'invalid_client');
        const words = ['client', 'add', 'app', '--redirect-uri', CALLBACK];
        await place.write('m.json', '{"token_endpoint_auth_method":"client_secret_post"}');
        const { client_secret } = await place.json([...words, '--metadata-file', 'm.json']) as {
          client_secret: string;
        };
        assertEquals(await tokenError(served, 'app', client_secret), 'invalid_grant');
        assertEquals(await tokenError(served, 'app', 'x'), 'invalid_client');
        const renewed = await place.json(['client', 'secret', 'app']) as { client_secret: string };
        assertEquals(await tokenError(served, 'app', client_secret), 'invalid_client');
        assertEquals(await tokenError(served, 'app', renewed.client_secret), 'invalid_grant');
        await place.json(['client', 'remove', 'app']);
        assertEquals(await tokenError(served, 'app', renewed.client_secret), 'invalid_client');
        await served.stop();
      }),
  );

  it('works in memory, with commands that ask it', SLOW, () =>
    inPlace(async (place) => {
      await place.write('ostiary.yaml', 'storage: { engine: memory }\n');
      const served = await place.serve();
      await place.json(['user', 'add', 'alice']);
      const { code, stderr } = await place.run(['store', 'verify']);
      assertEquals(code, 1);
      assertStringIncludes(stderr, 'memory');
      await served.stop();
    }));

  it('dumps and backs up while it runs, and refuses to load', SLOW, () =>
    inPlace(async (place) => {
      const served = await place.serve();
      await place.json(['user', 'add', 'alice']);
      const { stdout } = await place.run(['store', 'dump']);
      assertStringIncludes(stdout, '"alice"');
      assertMatch(stdout.trim().split('\n').at(-1) ?? '', /^\{"records":\d+,"crc32":\d+\}$/);
      await place.json(['store', 'backup', 'backup.jsonl']);
      assertEquals((await place.run(['store', 'verify'])).code, 0);
      const load = await place.run(['store', 'load', 'backup.jsonl']);
      assertEquals(load.code, 1);
      assertStringIncludes(load.stderr, 'stop the server first');
      await served.stop();
    }));

  it(
    'swaps in a changed file, and keeps what it has when the change is wrong',
    SLOW,
    () =>
      inPlace(async (place) => {
        const file = join(place.directory, 'ostiary.yaml');
        const client = (id: string): string =>
          `${QUICK}clients: [ { client_id: ${id}, token_endpoint_auth_method: none, redirect_uris: [ "${CALLBACK}" ] } ]\n`;
        await writeFile(file, client('one'));
        const served = await place.serve();
        assertEquals(await tokenError(served, 'one'), 'invalid_grant');
        await writeFile(file, client('two'));
        await served.logged('config.reloaded');
        assertEquals(await tokenError(served, 'one'), 'invalid_client');
        assertEquals(await tokenError(served, 'two'), 'invalid_grant');
        await writeFile(file, `${client('three')}wibble: 1\n`);
        await served.logged('wibble is not a known option');
        assertEquals(await tokenError(served, 'two'), 'invalid_grant');
        await writeFile(file, `${client('two')}listen: { port: 1 }\ndata: elsewhere\n`);
        await served.logged('config.needs_restart');
        assertEquals(await tokenError(served, 'two'), 'invalid_grant');
        await served.stop();
      }),
  );

  it('says in one line that its port is taken, and exits 1', SLOW, () =>
    inPlace(async (place) => {
      const served = await place.serve();
      const { port } = new URL(served.address);
      const { code, stderr } = await place.run(['serve', '--port', port, '--data', 'other']);
      assertEquals(code, 1);
      assertMatch(stderr, /^ostiary serve: [^\n]*the address is in use\n$/);
      await served.stop();
    }));

  it(
    'T137: says in one line that another server has the store, and exits 1',
    SLOW,
    () =>
      inPlace(async (place) => {
        const served = await place.serve();
        const { code, stderr } = await place.run(['serve', '--port', '0']);
        assertEquals(code, 1);
        assertMatch(stderr, /^ostiary serve: [^\n]+\n$/);
        assertEquals((await fetch(`${served.address}/jwks`)).status, 200);
        assertEquals((await served.stop()).code, 0);
      }),
  );
});

const BAD_STARTS: readonly (readonly [name: string, file: string, message: string])[] = [
  [
    'T126: an http issuer that is not loopback',
    'issuer: http://auth.example.com\n',
    'ostiary.yaml:1: issuer must use https',
  ],
  ['T145: an unknown option', 'wibble: 1\n', 'ostiary.yaml:1: wibble is not a known option'],
  [
    'T145: a value of the wrong type',
    'trusted_proxies: 10.0.0.1\n',
    'ostiary.yaml:1: trusted_proxies must be a list',
  ],
  ['T145: broken syntax', 'issuer: [\n', 'ostiary.yaml:2: is not valid YAML'],
];

describe('serve does not start with', () => {
  for (const [name, file, message] of BAD_STARTS) {
    it(name, SLOW, () =>
      inPlace(async (place) => {
        await place.write('ostiary.yaml', file);
        const { code, stdout, stderr } = await place.run(['serve', '--port', '0']);
        assertEquals([code, stdout], [1, '']);
        assertStringIncludes(stderr, message);
      }));
  }

  it('T145: a log setting that it does not know', SLOW, () =>
    inPlace(async (place) => {
      const { code, stderr } = await place.run(['serve'], { env: { OSTIARY_LOG: 'verbose' } });
      assertEquals(code, 1);
      assertStringIncludes(
        stderr,
        'OSTIARY_LOG must be of debug, info, warn, error, off, text, json',
      );
    }));

  it('T145: a storage key of the wrong form', SLOW, () =>
    inPlace(async (place) => {
      const env = { OSTIARY_STORAGE_KEY: 'too-short' };
      const { code, stderr } = await place.run(['serve', '--port', '0'], { env });
      assertEquals(code, 1);
      assert(!stderr.includes('too-short'));
    }));

  it('T126: and does with the development option', SLOW, () =>
    inPlace(async (place) => {
      await place.write(
        'ostiary.yaml',
        'issuer: http://auth.example.com\ndevelopment: true\nstorage: { engine: memory }\n',
      );
      const served = await place.serve();
      assertEquals(served.issuer, 'http://auth.example.com');
      await served.stop();
    }));
});

describe('T140: at SIGTERM serve', () => {
  it(
    'lets running requests finish, accepts no other, and exits 0',
    SLOW,
    () =>
      inPlace(async (place) => {
        // Checking a digest takes its time, and they are checked one or two at a time.
        const secret = 'a-secret-with-a-slow-digest';
        await place.write('ostiary.yaml', await slowClients(RUNNING, secret));
        const served = await place.serve();
        const errors: string[] = [];
        const second = Promise.withResolvers<void>();
        const all = Array.from({ length: RUNNING }, async (_, index) => {
          errors.push(await tokenError(served, `slow-${index}`, secret));
          if (errors.length === 2) second.resolve();
        });
        await second.promise;
        const stopped = served.stop('SIGTERM');
        await served.logged('stopping');
        await refusedSoon(Number(new URL(served.address).port));
        await Promise.all(all);
        assertEquals(errors, Array.from({ length: RUNNING }, () => 'invalid_grant'));
        const { code, stderr } = await stopped;
        assertEquals(code, 0);
        assertStringIncludes(stderr, 'stopped');
      }),
  );

  it(
    'keeps what was acknowledged, and leaves no way in behind',
    SLOW,
    () =>
      inPlace(async (place) => {
        const served = await place.serve();
        await place.json(['user', 'add', 'alice']);
        assertEquals((await served.stop()).code, 0);
        const control = await stat(join(place.directory, 'data/control.json')).catch(() =>
          undefined
        );
        assertEquals(control, undefined);
        assertEquals(
          (await place.json(['user', 'show', 'alice']) as { username: string }).username,
          'alice',
        );
      }),
  );

  it('and at SIGINT alike', SLOW, () =>
    inPlace(async (place) => {
      const served = await place.serve();
      assertEquals((await served.stop('SIGINT')).code, 0);
    }));

  it(
    'and after SIGKILL the next start and the next command find all in order',
    SLOW,
    () =>
      inPlace(async (place) => {
        const first = await place.serve();
        await place.json(['user', 'add', 'alice']);
        await first.stop('SIGKILL');
        assertEquals((await place.run(['user', 'show', 'alice'])).code, 0);
        const second = await place.serve();
        assertEquals((await place.run(['user', 'show', 'alice'])).code, 0);
        assertEquals((await second.stop()).code, 0);
      }),
  );
});

const RUNNING = 12;

async function slowClients(count: number, secret: string): Promise<string> {
  const hasher = createPasswordHasher();
  const rows: string[] = [];
  for (let index = 0; index < count; index++) {
    rows.push(
      `  - client_id: slow-${index}\n    client_secret: "${await hasher.hash(secret)}"\n` +
        `    token_endpoint_auth_method: client_secret_post\n    redirect_uris: [ "${CALLBACK}" ]\n`,
    );
  }
  await hasher.close();
  return `clients:\n${rows.join('')}`;
}

/** New connections are refused as soon as the listening socket is closed. */
async function refusedSoon(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const probe = connect(port, '127.0.0.1');
      probe.once('connect', () => resolve(true)).once('error', () => resolve(false));
      probe.once('connect', () => probe.destroy());
    });
    if (!isOpen) return;
    await new Promise<void>((resolve) => setTimeout(resolve, 20));
  }
  assert(false, 'the server still accepts connections');
}

describe('T144: with the log at its most talkative', () => {
  for (const format of ['text', 'json']) {
    it(`no credential is in it, as ${format}`, SLOW, () =>
      inPlace(async (place) => {
        const served = await place.serve({ env: { OSTIARY_LOG: `debug,${format}` } });
        const { setup } = JSON.parse(served.output().stdout) as { setup: string };
        await place.json(['user', 'add', 'alice', '--password-stdin'], { stdin: PASSWORD });
        await place.write('m.json', '{"token_endpoint_auth_method":"client_secret_post"}');
        const { client_secret } = await place.json(
          ['client', 'add', 'app', '--redirect-uri', CALLBACK, '--metadata-file', 'm.json'],
        ) as { client_secret: string };
        await tokenError(served, 'app', client_secret);
        await tokenError(served, 'app', 'a-wrong-secret-horse');
        const authorization = 'Bearer ost_at_presented-token-horse';
        await fetch(`${served.address}/userinfo`, { headers: { authorization } });
        const cookie = 'ostiary_session=sid-horse.secret-horse';
        await fetch(`${served.address}/authorize?client_id=app&code=code-horse`, {
          headers: { cookie },
          redirect: 'manual',
        });
        await fetch(setup.replace(served.issuer, served.address));
        const control = JSON.parse(
          await readFile(join(place.directory, 'data/control.json'), 'utf8'),
        ) as { token: string };
        const { stderr, stdout } = await served.stop();
        const setupToken = new URL(setup).searchParams.get('token') ?? '';
        for (const secret of [PASSWORD, client_secret, control.token, setupToken, 'horse']) {
          assert(!stderr.includes(secret), stderr);
        }
        assertEquals(stdout.trim().split('\n').length, 1);
        assertStringIncludes(stderr, 'request.refused');
      }));
  }
});

describe('T146: every installation makes its own keys', () => {
  it('and two have none in common', SLOW, () =>
    inPlace((one) =>
      inPlace(async (two) => {
        const kids: string[][] = [];
        for (const place of [one, two]) {
          const keys = await place.json(['key', 'list']) as { kid: string }[];
          kids.push(keys.map(({ kid }) => kid));
        }
        assert(kids[0]?.every((kid) => !kids[1]?.includes(kid)));
        const secret = (place: Place): Promise<string> =>
          readFile(join(place.directory, 'data/secret.key'), 'utf8');
        assertNotEquals(await secret(one), await secret(two));
      }, 'fresh'), 'fresh'));
});
