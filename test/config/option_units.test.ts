import { describe, it } from 'node:test';
import { optionPathText, parseOptionPath } from '../../src/config/option_path.ts';
import { fileUnits, optionUnits, saysAt, withUnit } from '../../src/config/option_units.ts';
import type { JsonValue } from '../../src/store/store.ts';
import { assert, assertEquals } from '../support/assert.ts';

const API = 'https://api.example.com/v1';

describe('paths of options', () => {
  const ROWS: readonly (readonly [text: string, path: readonly string[]])[] = [
    ['pkce', ['pkce']],
    ['lifespans.access_token', ['lifespans', 'access_token']],
    [`resources."${API}"`, ['resources', API]],
    ['scopes."a.b"', ['scopes', 'a.b']],
    ['scopes."say \\"hi\\""', ['scopes', 'say "hi"']],
    ['scopes."\\u0001"', ['scopes', '\u0001']],
    ['scopes.urn:x:y', ['scopes', 'urn:x:y']],
  ];

  for (const [text, path] of ROWS) {
    it(`${text} is read, and written so`, () => {
      assertEquals(parseOptionPath(text), path);
      assertEquals(optionPathText(path), text);
    });
  }

  for (const text of ['', '.', 'a.', '.a', 'a..b', '"a', 'a"b', '"a"b', 'a.""', '"\\q"']) {
    it(`${JSON.stringify(text)} is none`, () => assertEquals(parseOptionPath(text), undefined));
  }
});

describe('options in units', () => {
  const ROWS: readonly (readonly [path: string, value: JsonValue, units: readonly string[]])[] = [
    ['pkce', 'always', ['pkce']],
    ['lifespans', { access_token: '5m', custom: { short: { id_token: '1m' } } }, [
      'lifespans.access_token',
      'lifespans.custom.short',
    ]],
    ['scopes', { a: {}, b: {} }, ['scopes.a', 'scopes.b']],
    ['scopes.constructor', {}, ['scopes.constructor']],
    ['resources', [{ resource: API }], [`resources."${API}"`]],
    ['definitions.networks.office', ['10.0.0.0/8'], ['definitions.networks.office']],
    ['branding', { accent_color: '#000000' }, ['branding.accent_color']],
    ['cors.allowed_origins', [], ['cors.allowed_origins']],
  ];

  for (const [path, value, expected] of ROWS) {
    it(`${path} is ${expected.join(' and ')}`, () => {
      const result = optionUnits(parseOptionPath(path) ?? [], value);
      assert(result.ok, JSON.stringify(result));
      assertEquals(result.units.map((unit) => optionPathText(unit.path)), expected);
    });
  }

  const REFUSED: readonly (readonly [path: string, value: JsonValue, problem: RegExp])[] = [
    ['issuer', 'https://other.example', /add another one/],
    ['clients', [], /as clients/],
    ['clients.app', {}, /as clients/],
    ['branding.logo', '/etc/passwd', /names a file/],
    ['branding', { style_sheet: '/etc/passwd' }, /names a file/],
    ['bootstrap', { file: '/etc/passwd' }, /names a file/],
    ['client_certificate_authorities', ['/etc/passwd'], /PEM texts/],
    ['listen.port', 1, /of the whole server/],
    ['lifespan', {}, /did you mean lifespans/],
    ['lifespans.acess_token', '1m', /did you mean access_token/],
    ['lifespans', '1m', /must be a map/],
    ['lifespans.access_token.x', '1m', /set as a whole/],
    ['authorization_policies.a.rules', [], /set as a whole/],
    ['resources', {}, /must be a list/],
    ['resources', [{}], /must each have a resource/],
    [`resources."${API}"`, { resource: 'https://other.example' }, /that its path names/],
    ['scopes', { '': {} }, /empty name/],
    [`scopes.${'a'.repeat(600)}`, {}, /at most 500 bytes/],
    ['scopes.a', { description: 'a'.repeat(50_000) }, /at most 48 KiB/],
  ];

  for (const [path, value, problem] of REFUSED) {
    it(`${path.slice(0, 60)} is none of the store: ${problem.source}`, () => {
      const result = optionUnits(parseOptionPath(path) ?? [], value);
      assert(!result.ok && problem.test(result.problem), JSON.stringify(result));
    });
  }

  it('take a resource’s name from its path', () => {
    const result = optionUnits(['resources', API], { scope: 'read' });
    assert(result.ok);
    assertEquals(result.units, [{
      path: ['resources', API],
      value: { scope: 'read', resource: API },
    }]);
  });

  it('are what a file says, its files included, and its clients not', () => {
    const units = fileUnits({
      issuer: 'https://op.example',
      clients: [{ client_id: 'a' }],
      data: './data',
      pkce: 'always',
      branding: { logo: 'logo.svg' },
    });
    assertEquals(units.map(({ path }) => path.join('.')), ['branding.logo', 'pkce']);
  });
});

describe('what a file says', () => {
  const FILE = { pkce: 'always', lifespans: { id_token: '1h' }, resources: [{ resource: API }] };

  it('is found at the path and nowhere else', () => {
    assert(saysAt(FILE, ['pkce']));
    assert(saysAt(FILE, ['lifespans', 'id_token']));
    assert(!saysAt(FILE, ['lifespans', 'access_token']));
    assert(!saysAt(FILE, ['scopes', 'a']));
    assert(saysAt(FILE, ['resources', API]));
    assert(!saysAt(FILE, ['resources', `${API}/x`]));
    assert(!saysAt(FILE, ['toString']));
  });

  it('counts where it is malformed, so that it is reported', () => {
    assert(saysAt({ lifespans: '1h' }, ['lifespans', 'id_token']));
    assert(saysAt({ resources: {} }, ['resources', API]));
  });

  it('is joined by units in their place', () => {
    const joined = withUnit(
      withUnit(FILE, { path: ['lifespans', 'access_token'], value: '5m' }),
      { path: ['resources', `${API}/x`], value: { resource: `${API}/x` } },
    );
    assertEquals(joined, {
      pkce: 'always',
      lifespans: { id_token: '1h', access_token: '5m' },
      resources: [{ resource: API }, { resource: `${API}/x` }],
    });
    assertEquals(FILE.resources.length, 1);
  });
});
