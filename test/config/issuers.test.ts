import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { TAKEN_PATHS } from '../../src/config/issuers.ts';
import { configJsonSchema } from '../../src/config/json_schema.ts';
import { loadConfig } from '../../src/config/load.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { OPTIONS, SERVER_OPTIONS } from '../../src/config/schema.ts';
import { rootRoutesOf, routesOf } from '../../src/endpoints/routes.ts';
import type { Site } from '../../src/endpoints/site.ts';
import { describeMistake } from '../../src/spec/mistake.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { schemaProblems } from '../support/json_schema.ts';
import { openOp } from '../support/op.ts';

const A = 'https://a.example';
const B = 'https://b.example/b';

function mistakesOf(value: unknown): readonly string[] {
  const result = parseConfig(value);
  return result.ok ? [] : result.mistakes.map(describeMistake);
}

function configOf(value: unknown) {
  const result = parseConfig(value);
  assert(result.ok, JSON.stringify(result));
  return result.config;
}

async function loaded(text: string) {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-issuers-'));
  try {
    await writeFile(join(directory, 'ostiary.yaml'), text);
    const result = await loadConfig({ directory, environment: {} });
    return (result.ok ? result.warnings : result.mistakes).map((each) =>
      describeMistake(each).replaceAll(directory, '.')
    );
  } finally {
    await rm(directory, { recursive: true });
  }
}

describe('several issuers in a configuration', () => {
  it('take each option from beside the list, unless they have their own', () => {
    const { issuers, listen } = configOf({
      listen: { port: 80 },
      name: 'Both',
      lifespans: { access_token: '5m', id_token: '6m' },
      pkce: 'always',
      issuers: [
        { issuer: A, clients: [] },
        { issuer: B, name: 'B', lifespans: { access_token: '7m' }, pkce: 'public' },
      ],
    });
    const [a, b] = issuers;
    assert(b !== undefined);
    assertEquals(listen.port, 80);
    assertEquals([a.name, b.name], ['Both', 'B']);
    assertEquals([a.settings.issuer, b.settings.issuer], [A, B]);
    assertEquals([a.settings.pkce, b.settings.pkce], ['always', 'public']);
    // An option is taken whole: one that has parts is not put together from both places.
    assertEquals([a.settings.lifespans.access_token, a.settings.lifespans.id_token], [300, 360]);
    assertEquals([b.settings.lifespans.access_token, b.settings.lifespans.id_token], [420, 3600]);
  });

  it('may be one only', () => {
    const { issuers } = configOf({ issuers: [{ issuer: A }] });
    assertEquals(issuers.map(({ settings }) => settings.issuer), [A]);
  });

  it('do not share clients, even of one client_id', () => {
    const clientOf = (secret: string) => ({
      client_id: 'app',
      client_secret: `$plaintext$${secret.repeat(40)}`,
      redirect_uris: [`https://${secret}.example/`],
    });
    const [a, b] = configOf({
      issuers: [{ issuer: A, clients: [clientOf('a')] }, { issuer: B, clients: [clientOf('b')] }],
    }).issuers;
    assertEquals(a.settings.clients.get('app')?.redirect_uris, ['https://a.example/']);
    assertEquals(b?.settings.clients.get('app')?.redirect_uris, ['https://b.example/']);
  });

  const list = 'issuers must be a list of 1 to 100 issuers';
  const twin = 'issuers[1].issuer must differ from that of issuers[0]';
  const inside = 'issuers[1].issuer must not have a path of issuers[0] as its own';
  for (
    const [name, value, expected] of [
      ['no list', { issuers: A }, [list]],
      ['null', { issuers: null }, [list]],
      ['an empty list', { issuers: [] }, [list]],
      [
        'a list that is too long',
        { issuers: Array.from({ length: 101 }, (_, i) => ({ issuer: `${A}/${i}` })) },
        [list],
      ],
      ['an entry that is no map', { issuers: [{ issuer: A }, B] }, [
        'issuers[1] must be a map of options',
      ]],
      ['an entry without issuer', { issuers: [{ issuer: A }, { name: 'B' }] }, [
        'issuers[1].issuer is required',
      ]],
      ['an issuer beside the list', { issuer: A, issuers: [{ issuer: B }] }, [
        'issuer must stand in an entry of issuers',
      ]],
      ['clients beside the list', { clients: [], issuers: [{ issuer: A }] }, [
        'clients must stand in an entry of issuers',
      ]],
      ['one issuer twice', { issuers: [{ issuer: A }, { issuer: A }] }, [`${twin}: got "${A}"`]],
      [
        'two that differ by the scheme, which a request behind a proxy does not tell',
        { development: true, issuers: [{ issuer: A }, { issuer: 'http://a.example' }] },
        [`${twin} by more than the scheme: got "http://a.example"`],
      ],
      ['a path of another', { issuers: [{ issuer: A }, { issuer: `${A}/token` }] }, [
        `${inside}: got "${A}/token"`,
      ]],
      ['what is below one', { issuers: [{ issuer: B }, { issuer: `${B}/account/x` }] }, [
        `${inside}: got "${B}/account/x"`,
      ]],
      [
        'a path of another by its scheme',
        { development: true, issuers: [{ issuer: A }, { issuer: 'http://a.example/token' }] },
        [`${inside}: got "http://a.example/token"`],
      ],
      ['an issuer that is none', { issuers: [{ issuer: A }, { issuer: 'b' }] }, [
        'issuers[1].issuer must be an https URL: got "b"',
      ]],
      ['an issuer of another type', { issuers: [{ issuer: 1 }] }, [
        'issuers[0].issuer must be a string: put it in quotes: got 1',
      ]],
      ['an unknown option', { issuers: [{ issuer: A, nmae: 'A' }] }, [
        'issuers[0].nmae is not a known option; did you mean name?',
      ]],
      ['what is wrong beside the list, once', {
        pkce: 1,
        issuers: [{ issuer: A }, { issuer: B }],
      }, ['pkce must be one of never, public, always: got 1']],
      ['every mistake at once', {
        clients: [],
        issuers: [{ issuer: A, pkce: 1 }, { name: 1 }, { issuer: A }],
      }, [
        'clients must stand in an entry of issuers',
        'issuers[1].issuer is required',
        `issuers[2].issuer must differ from that of issuers[0]: got "${A}"`,
        'issuers[0].pkce must be one of never, public, always: got 1',
        'issuers[1].name must be a string: put it in quotes: got 1',
      ]],
    ] as const
  ) {
    it(`T145: ${name}`, () => assertEquals(mistakesOf(value), [...expected]));
  }

  for (const name of Object.keys(SERVER_OPTIONS)) {
    it(`${name} is the whole server’s`, () => {
      assertEquals(mistakesOf({ issuers: [{ issuer: A, [name]: {} }] }), [
        `issuers[0].${name} must stand beside issuers, which all share it`,
      ]);
    });
  }

  it('may lie below and beside each other', () => {
    const urls = [A, `${A}/auth`, `${A}/auth/tokens`, `${A}/token-office`, `${A}:8443`, B];
    const { issuers } = configOf({ issuers: urls.map((issuer) => ({ issuer })) });
    assertEquals(issuers.map(({ settings }) => settings.issuer), urls);
  });

  it('stand in the JSON Schema with all that is theirs', () => {
    const schema = configJsonSchema();
    const { issuers } = schema['properties'] as Record<string, {
      readonly items: { readonly properties: object };
    }>;
    const own = Object.keys(OPTIONS).filter((name) => !Object.hasOwn(SERVER_OPTIONS, name));
    assertEquals(Object.keys(issuers?.items.properties ?? {}).sort(), own.sort());
    assertEquals(schemaProblems(schema, { issuers: [{ issuer: A, name: 'A' }] }), []);
    const listening = { issuer: A, listen: {} };
    for (const issuers of [A, [], [A], [{ name: 'A' }], [listening]]) {
      const wrong = { issuers };
      assert(schemaProblems(schema, wrong).length > 0, JSON.stringify(wrong));
    }
  });
});

describe('T145: where a mistake of one of several issuers is', () => {
  const text = `# a comment
pkce: sometimes
issuers:
  - issuer: ${A}
    clients:
      - client_id: app
        scope: openid nothing
        public: yes
  - issuer: ${A}/token
    listen: {}
    branding: { logo: none.svg }
    client_certificate_authorities: [ none.pem ]
  - issuer: ${A}
`;

  it('is told by line, as if there were no other', async () => {
    assertEquals((await loaded(text)).map((each) => each.replace(/ (must|is|names) .*/, '')), [
      'ostiary.yaml:2: pkce',
      'ostiary.yaml:7: issuers[0].clients[0].scope',
      'ostiary.yaml:8: issuers[0].clients[0].public',
      'ostiary.yaml:9: issuers[1].issuer',
      'ostiary.yaml:10: issuers[1].listen',
      'ostiary.yaml:13: issuers[2].issuer',
    ]);
  });

  it('is told of files that cannot be read', async () => {
    const sound = `issuers:
  - issuer: ${A}
  - issuer: ${B}
    branding: { logo: none.svg }
    client_certificate_authorities: [ none.pem ]
`;
    assertEquals(
      await loaded(sound),
      [
        'ostiary.yaml:4: issuers[1].branding.logo must be a file that can be read: got ./none.svg',
        'ostiary.yaml:5: issuers[1].client_certificate_authorities[0] must be a file that can be read: got ./none.pem',
      ].toSorted(),
    );
  });

  it('is told of doubts, those of all issuers once', async () => {
    const doubtful = `resources:
  - { resource: "https://api.example/", introspection_clients: [ far ] }
issuers:
  - issuer: ${A}
  - issuer: ${B}
    resources: [ { resource: "https://b.example/", introspection_clients: [ far ] } ]
`;
    assertEquals((await loaded(doubtful)).map((each) => each.split(' names')[0]), [
      'ostiary.yaml:2: resources[0].introspection_clients[0]',
      'ostiary.yaml:6: issuers[1].resources[0].introspection_clients[0]',
    ]);
  });
});

describe('the paths of an issuer that no other may have', () => {
  /** Of issue 6 and of the console, which are to come below every issuer. */
  const TO_COME = [
    'admin',
    'backchannel_authentication',
    'check_session',
    'end_session',
    'metrics',
  ];

  it('are the first parts of every route, and of those of design.md §9', async () => {
    const op = await openOp({ config: { registration: { mode: 'open' } } });
    const site = {
      engine: op.instance.engine(),
      basePath: '',
      cors: () => undefined,
      languages: { rows: [] },
    } as unknown;
    const routes = [...routesOf(site as Site), ...rootRoutesOf(site as Site)];
    await op.close();
    const firsts = new Set(routes.flatMap(({ path }) => path.split('/')[1] || []));
    const missing = [...firsts].filter((first) => !TAKEN_PATHS.includes(first));
    assertEquals(missing, []);
    const idle = TAKEN_PATHS.filter((path) => !firsts.has(path) && !TO_COME.includes(path));
    assertEquals(idle, []);
  });
});
