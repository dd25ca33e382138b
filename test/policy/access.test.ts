import { describe, it } from 'node:test';
import { parseConfig } from '../../src/config/parse.ts';
import { parseTarget, partsOfUrl, type Target } from '../../src/engine/forward_auth/target.ts';
import { decideAccess, isGuarded } from '../../src/policy/access.ts';
import type { Who } from '../../src/policy/match.ts';
import { MAX_URI_LENGTH, readingsOf } from '../../src/policy/readings.ts';
import type { AccessControl } from '../../src/spec/access_control.ts';
import { describeMistake } from '../../src/spec/mistake.ts';
import { assert, assertEquals, assertThrows } from '../support/assert.ts';

type Raw = Readonly<Record<string, unknown>>;

function parsed(rules: readonly Raw[], default_policy = 'deny') {
  return parseConfig({
    definitions: { networks: { internal: ['10.0.0.0/8'] } },
    access_control: { default_policy, rules },
  });
}

function control(rules: readonly Raw[], default_policy = 'deny'): AccessControl {
  const result = parsed(rules, default_policy);
  assert(result.ok, JSON.stringify(result));
  return result.config.issuers[0].settings.access_control;
}

function target(url: string, method = 'GET'): Target {
  return parseTarget({
    ...partsOfUrl({ name: 'URL', value: url }),
    method: { name: 'method', value: method },
  }, false);
}

const ALICE = { username: 'alice', groups: ['staff', 'Admins'] };
const BOB = { username: 'bob', groups: [] };
const ROBOT = { client_id: 'robot' };

/** What is decided, in a word: the level, `?` for whom it depends on, or why there is none. */
function verdict(rules: AccessControl, url: string, who: Who = {}, method = 'GET'): string {
  const decided = decideAccess(rules, target(url, method), who);
  if (decided.kind !== 'level') return decided.kind;
  return decided.dependsOnPerson ? '?' : decided.level;
}

describe('access_control', () => {
  const RULES = control([
    { domain: 'public.example.com', policy: 'bypass' },
    { domain: 'app.example.com', policy: 'bypass', resources: '^/static/' },
    { domain: 'app.example.com', policy: 'deny', methods: ['DELETE', 'PURGE'] },
    { domain: 'app.example.com', policy: 'two_factor', resources: ['^/admin([/?].*)?$'] },
    { domain: ['app.example.com'], policy: 'one_factor', subject: 'group:staff' },
    { domain: 'robots.example.com', policy: 'one_factor', subject: ['client:robot'] },
    { domain: '*.inside.example.com', policy: 'bypass', networks: ['internal'] },
    { domain: '*.inside.example.com', policy: 'two_factor' },
    { domain: '{user}.home.example.com', policy: 'one_factor' },
    { domain: '{group}.team.example.com', policy: 'one_factor' },
    { domain_regex: String.raw`^(?P<User>\w+)-box\.example\.com$`, policy: 'one_factor' },
    {
      domain: 'q.example.com',
      policy: 'bypass',
      query: [[{ key: 'token', operator: 'present' }, { key: 'mode', value: 'view' }]],
    },
    {
      domain: 'q.example.com',
      policy: 'bypass',
      query: [[{ key: 'v', operator: 'pattern', value: '^[0-9]+$' }]],
    },
  ]);

  const ROWS: readonly (readonly [string, string, Who?, string?])[] = [
    ['bypass', 'https://public.example.com/any?x'],
    ['bypass', 'https://PUBLIC.example.com:443/'],
    ['bypass', 'https://public.example.com:8443/'],
    ['deny', 'https://sub.public.example.com/'],
    ['deny', 'https://evilpublic.example.com/'],
    ['bypass', 'https://app.example.com/static/a.css'],
    ['?', 'https://app.example.com/stati'],
    ['deny', 'https://app.example.com/x', ALICE, 'DELETE'],
    ['deny', 'https://app.example.com/x', {}, 'PURGE'],
    ['two_factor', 'https://app.example.com/admin', ALICE],
    ['two_factor', 'https://app.example.com/admin?x=1', BOB],
    ['two_factor', 'https://app.example.com/%61dmin/x', ALICE],
    ['one_factor', 'https://app.example.com/administrators', ALICE],
    ['one_factor', 'https://app.example.com/', ALICE],
    ['deny', 'https://app.example.com/', BOB],
    ['?', 'https://app.example.com/'],
    ['?', 'https://robots.example.com/'],
    ['one_factor', 'https://robots.example.com/', ROBOT],
    ['deny', 'https://robots.example.com/', { username: 'robot' }],
    ['bypass', 'https://a.inside.example.com/', { address: '10.2.3.4' }],
    ['two_factor', 'https://a.b.inside.example.com/', { address: '192.0.2.1' }],
    ['two_factor', 'https://a.inside.example.com/'],
    ['deny', 'https://inside.example.com/', { address: '10.2.3.4' }],
    ['?', 'https://alice.home.example.com/'],
    ['one_factor', 'https://alice.home.example.com/', ALICE],
    ['deny', 'https://alice.home.example.com/', BOB],
    ['deny', 'https://x.alice.home.example.com/', ALICE],
    ['one_factor', 'https://admins.team.example.com/', ALICE],
    ['deny', 'https://admins.team.example.com/', BOB],
    ['deny', 'https://robot.home.example.com/', ROBOT],
    ['one_factor', 'https://alice-box.example.com/', ALICE],
    ['deny', 'https://alice-box.example.com/', BOB],
    ['?', 'https://alice-box.example.com/'],
    ['bypass', 'https://q.example.com/?token=1&mode=view'],
    ['deny', 'https://q.example.com/?token=1&mode=edit'],
    ['ambiguous', 'https://q.example.com/?token=1&mode=edit&mode=view'],
    ['bypass', 'https://q.example.com/?v=12'],
    ['ambiguous', 'https://q.example.com/?v=12&v=x'],
  ];
  for (const [expected, url, who = {}, method = 'GET'] of ROWS) {
    const whom = who.username ?? who.client_id ?? who.address ?? 'nobody';
    it(`says ${expected} to ${method} ${url} of ${whom}`, () => {
      assertEquals(verdict(RULES, url, who, method), expected);
    });
  }

  const SOMEWHERE = control([
    { domain: '*.far.example.com', policy: 'deny', networks: '192.0.2.0/24' },
    { domain: 'a.far.example.com', policy: 'one_factor' },
    { domain: 'b.far.example.com', policy: 'two_factor', networks: 'internal' },
    { domain: 'b.far.example.com', policy: 'bypass' },
    {
      domain: 'robots.example.com',
      policy: 'one_factor',
      subject: 'client:robot',
      networks: 'internal',
    },
    { domain: 'robots.example.com', policy: 'one_factor' },
  ]);
  const PLACES: readonly (readonly [string, string, string?])[] = [
    ['deny', 'https://a.far.example.com/', '192.0.2.7'],
    ['deny', 'https://a.far.example.com/', '::ffff:192.0.2.7'],
    ['deny', 'https://a.far.example.com/', '::ffff:c000:207'],
    ['one_factor', 'https://a.far.example.com/', '198.51.100.1'],
    ['one_factor', 'https://a.far.example.com/', '::192.0.2.7'],
    ['deny', 'https://a.far.example.com/'],
    ['two_factor', 'https://b.far.example.com/', '10.0.0.1'],
    ['bypass', 'https://b.far.example.com/', '198.51.100.1'],
    ['deny', 'https://b.far.example.com/'],
  ];
  for (const [expected, url, address] of PLACES) {
    it(`says ${expected} to ${url} of somebody at ${address ?? 'an address that is not known'}`, () => {
      assertEquals(verdict(SOMEWHERE, url, { address }), expected);
    });
  }

  it('takes no rule for a client’s own that may not be the one, where the address is not known', () => {
    const isNamed = (address?: string) => {
      const who = { ...ROBOT, address };
      const decided = decideAccess(SOMEWHERE, target('https://robots.example.com/'), who);
      return decided.kind === 'level' && decided.isNamed;
    };
    assertEquals([isNamed('10.0.0.1'), isNamed('192.0.2.7'), isNamed()], [true, false, false]);
  });

  it('says what default_policy says where no rule matches', () => {
    assertEquals(verdict(control([], 'one_factor'), 'https://x.example/'), 'one_factor');
  });

  it('names the hosts that a sign-in may lead to', () => {
    const names = ['app.example.com', 'a.inside.example.com', 'alice-box.example.com'];
    for (const host of names) assert(isGuarded(RULES, host), host);
    for (const host of ['public.example.com', 'evil.example', 'home.example.com']) {
      assert(!isGuarded(RULES, host), host);
    }
  });
});

describe('a URL that servers read in several ways', () => {
  const RULES = control([
    { domain: 'app.example.com', policy: 'bypass', resources: '^/public/' },
    { domain: 'app.example.com', policy: 'two_factor', resources: '^/admin' },
    { domain: 'app.example.com', policy: 'one_factor' },
    { domain: 'flat.example.com', policy: 'bypass' },
  ]);
  const PATHS = [
    '/public/../admin',
    '/public/%2e%2e/admin',
    '/public/.%2E/admin',
    '/public/%252e%252e/admin',
    '/public/%25252e%25252e/admin',
    '/public/..%2fadmin',
    '/public/..%5cadmin',
    '/public%2fx',
    '/public//../../admin',
    '//public/x',
    '/public;x/y',
    '/public/..;/admin',
    '/public/./../admin',
    '/a/../public/x',
    '/%2561dmin',
    '//admin',
    '/%2fadmin',
    '/public/..%252f%25admin',
    '/public/;%25252e%5cpublic/%2e%2e%2f%25',
    '/public/%2e%2e%2f%5cpublic/%252f',
    '/public/%25/%252e.',
    '/public/..%2f%ad',
    '/public/.',
    '/./admin',
  ];
  for (const path of PATHS) {
    it(`${path} is refused where rules tell the readings apart`, () => {
      assertEquals(verdict(RULES, `https://app.example.com${path}`, ALICE), 'ambiguous');
    });
    it(`${path} is let through where they do not`, () => {
      assertEquals(verdict(RULES, `https://flat.example.com${path}`), 'bypass');
    });
  }

  const SAME = ['/public/a%20b', '/public/%C3%A9', '/public/%ff', '/public/a%2fb', '/public/x;y=1'];
  for (const path of SAME) {
    it(`${path} is the same to all of them`, () => {
      assertEquals(verdict(RULES, `https://app.example.com${path}`), 'bypass');
    });
  }

  it('is no client’s where one of the rules that it may be about is for people', () => {
    const rules = control([
      { domain: 'a.example', policy: 'one_factor', subject: 'client:robot', resources: '^/api/' },
      { domain: 'a.example', policy: 'one_factor' },
    ]);
    const isNamed = (path: string) => {
      const decided = decideAccess(rules, target(`https://a.example${path}`), ROBOT);
      return decided.kind === 'level' && decided.isNamed;
    };
    assertEquals(['/api/x', '/x', '/api/../x', '/api/%2e%2e/x'].map(isNamed), [
      true,
      false,
      false,
      false,
    ]);
  });

  it('has one reading when it is plain, whatever its query holds', () => {
    for (const uri of ['/', '/a/b.c', '/a/', '/a..b/.c/...', '/x?y=../%2e%2e//', '/x?']) {
      assertEquals(readingsOf(uri)?.map(({ text }) => text), [uri]);
    }
  });

  it('is refused where a rule tells apart what a semicolon in the query is', () => {
    const rules = control([
      { domain: 'a.example', policy: 'bypass', query: [[{ key: 'admin', operator: 'absent' }]] },
      { domain: 'a.example', policy: 'two_factor' },
    ]);
    const rows = [['?x=1;y=2', 'bypass'], ['?x=1;admin=1', 'ambiguous'], ['?admin;x', 'ambiguous']];
    for (const [query, expected] of rows) {
      assertEquals(verdict(rules, `https://a.example/${query}`), expected, query);
    }
  });

  it('is refused where it hides ASCII in bytes that are no UTF-8', () => {
    for (const uri of ['/%c0%ae%c0%ae/x', '/%C1%9C', '/%e0%80%af', '/%F0%80%80%af']) {
      assertEquals(readingsOf(uri), undefined, uri);
    }
    for (const uri of ['/caf%E9', '/%C3%80', '/%e0%a4%85']) assert(readingsOf(uri), uri);
  });

  it('is refused as it is when its escapes are none, or hide control characters', () => {
    for (const uri of ['/%', '/%zz', '/a%0', '/%00', '/a%0d%0ab', '/%250d%250a/../x', '/%7f']) {
      const isHidden = uri.includes('%25');
      assertEquals(readingsOf(uri) === undefined, !isHidden, uri);
    }
  });

  it('is refused when all that it may be is long together, as patterns would have to look at it', () => {
    const odd = '/./a//b%2fc;d';
    assert(readingsOf(`/${'a'.repeat(40)}${odd}`) !== undefined);
    assertEquals(readingsOf(`/${'a'.repeat(1000)}${odd}`), undefined);
    for (const query of ['x=1&x=2', 'x=1&x=2;y']) {
      assert(readingsOf(`/x?${query}${'y'.repeat(1900)}`) !== undefined);
      assert(readingsOf(`/x?${query}${'y'.repeat(9000)}`) !== undefined);
    }
  });

  it('is not matched at all when it is long, unless no rule looks at it', () => {
    const path = `/public/${'a'.repeat(MAX_URI_LENGTH)}`;
    assertEquals(verdict(RULES, `https://app.example.com${path}`), 'too_long');
    assertEquals(verdict(RULES, `https://flat.example.com${path}`), 'bypass');
  });
});

describe('a target that cannot be told', () => {
  const URLS = [
    'ftp://app.example.com/',
    'http://app.example.com/',
    '//app.example.com/',
    'https:///x',
    'https://app.example.com',
    'https://app.example.com?x',
    'https://user@app.example.com/',
    'https://user:pw@app.example.com/',
    'https://app.example.com./',
    'https://app.example.com../',
    'https://app..example.com/',
    'https://app.example.com:0x50/',
    'https://app.example.com:99999/',
    'https://app.example.com:/',
    'https://app.example.com:0443/',
    'https://app.example.com, evil.example/',
    'https://app.example.com\u0000/',
    'https://ａpp.example.com/',
    'https://app.example.com%2eevil/',
    'https://[::1/',
    'https://[::0:1]/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://app.example.com/ x',
    'https://app.example.com/\tx',
    'https://app.example.com/\r\nRemote-User: admin',
    'https://app.example.com/é',
    'https://app.example.com/#x',
    String.raw`https://app.example.com\x`,
    String.raw`https://app.example.com/\x`,
    '',
  ];
  for (const url of URLS) {
    it(`${JSON.stringify(url)} is refused, by the name of what is wrong`, () => {
      assertThrows(() => target(url), Error, 'URL');
    });
  }
  for (const method of ['', 'get', 'GE T', 'GET\n', 'A'.repeat(33), 'GET,POST', '-']) {
    it(`the method ${JSON.stringify(method)} is refused`, () => {
      assertThrows(() => target('https://app.example.com/', method), Error, 'method');
    });
  }
  it('but IPv6 hosts and odd ports are as good as any', () => {
    assertEquals(target('https://[::1]:444/').origin, 'https://[::1]:444');
    assertEquals(target('wss://APP.example.com:443/x').origin, 'https://app.example.com');
  });
});

describe('the option access_control', () => {
  const BAD: readonly (readonly [string, Raw])[] = [
    ['a domain', { policy: 'bypass' }],
    ['must be a host', { domain: 'https://app.example.com', policy: 'deny' }],
    ['must be a host', { domain: 'app.example.com:443', policy: 'deny' }],
    ['must be a host', { domain: 'app.example.com.', policy: 'deny' }],
    ['must be a host', { domain: 'a.*.example.com', policy: 'deny' }],
    ['must be a host', { domain: '*', policy: 'deny' }],
    ['invalid regular expression', { domain_regex: '(', policy: 'deny' }],
    ['too long', { domain: 'a.example', resources: '(a+)+$', policy: 'deny' }],
    ['too long', { domain: 'a.example', resources: '^.*.*.*x', policy: 'deny' }],
    ['capital letters', { domain: 'a.example', methods: 'get', policy: 'deny' }],
    ['bypass', { domain: 'a.example', subject: 'user:alice', policy: 'bypass' }],
    ['bypass', { domain: '{user}.example.com', policy: 'bypass' }],
    ['bypass', { domain_regex: '^(?<User>a+)$', policy: 'bypass' }],
    ['user:NAME', { domain: 'a.example', subject: 'usr:alice', policy: 'deny' }],
    ['definitions.networks', { domain: 'a.example', networks: 'lan', policy: 'deny' }],
    ['is required', {
      domain: 'a.example',
      policy: 'deny',
      query: [[{ key: 'a', operator: 'equal' }]],
    }],
  ];
  for (const [problem, rule] of BAD) {
    it(`says what is wrong with ${JSON.stringify(rule)}`, () => {
      const result = parsed([rule]);
      assert(!result.ok);
      const [first] = result.mistakes.map(describeMistake);
      assert(first?.startsWith('access_control.rules[0]') && first.includes(problem), first);
    });
  }

  it('warns of what is probably not meant', () => {
    const rules = [{ domain: 'a.example', policy: 'one_factor', subject: 'client:robot' }];
    const warnings = (options: Raw): readonly string[] => {
      const result = parseConfig({ access_control: { rules }, ...options });
      assert(result.ok);
      return result.warnings.map(describeMistake).map((each) => each.split(' ')[0] ?? '');
    };
    const subject = 'access_control.rules[0].subject';
    assertEquals(warnings({}), ['access_control', subject]);
    assertEquals(warnings({ trusted_proxies: ['127.0.0.1'] }), [subject]);
    const asks = (domain: unknown, policy = 'one_factor') =>
      warnings({
        trusted_proxies: ['127.0.0.1'],
        access_control: { default_policy: 'one_factor', rules: [{ domain, policy }] },
      });
    assertEquals(asks('a.example'), ['access_control.default_policy']);
    assertEquals(asks('*.example', 'bypass'), ['access_control.default_policy']);
    assertEquals(asks(['a.example', '*.a.example']), []);
  });
});
