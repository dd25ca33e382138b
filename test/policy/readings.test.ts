/** What the rules take a path for is what servers behind the proxy may take it for, however they read it. */
import { describe, it } from 'node:test';
import { parseConfig } from '../../src/config/parse.ts';
import { decideAccess } from '../../src/policy/access.ts';
import { readingsOf } from '../../src/policy/readings.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { createRandom } from '../support/random.ts';

type Server = (path: string) => string;

const bytes: Server = (path) =>
  path.replace(/%[0-9a-f]{2}/gi, (escape) => String.fromCharCode(parseInt(escape.slice(1), 16)));
const merge: Server = (path) => path.replace(/\/+/g, '/');
const parameters: Server = (path) => path.replace(/;[^/]*/g, '');
const backslashes: Server = (path) => path.replaceAll('\\', '/');
const keepingSlashes: Server = (path) => bytes(path.replace(/%2f/gi, '%252f'));

/** Without the slash that dots at the end may leave. */
const dots: Server = (path) => {
  const kept: string[] = [];
  for (const segment of path.slice(1).split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
  }
  return `/${kept.join('/')}`;
};

const url: Server = (path) => {
  const { pathname } = new URL(`http://server${path}`);
  return pathname;
};

/** What kinds of servers do, one step after the other. */
const SERVERS: Readonly<Record<string, readonly Server[]>> = {
  'takes it as it is': [],
  'decodes': [bytes],
  'decodes, merges, resolves': [bytes, merge, dots],
  'decodes, resolves': [bytes, dots],
  'resolves, then decodes': [dots, bytes],
  'parses a URL': [url],
  'parses a URL, then decodes': [url, bytes],
  'drops parameters, decodes, resolves': [parameters, bytes, dots, merge],
  'decodes, drops parameters, resolves': [bytes, parameters, merge, dots],
  'decodes twice': [bytes, bytes, merge, dots],
  'decodes three times': [bytes, bytes, bytes, merge, dots],
  'takes backslashes for slashes': [bytes, backslashes, merge, dots],
  'keeps escaped slashes': [keepingSlashes, merge, dots],
};

const PIECES = [
  ...[
    '/',
    '/',
    '//',
    '.',
    '..',
    '/..',
    '%2e',
    '%2E',
    '%2f',
    '%5c',
    '%25',
    '%252f',
    '%252e',
    '%25252e',
  ],
  ...[
    ';',
    ';x=1',
    '..;/',
    '%3b',
    '%3f',
    '%2e%2e%2f',
    '%70',
    '%61',
    '%ad',
    'public',
    'public/',
    'admin',
    'a',
  ],
];

const CASES = 40_000;

describe('the readings of a path', () => {
  it('let nobody reach by a rule what a server behind the proxy takes for something else', () => {
    const parsed = parseConfig({
      access_control: {
        rules: [
          { domain: 'app.example', policy: 'bypass', resources: '^/public/' },
          { domain: 'app.example', policy: 'two_factor', resources: '^/admin' },
          { domain: 'app.example', policy: 'one_factor' },
        ],
      },
    });
    assert(parsed.ok);
    const { access_control } = parsed.config.issuers[0].settings;
    const random = createRandom('readings of a path');
    const wrong: string[] = [];
    let decided = 0;
    for (let count = 0; count < CASES; count += 1) {
      const length = 1 + Math.floor(random() * 7);
      const pieces = Array.from({ length }, () => PIECES[Math.floor(random() * PIECES.length)]);
      const path = `/${random() < 0.6 ? 'public/' : ''}${pieces.join('')}`;
      const readings = readingsOf(path);
      if (readings === undefined) continue;
      const target = { host: 'app.example', method: 'GET', readings };
      const verdict = decideAccess(access_control, target, {});
      if (verdict.kind !== 'level') continue;
      decided += 1;
      for (const [name, steps] of Object.entries(SERVERS)) {
        const seen = steps.reduce((text, step) => step(text), path);
        const isOpen = verdict.level === 'bypass' && !seen.startsWith('/public/');
        const isWeak = verdict.level === 'one_factor' && seen.startsWith('/admin');
        if (isOpen || isWeak) {
          wrong.push(`${verdict.level} for ${path}: a server that ${name} sees ${seen}`);
        }
      }
    }
    assertEquals(wrong.slice(0, 5), []);
    // Most of what is so odd is refused, yet not all of it.
    assert(decided > CASES / 20, String(decided));
  });

  it('are one for what browsers send every day', () => {
    const paths = [
      '/a%20b',
      '/caf%C3%A9/x',
      '/%E9%96%80',
      '/a+b',
      '/a:b@c',
      "/it's/(x)/*",
      '/a%2Cb',
    ];
    for (const path of paths) assertEquals(readingsOf(path)?.length, 1, path);
  });
});
