import { describe, it } from 'node:test';
import { describeMistake } from '../../src/spec/mistake.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { readYaml } from '../../src/spec/yaml.ts';
import { assert, assertEquals, assertStringIncludes } from '../support/assert.ts';

/** Mistakes of a text as `line: sentence`, as the loader would put them together. */
function mistakesOf(text: string): readonly string[] {
  const read = readYaml(text);
  if (!read.ok) {
    return read.mistakes.map((each) =>
      `${each.line}: ${describeMistake({ path: [], problem: each.problem })}`
    );
  }
  const result = parseConfig(read.value);
  if (result.ok) return [];
  return result.mistakes.map((each) => `${read.lineOf(each.path)}: ${describeMistake(each)}`);
}

const CLIENT = `clients:
  - client_id: app
    client_secret: "$plaintext$a-secret-of-some-length"
    redirect_uris: [ https://app.example.com/callback ]
`;

const ONE_MISTAKE: readonly (readonly [name: string, text: string, expected: string])[] = [
  ['an unknown option', 'pkce: always\nwibble: 1\n', '2: wibble is not a known option'],
  [
    'a misspelt option, with what it may mean',
    'listen:\n  host: 127.0.0.1\n  prot: 9092\n',
    '3: listen.prot is not a known option; did you mean port?',
  ],
  [
    'a misspelt client option',
    `${CLIENT}    grantTypes: [ authorization_code ]\n`,
    '5: clients[0].grantTypes is not a known option; did you mean grant_types?',
  ],
  ['an option of a later version', 'federation: {}\n', '1: federation is not a known option'],
  ['__proto__', '__proto__: {}\n', '1: __proto__ is not a known option'],
  ['a list for a map', 'sessions: []\n', '1: sessions must be a map of options'],
  ['a list for the whole', '- issuer\n', '1: must be a map of options'],
  ['an option without value', 'data:\n', '1: data has no value: give it one, or remove it'],
  ['a map for a list', 'clients: {}\n', '1: clients must be a list'],
  [
    'a number for a string',
    'clients:\n  - client_id: 12\n    token_endpoint_auth_method: none\n    redirect_uris: [ "https://a.example/" ]\n',
    '2: clients[0].client_id must be a string: put it in quotes: got 12',
  ],
  [
    'a word for a boolean',
    'development: yes\n',
    '1: development must be true or false: got "yes"',
  ],
  ['a port out of range', 'listen: { port: 0 }\n', '1: listen.port must be from 1 to 65535: got 0'],
  [
    'a duration without unit',
    'lifespans:\n  access_token: 3600\n',
    '2: lifespans.access_token must be a duration with its unit, such as 90s, 10m, 1h or 7d: got 3600',
  ],
  [
    'a duration in an unknown unit',
    'refresh_token_grace: 10ms\n',
    '1: refresh_token_grace must be a duration with its unit, such as 90s, 10m, 1h or 7d: got "10ms"',
  ],
  [
    'an unknown storage engine',
    'storage: { engine: postgres }\n',
    '1: storage.engine must be one of file, memory: got "postgres"',
  ],
  [
    'a trusted proxy that is no network',
    'trusted_proxies:\n  - 10.0.0.0/8\n  - proxy.example.com\n',
    '3: trusted_proxies[1] must be an IP address or a CIDR block such as 10.0.0.0/8: got "proxy.example.com"',
  ],
  [
    'an origin with a path',
    'cors: { allowed_origins: [ "https://app.example.com/" ] }\n',
    '1: cors.allowed_origins[0] must be an origin such as https://app.example.com, without a path: got "https://app.example.com/"',
  ],
  [
    'a client_id used twice',
    CLIENT + CLIENT.replace('clients:\n', ''),
    '5: clients[1].client_id must differ from that of clients[0]: got "app"',
  ],
  [
    'a client scope that does not exist',
    `${CLIENT}    scope: openid profil\n`,
    '5: clients[0].scope names an unknown scope; did you mean profile?: got "profil"',
  ],
  [
    'a client lifespan that does not exist',
    `lifespans: { custom: { short: { access_token: 5m } } }\n${CLIENT}    lifespan: shrt\n`,
    '6: clients[0].lifespan must be a name under lifespans.custom; did you mean short?: got "shrt"',
  ],
  [
    'a contradiction within a client',
    `${CLIENT}    token_endpoint_auth_method: none\n`,
    '3: clients[0].client_secret must be absent with token_endpoint_auth_method none',
  ],
  [
    'a client without what it needs, at the client’s line',
    'pkce: public\nclients:\n  - client_id: app\n    token_endpoint_auth_method: none\n',
    '3: clients[0].redirect_uris must hold at least one URI for authorization_code',
  ],
  [
    'a resource named twice',
    'resources:\n  - resource: https://api.example/\n  - resource: https://api.example/\n',
    '3: resources[1].resource must differ from that of resources[0]: got "https://api.example/"',
  ],
  [
    'openid redefined',
    'scopes:\n  openid: { claims: [ name ] }\n',
    '2: scopes.openid must not be redefined',
  ],
  [
    'a mistake in a scope named like a method',
    'scopes: { constructor: { claims: name } }\n',
    '1: scopes.constructor.claims must be a list: got "name"',
  ],
  [
    'a mistake behind an alias, where it is written',
    'lifespans: &l\n  access_token: 1h\nsessions: *l\n',
    '2: sessions.access_token is not a known option',
  ],
  [
    'a duplicate key',
    'pkce: public\npkce: always\n',
    '2: is not valid YAML: map keys must be unique',
  ],
  [
    'a tab for indentation',
    'listen:\n\tport: 1\n',
    '2: is not valid YAML: tabs are not allowed as indentation',
  ],
  [
    'a key that is no string',
    '? [ a ]\n: 1\n',
    '1: is not valid YAML: with stringKeys, all keys must be strings',
  ],
  [
    'a second document',
    'pkce: public\n---\npkce: always\n',
    '2: is not valid YAML: source contains multiple documents; please use YAML.parseAllDocuments()',
  ],
  ['an unknown tag', 'data: !vault x\n', '1: is not valid YAML: unresolved tag'],
  [
    'a bracket left open',
    'trusted_proxies: [ 10.0.0.0/8\n',
    '2: is not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
];

describe('T145: configuration mistakes, each with its line and its rule', () => {
  for (const [name, text, expected] of ONE_MISTAKE) {
    it(name, () => assertEquals(mistakesOf(text), [expected]));
  }

  it('all of them at once', () => {
    const mistakes = mistakesOf(
      `issuer: http://auth.example.com\nlisten: { prot: 1 }\nsessions: { idle: 10s }\n` +
        `${CLIENT}    lifespan: none\n    scope: openid nonsense\n    wibble: 1\npkce: sometimes\n`,
    );
    assertEquals(mistakes.map((each) => Number(each.split(':')[0])).sort(), [
      1,
      10,
      11,
      2,
      3,
      8,
      9,
    ]);
  });

  it('aliases that unfold without end', () => {
    const rows = Array.from({ length: 9 }, (_, n) => {
      const item = n === 0 ? 'x' : `*a${n - 1}`;
      return `a${n}: &a${n} [ ${Array.from({ length: 9 }, () => item).join(', ')} ]\n`;
    });
    assertEquals(mistakesOf(rows.join('')), ['undefined: uses aliases too often']);
  });

  it('a file that ends in the middle of a word is refused, not half used', () => {
    const whole = `issuer: https://auth.example.com\n${CLIENT}`;
    assertEquals(mistakesOf(whole), []);
    assert(mistakesOf(whole.slice(0, whole.indexOf('some-length'))).length > 0);
  });
});

describe('T144: configuration mistakes do not show secrets', () => {
  const SECRET = 'correct-horse-battery-staple';
  const texts: readonly (readonly [name: string, text: string])[] = [
    ['a bare secret', CLIENT.replace('$plaintext$a-secret-of-some-length', SECRET)],
    [
      'a secret of a public client',
      `${CLIENT}    token_endpoint_auth_method: none\n`.replace('a-secret-of-some-length', SECRET),
    ],
    [
      'a secret under a misspelt key',
      CLIENT.replace('client_secret', 'client_secrt').replace('a-secret-of-some-length', SECRET),
    ],
    ['a secret under another key', `pkce: "$plaintext$${SECRET}"\n`],
    ['a secret read as an alias', `client_secret: *${SECRET}\n`],
    ['a secret read as a tag', `client_secret: !${SECRET} x\n`],
    ['a secret with a stray quote', `client_secret: "${SECRET}" ${SECRET}\n`],
  ];
  for (const [name, text] of texts) {
    it(name, () => {
      const mistakes = mistakesOf(text).join('\n');
      assert(mistakes.length > 0);
      assert(!mistakes.includes('horse'), mistakes);
    });
  }

  it('a bare secret is told how to be written', () => {
    const [mistake = ''] = mistakesOf(CLIENT.replace('$plaintext$', ''));
    assertStringIncludes(mistake, 'ostiary hash-secret');
    assertStringIncludes(mistake, '$plaintext$');
  });

  it('a value cannot forge a line of its own', () => {
    const [mistake = ''] = mistakesOf('pkce: "a\\nostiary.yaml:1: \\e[31m\\u202e"\n');
    assert(!/[\p{Cc}\p{Cf}]/u.test(mistake), JSON.stringify(mistake));
  });
});
