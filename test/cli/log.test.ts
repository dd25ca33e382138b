import { describe, it } from 'node:test';
import { createLog, parseLogSetting } from '../../src/cli/log.ts';
import type { LogLevel } from '../../src/spec/log.ts';
import { assert, assertEquals, assertMatch, assertStringIncludes } from '../support/assert.ts';

function logged(
  setting: string,
  fields: Readonly<Record<string, unknown>>,
  event = 'event',
  level: LogLevel = 'info',
): string {
  const parsed = parseLogSetting(setting);
  assert(parsed !== undefined);
  const lines: string[] = [];
  createLog(parsed, (line) => lines.push(line), () => 0)(level, event, fields);
  return lines.join('\n');
}

describe('OSTIARY_LOG', () => {
  it('is a level, a format, or both', () => {
    assertEquals(parseLogSetting(undefined), { level: 'info', format: 'text' });
    assertEquals(parseLogSetting(''), { level: 'info', format: 'text' });
    assertEquals(parseLogSetting('debug'), { level: 'debug', format: 'text' });
    assertEquals(parseLogSetting('json'), { level: 'info', format: 'json' });
    assertEquals(parseLogSetting('warn, json'), { level: 'warn', format: 'json' });
    assertEquals(parseLogSetting('verbose'), undefined);
  });

  it('keeps out what is below its level', () => {
    assertEquals(logged('warn', {}), '');
    assertEquals(logged('off', {}, 'event', 'error'), '');
    assert(logged('warn', {}, 'event', 'error') !== '');
  });
});

describe('the log', () => {
  it('is a line of text for people', () => {
    assertEquals(
      logged('info', { client_id: 'app', reason: 'two words', count: 2, absent: undefined }),
      '1970-01-01T00:00:00.000Z info  event client_id=app reason="two words" count=2',
    );
  });

  it('is a line of JSON for machines', () => {
    assertEquals(JSON.parse(logged('json', { client_id: 'app', list: ['a'] })), {
      time: '1970-01-01T00:00:00.000Z',
      level: 'info',
      event: 'event',
      client_id: 'app',
      list: ['a'],
    });
  });

  it('names an error and what led to it, with the stack at debug only', () => {
    const cause = new Error('outer', { cause: new TypeError('inner') });
    const line = logged('info', { cause });
    assertStringIncludes(line, 'Error: outer');
    assertStringIncludes(line, 'TypeError: inner');
    assert(!line.includes('log.test.ts'), line);
    assertStringIncludes(logged('debug', { cause }), 'log.test.ts');
  });

  it('bears values that do not end, or that JSON does not know', () => {
    const endless: Record<string, unknown> = {};
    endless['self'] = endless;
    const line = logged('json', { endless, big: 10n, call: () => 1, none: null });
    assertEquals(JSON.parse(line).big, '10');
    assert(logged('info', { text: 'x'.repeat(100_000) }).length < 3000);
  });
});

const SECRET = 'correct-horse-battery-staple';

describe('T144: the log strikes out what looks like a credential', () => {
  const names = [
    'client_secret',
    'password',
    'token',
    'access_token',
    'refresh_token',
    'id_token_hint_token',
    'code',
    'authorization',
    'cookie',
    'set-cookie',
    'client_assertion',
    'code_verifier',
    'otp',
  ];
  for (const name of names) {
    it(`a field named ${name}`, () => {
      for (const format of ['text', 'json']) {
        const line = logged(`debug,${format}`, { [name]: SECRET, nested: { [name]: [SECRET] } });
        assert(!line.includes('horse'), line);
        assertStringIncludes(line, 'redacted');
      }
    });
  }

  it('a token, JWT or digest within other text', () => {
    const texts = [
      `presented ost_at_${SECRET}`,
      `ost_rt_abc.1.${SECRET} was used twice`,
      `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJob3JzZSJ9.${SECRET}`,
      `registered $plaintext$${SECRET}`,
      `registered $sealed$${SECRET}`,
      `stored $argon2id$v=19$m=19456,t=2,p=1$c2FsdA$${SECRET}`,
    ];
    for (const text of texts) {
      const line = logged('debug', { hint: text, cause: new Error(text) }, text);
      assert(!line.includes('horse'), line);
    }
  });

  it('and leaves what an operator needs', () => {
    const line = logged('info', {
      error_code: 'invalid_grant',
      token_endpoint_auth_method: 'none',
      token_id: 'rt_1',
    });
    assertMatch(line, /error_code=invalid_grant token_endpoint_auth_method=none token_id=rt_1$/);
  });
});

describe('T144, CWE-117: no value can forge a line or steer a terminal', () => {
  const hostile = 'a\nb\r\u001b[2J\u0085\u2028\u202e\u0000';
  for (const format of ['text', 'json']) {
    it(`in ${format}`, () => {
      const line = logged(format, { [hostile]: hostile, list: [hostile] }, hostile);
      assert(!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(line), JSON.stringify(line));
    });
  }
});
