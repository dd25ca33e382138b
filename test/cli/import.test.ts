import { describe, it } from 'node:test';
import { assert, assertEquals, assertMatch, assertStringIncludes } from '../support/assert.ts';
import { openPlace, type Place, SLOW } from '../support/cli.ts';

const CONFIGURATION = `
server: { address: 'tcp://127.0.0.1:9099' }
session: { cookies: [ { domain: example.com, authelia_url: 'https://auth.example.com' } ] }
identity_providers:
  oidc:
    lifespans: { access_token: 20m }
    clients:
      - client_id: wiki
        client_name: "Wiki \\e[31m"
        client_secret: '$2a$04$KBCwKxOzLha2MUDgW0PjXeYeIAPGw294Nx49T89vlKo84qpWZi7je'
        redirect_uris: [ 'https://wiki.example.com/callback' ]
        grant_types: [ authorization_code, client_credentials ]
        scopes: [ openid, read ]
      - { client_id: gone, client_secret: '$1$x$y', redirect_uris: [ 'https://gone.example.com/' ] }
`;

const USERS = `users:
  bob:
    displayname: Bob
    password: '$2a$04$KBCwKxOzLha2MUDgW0PjXeYeIAPGw294Nx49T89vlKo84qpWZi7je'
`;

interface Report {
  readonly applied: boolean;
  readonly issuer?: string;
  readonly rows: readonly { kind: string; id: string; state: string; why?: string }[];
  readonly remarks: readonly { path: string; severity: string; why: string; line?: number }[];
  readonly options?: string;
}

async function inPlace(work: (place: Place) => Promise<void>): Promise<void> {
  const place = await openPlace();
  try {
    await place.write('authelia.yml', CONFIGURATION);
    await place.write('users.yml', USERS);
    await place.write('ostiary.yaml', 'scopes: { read: {} }\n');
    await work(place);
  } finally {
    await place.close();
  }
}

async function statesOf(place: Place, args: readonly string[]): Promise<readonly string[]> {
  const { rows } = await place.json(['import', ...args]) as Report;
  return rows.map(({ kind, id, state }) => `${kind} ${id} ${state}`);
}

const AUTHELIA = ['authelia', 'authelia.yml', '--users', 'users.yml'];

describe('import authelia', () => {
  it(
    'without a server: a dry run does nothing, --apply does it once',
    SLOW,
    () =>
      inPlace(async (place) => {
        const dry = await place.json(['import', ...AUTHELIA, '--dry-run']) as Report;
        assertEquals([dry.applied, dry.issuer], [false, 'https://auth.example.com']);
        const added = [
          'options lifespans added',
          'person bob added',
          'client wiki added',
        ];
        assertEquals(dry.rows.map(({ kind, id, state }) => `${kind} ${id} ${state}`), added);
        assertEquals(dry.options, 'listen:\n  host: 127.0.0.1\n  port: 9099\n');
        const lost = dry.remarks.find(({ path }) => path === 'identity_providers.oidc.clients[1]');
        assertEquals([lost?.severity, lost?.line], ['dropped', 14]);
        assertEquals(await place.json(['client', 'list']), { clients: [], more: false });
        assertEquals(await statesOf(place, [...AUTHELIA, '--apply']), added);
        assertEquals(
          await statesOf(place, [...AUTHELIA, '--apply']),
          [
            'options lifespans same',
            'person bob same',
            'client wiki same',
          ],
        );
        const { clients: [client] } = await place.json(['client', 'list']) as {
          readonly clients: readonly Record<string, unknown>[];
        };
        assertEquals([client?.['client_id'], client?.['provenance']], ['wiki', 'import']);
      }),
  );

  it(
    'prints tables for people, in which nothing turns a terminal, and no secret',
    SLOW,
    () =>
      inPlace(async (place) => {
        const { stdout, code } = await place.run(['import', ...AUTHELIA, '--dry-run']);
        assertEquals(code, 0);
        assertMatch(stdout, /^would be +what +name +why\n.*\nadded +person +bob/);
        assertMatch(
          stdout,
          /14 +identity_providers\.oidc\.clients\[1\] +dropped +the client is left out/,
        );
        assertStringIncludes(stdout, '# For the configuration file:\nlisten:\n');
        assertStringIncludes(stdout, 'The issuer was https://auth.example.com');
        assertMatch(stdout, /added +options +lifespans +lifespans\.access_token/);
        assert(!stdout.includes('$2a$') && !stdout.includes('\u001b'));
      }),
  );

  it(
    'says which of its flags is missing, and what it cannot read',
    SLOW,
    () =>
      inPlace(async (place) => {
        for (const flags of [[], ['--apply', '--dry-run']]) {
          const { code, stderr } = await place.run([
            'import',
            'authelia',
            'authelia.yml',
            ...flags,
          ]);
          assertEquals([code, stderr], [
            1,
            'ostiary import authelia: give one of --dry-run and --apply\n',
          ]);
        }
        const { code, stderr } = await place.run(['import', 'authelia', 'nowhere.yml', '--apply']);
        assertEquals([code, stderr], [
          1,
          'ostiary import authelia: the file nowhere.yml cannot be read\n',
        ]);
      }),
  );
});

describe('import clients', () => {
  it(
    'in a running server: the client works at the next request',
    SLOW,
    () =>
      inPlace(async (place) => {
        const served = await place.serve();
        await place.write(
          'clients.json',
          JSON.stringify([{
            client_id: 'machine',
            client_secret: 'as it always was',
            grant_types: ['client_credentials'],
            scope: 'read',
          }]),
        );
        const apply = ['clients', 'clients.json', '--apply'];
        assertEquals(await statesOf(place, apply), ['client machine added']);
        assertEquals(await statesOf(place, apply), ['client machine same']);
        const response = await fetch(`${served.issuer}/token`, {
          method: 'POST',
          headers: { authorization: `Basic ${btoa('machine:as%20it%20always%20was')}` },
          body: new URLSearchParams({ grant_type: 'client_credentials' }),
        });
        assertEquals(response.status, 200, await response.text());
        await served.stop();
      }),
  );
});

describe('export', () => {
  it(
    'prints what the file and the store say, with or without a server',
    SLOW,
    () =>
      inPlace(async (place) => {
        const options =
          'issuer: http://localhost:9091\nscopes: { read: {} }\nlifespans: { access_token: 20m }\n';
        await place.write('ostiary.yaml', `${options}data: ./data\n`);
        await place.json(['import', ...AUTHELIA, '--apply']);
        await place.json(['config', 'set', 'lifespans.id_token', '30m']);
        const { stdout, code } = await place.run(['export']);
        assertEquals(code, 0);
        assertMatch(
          stdout,
          /^# data: is of the machine, not of the provider\nissuer: http:\/\/localhost:9091\n/,
        );
        assertStringIncludes(stdout, 'lifespans:\n  access_token: 20m\n  id_token: 30m\n');
        assertStringIncludes(stdout, '  - client_id: wiki\n    client_secret: $2a$04$');
        assert(!stdout.includes('private_keys'));
        const served = await place.serve();
        assertEquals((await place.run(['export'])).stdout, stdout);
        const whole = await place.run(['export', '--with-keys']);
        await served.stop();
        assertStringIncludes(whole.stdout, 'private_keys:\n');
        await place.write('exported.yaml', whole.stdout);
        const { rows } = await place.json([
          'import',
          'ostiary',
          'exported.yaml',
          '--apply',
        ]) as Report;
        assertEquals(rows.filter(({ state }) => state !== 'same'), []);
      }),
  );
});

describe('bootstrap', () => {
  it(
    'a server that starts with a file has its clients from the first request on',
    SLOW,
    () =>
      inPlace(async (place) => {
        await place.write(
          'clients.json',
          JSON.stringify([{
            client_id: 'machine',
            client_secret: 'as it always was',
            grant_types: ['client_credentials'],
            scope: 'read',
          }]),
        );
        await place.write(
          'ostiary.yaml',
          'issuer: http://localhost:9091\nscopes: { read: {} }\nbootstrap: { file: clients.json }\n',
        );
        const served = await place.serve();
        const response = await fetch(`${served.address}/token`, {
          method: 'POST',
          headers: { authorization: `Basic ${btoa('machine:as%20it%20always%20was')}` },
          body: new URLSearchParams({ grant_type: 'client_credentials' }),
        });
        assertEquals(response.status, 200, await response.text());
        assertStringIncludes(served.output().stderr, 'bootstrap.done');
        await served.stop();
        await place.json(['client', 'remove', 'machine']);
        const again = await place.serve();
        assertEquals(await place.json(['client', 'list']), { clients: [], more: false });
        await again.stop();
      }),
  );
});
