import { describe, it } from 'node:test';
import { createPasswordHasher } from '../../src/accounts/password.ts';
import { exportConfig, type Exported } from '../../src/config/export.ts';
import { readImportFile } from '../../src/config/import_file.ts';
import { readOwnFile } from '../../src/config/own_file.ts';
import { loadLibraries, parseConfig } from '../../src/config/parse.ts';
import { addClient } from '../../src/engine/administration/clients.ts';
import { exportClients } from '../../src/engine/administration/export.ts';
import { applyImport } from '../../src/engine/administration/import.ts';
import { readAuthelia } from '../../src/config/authelia/read.ts';
import { isMap } from '../../src/spec/is_map.ts';
import { readYaml } from '../../src/spec/yaml.ts';
import { assert, assertEquals, assertStringIncludes } from '../support/assert.ts';
import { claimsOf, headerOf, obtainTokens } from '../support/flow.ts';
import { CLIENT, ISSUER, type Op, openOp } from '../support/op.ts';
import { createRandom } from '../support/random.ts';
import { readFixture } from './authelia/fixture.ts';

const CLI = { kind: 'cli' } as const;
const IMPORT = { kind: 'import' } as const;

/** Options of many kinds, with texts that YAML would take for something else. */
const OPTIONS = {
  name: 'yes: # "no"',
  pkce: 'always',
  lifespans: { access_token: '20m', custom: { brief: { access_token: '1m' } } },
  scopes: { 'reports:read': { claims: [], description: '- a\n- "b"' } },
  resources: [{
    resource: 'https://api.example/',
    scope: 'read write',
    access_token_format: 'jwt',
  }],
  authorization_policies: {
    staff: {
      default_policy: 'deny',
      rules: [{ policy: 'one_factor', subject: 'group:staff', networks: ['lan'] }],
    },
  },
  definitions: {
    networks: { lan: ['203.0.113.0/24', '2001:db8::/32'] },
    user_attributes: { is_admin: { expression: '"admins" in groups' } },
  },
  claims_policies: { own: { id_token: ['is_admin'], custom_claims: { is_admin: {} } } },
  cors: { endpoints: ['token'], allowed_origins: ['https://spa.example'] },
  branding: {
    accent_color: '#0d5c4a',
    footer_links: [{ text: 'Ümlaut: 🔑', url: 'https://x.example' }],
  },
};

async function exported(
  op: Op,
  options: Readonly<Record<string, unknown>>,
  withKeys = false,
): Promise<Exported> {
  const engine = op.instance.engine();
  await engine.keys.jwksText();
  return exportConfig({
    issuer: ISSUER,
    options,
    clients: await exportClients(withKeys, engine),
    ...withKeys && { privateKeys: engine.keys.exportPrivate() },
  });
}

function valueOf(text: string): Readonly<Record<string, unknown>> {
  const read = readYaml(text);
  assert(read.ok, text);
  assert(isMap(read.value));
  return read.value;
}

describe('export', () => {
  it('makes the same provider elsewhere: every option, and clients with their secrets', async () => {
    const hasher = createPasswordHasher();
    const machine = { data: './elsewhere', trusted_proxies: ['10.0.0.1'], listen: { port: 1 } };
    const op = await openOp({ hasher, config: { ...OPTIONS, pkce: 'public' } });
    const { yaml, left_out } = await exported(op, {
      issuer: 'ignored',
      ...OPTIONS,
      pkce: 'public',
      ...machine,
    });
    assertEquals(left_out.map(({ what }) => what).toSorted(), [
      'data',
      'listen',
      'trusted_proxies',
    ]);
    for (const { what, why } of left_out) assertStringIncludes(yaml, `# ${what}: ${why}\n`);

    const value = valueOf(yaml);
    await loadLibraries(value);
    const [here, there] = [
      parseConfig({ issuer: ISSUER, ...OPTIONS, pkce: 'public', clients: [CLIENT] }),
      parseConfig(value),
    ];
    assert(here.ok && there.ok, JSON.stringify(there));
    const [{ settings: { clients, ...before } }] = here.config.issuers;
    const [{ settings: { clients: moved, ...after } }] = there.config.issuers;
    assertEquals(after, before);
    const { client_secret: _, ...metadata } = clients.get('app') ?? { client_id: '' };
    const { client_secret, ...same } = moved.get('app') ?? { client_id: '' };
    assertEquals(same, metadata);
    assertEquals(client_secret?.slice(0, 10), '$argon2id$');
    await op.close();

    const other = await openOp({ hasher: createPasswordHasher(), config: value });
    const { expires_in, id_token } = await obtainTokens(other);
    assertEquals([expires_in, claimsOf(id_token)['iss']], [1200, ISSUER]);
    await other.close();
  });

  it('leaves out what nobody else can check, as a comment, and keeps other digests as they are', async () => {
    const digest = '$2a$04$KBCwKxOzLha2MUDgW0PjXeYeIAPGw294Nx49T89vlKo84qpWZi7je';
    const op = await openOp({
      config: { clients: [{ ...CLIENT, client_id: 'foreign', client_secret: digest }] },
    });
    const engine = op.instance.engine();
    const redirect_uris = ['https://minted.example/'];
    await addClient(
      'minted',
      { redirect_uris, client_name: '# "x"\n' },
      { kind: 'mint' },
      CLI,
      engine,
    );
    await addClient(
      'spa',
      { redirect_uris, token_endpoint_auth_method: 'none' },
      { kind: 'mint' },
      CLI,
      engine,
    );
    const { yaml, left_out } = await exported(op, {});
    assertEquals(left_out.map(({ what }) => what), ['client minted']);
    const value = valueOf(yaml);
    assert(parseConfig(value).ok);
    assertEquals(
      (value['clients'] as readonly Record<string, unknown>[]).map((
        { client_id, client_secret },
      ) => [client_id, client_secret]),
      [['foreign', digest], ['spa', undefined]],
    );
    assert(!yaml.includes('$ostiary$'));
    const lines = yaml.split('\n').filter((line) => line.startsWith('# ')).map((line) =>
      line.slice(2)
    );
    const commented = lines.slice(lines.findIndex((line) => line === 'clients:')).join('\n');
    assertEquals(valueOf(commented), {
      clients: [{ client_id: 'minted', client_name: '# "x"\n', redirect_uris }],
    });
    await op.close();
  });

  it('holds private keys, and secrets that serve as keys, only when that is asked for', async () => {
    const op = await openOp({
      config: {
        clients: [{ ...CLIENT, token_endpoint_auth_method: 'client_secret_jwt' }],
        notifier: { webhook: { url: 'https://hook.example/', secret: 'a secret of the webhook' } },
      },
    });
    const options = {
      notifier: { webhook: { url: 'https://hook.example/', secret: 'a secret of the webhook' } },
    };
    const without = await exported(op, options);
    for (const secret of ['a secret of', 'private_keys', '  d: ']) {
      assert(!without.yaml.includes(secret), secret);
    }
    assertEquals(without.left_out.map(({ what }) => what), ['notifier', 'client app']);
    const whole = await exported(op, options, true);
    assertEquals(whole.left_out, []);
    const plan = await readOwnFile(whole.yaml);
    assertEquals(plan.remarks.filter(({ severity }) => severity !== 'mapped'), []);
    assertEquals(plan.clients.map(({ client_id }) => client_id), ['app']);
    assertEquals(plan.server_options, options);

    const other = await openOp({ config: { clients: [] } });
    const rows = await applyImport(plan, {
      by: IMPORT,
      isDry: false,
      engine: () => other.instance.engine(),
    });
    assertEquals(rows.filter(({ kind, state }) => kind === 'client' && state !== 'added'), []);
    await other.close();
    await op.close();
  });

  it('moves keys with their names: what is signed there is verified by what was published here', async () => {
    const { text } = await readFixture();
    const plan = { ...await readAuthelia(text), clients: [] };
    const op = await openOp({ config: { clients: [] } });
    await applyImport(plan, { by: IMPORT, isDry: false, engine: () => op.instance.engine() });
    const { yaml } = await exported(op, {}, true);
    const moved = await readImportFile(yaml);
    assert(moved.keys.some(({ kid }) => kid === 'main'));
    const issuer = 'https://elsewhere.example';
    const other = await openOp({ config: { issuer, clients: [] } });
    await applyImport({ ...moved, issuer }, {
      by: IMPORT,
      isDry: false,
      engine: () => other.instance.engine(),
    });
    const jwt = await other.instance.engine().keys.sign('RS256', 'JWT', { iss: ISSUER });
    assertEquals(headerOf(jwt)['kid'], 'main');
    assertEquals(await op.instance.engine().keys.verifyOwn(jwt, 'JWT'), { iss: ISSUER });
    await Promise.all([op.close(), other.close()]);
  });

  it('all that an Authelia configuration brought is exported, and comes in again as the same', async () => {
    const { text } = await readFixture();
    const read = await readAuthelia(text);
    const plan = {
      ...read,
      clients: read.clients.filter(({ client_id }) => client_id !== 'pairwise'),
    };
    const { listen: _listen, notifier: _notifier, ...options } = plan.options;
    const open = () =>
      openOp({
        hasher: createPasswordHasher(),
        config: { ...options, clients: [] },
        people: false,
      });
    const op = await open();
    await applyImport(plan, { by: IMPORT, isDry: false, engine: () => op.instance.engine() });
    const { yaml, left_out } = await exported(op, options, true);
    // Plain secrets became digests of our own.
    assertEquals(left_out.every(({ what }) => what.startsWith('client ')), true);
    const again = await readOwnFile(yaml);
    assertEquals(again.remarks.filter(({ severity }) => severity !== 'mapped'), []);
    assertEquals(again.options, options);
    const other = await open();
    const rows = await applyImport(again, {
      by: IMPORT,
      isDry: false,
      engine: () => other.instance.engine(),
    });
    assertEquals(rows.filter(({ kind, state }) => kind === 'client' && state !== 'added'), []);
    const [one, two] = await Promise.all(
      [op, other].map((each) => exportClients(true, each.instance.engine())),
    );
    const names = new Set(again.clients.map(({ client_id }) => client_id));
    assertEquals(two, one?.filter(({ client_id }) => names.has(client_id)));
    assertEquals(names.size + left_out.length, 39);
    await Promise.all([op.close(), other.close()]);
  });
});

describe('what export writes', () => {
  it('is read as it was, whatever texts options and clients hold, in comments, too', () => {
    const random = createRandom('export');
    const someText = (): string =>
      Array.from(
        { length: 1 + Math.floor(random() * 12) },
        () => {
          const trap = TRAPS[Math.floor(random() * TRAPS.length * 2)];
          return trap ?? String.fromCodePoint(1 + Math.floor(random() * 0xd7fe));
        },
      ).join('');
    for (let round = 0; round < 200; round += 1) {
      const options = { name: someText(), scopes: { [someText()]: { description: someText() } } };
      const client = (client_id: string, more: object) => ({
        client_id,
        metadata: { client_name: someText(), contacts: [someText(), someText()] },
        ...more,
      });
      const whole = client('whole', { client_secret: '$6$a$b' });
      const lacking = client('lacking', { lacks: someText() });
      const { yaml } = exportConfig({ issuer: ISSUER, options, clients: [whole, lacking] });
      const { metadata, client_secret } = whole as typeof whole & { client_secret: string };
      assertEquals(valueOf(yaml), {
        issuer: ISSUER,
        ...options,
        clients: [{ client_id: 'whole', client_secret, ...metadata }],
      });
      const from = yaml.indexOf('# Clients that need');
      const comment = yaml.slice(yaml.indexOf('\n', from) + 1).split('\n').map((line) =>
        line.replace(/^# ?/, '')
      ).join('\n');
      assertEquals(valueOf(comment), {
        clients: [{ client_id: 'lacking', ...lacking.metadata }],
      });
    }
  });
});

/** What means something to YAML. */
const TRAPS = [
  '#',
  ': ',
  '- ',
  '"',
  "'",
  '\n',
  '\r',
  '\t',
  ' ',
  '{',
  '[',
  '&a',
  '*a',
  '!',
  '%',
  '|',
  '>',
  '\u0085',
  '\u2028',
];

describe('a file of ours', () => {
  it('is read whatever it holds, and what does not hold is named', async () => {
    const plan = await readOwnFile(`
issuer: https://op.example
data: ./data
pkce: sometimes
scopes: { read: {} }
resources: [ { resource: 'https://api.example/', scope: write } ]
unheard_of: 1
clients:
  - { client_id: a, token_endpoint_auth_method: none, redirect_uris: [ 'https://a/' ], scope: read write }
  - { client_id: a, token_endpoint_auth_method: none, redirect_uris: [ 'https://a/' ] }
  - { client_id: b, redirect_uris: [ 'https://b/' ], nonsense: 1 }
  - 7
private_keys: [ { jwk: { kty: RSA } }, 7 ]
`);
    assertEquals(plan.issuer, 'https://op.example');
    assertEquals(plan.options, {
      scopes: { read: {} },
      resources: [{ resource: 'https://api.example/', scope: 'write' }],
    });
    assertEquals(plan.clients.map(({ client_id }) => client_id), ['a']);
    const dropped = plan.remarks.filter(({ severity }) => severity === 'dropped').map(({ path }) =>
      path
    );
    assertEquals(dropped, [
      'data',
      'pkce',
      'unheard_of',
      'clients[1]',
      'clients[2].nonsense',
      'clients[2]',
      'clients[3]',
      'private_keys[1]',
      'private_keys[0]',
    ]);
    for (
      const bad of [
        '',
        '7',
        '- 1',
        '[',
        'clients: 7',
        'private_keys: x',
        'issuers: [ { issuer: "https://x.example" } ]',
      ]
    ) {
      const { clients, options } = await readOwnFile(bad);
      assertEquals([clients, options], [[], {}]);
    }
  });

  it('is told from one of Authelia, and from a list of clients', async () => {
    const client = {
      client_id: 'a',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['https://a/'],
    };
    const texts = [
      JSON.stringify([client]),
      JSON.stringify(client),
      'clients: [ { client_id: a, token_endpoint_auth_method: none, redirect_uris: [ "https://a/" ] } ]',
      'identity_providers: { oidc: { clients: [ { client_id: a, public: true, redirect_uris: "https://a/" } ] } }',
    ];
    for (const text of texts) {
      assertEquals(
        (await readImportFile(text)).clients.map(({ client_id }) => client_id),
        ['a'],
        text,
      );
    }
  });
});
