/** docs/fapi.md: its tables are whole, and what they name is there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { PROFILE_NAMES } from '../../src/spec/identifiers.ts';
import { assert, assertEquals, assertStringIncludes } from '../support/assert.ts';

const ROOT = join(import.meta.dirname ?? '.', '../..');
const TEXT = readFileSync(join(ROOT, 'docs/fapi.md'), 'utf8');

interface Row {
  readonly section: string;
  readonly cells: readonly string[];
}

function rowsOf(text: string): readonly Row[] {
  const rows: Row[] = [];
  let section = '';
  let isTable = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('### ')) section = line.slice(4);
    if (!line.startsWith('| ')) isTable = false;
    else if (line.startsWith('| clause ')) isTable = true;
    else if (isTable && !line.startsWith('| ---')) {
      rows.push({ section, cells: line.split('|').slice(1, -1).map((cell) => cell.trim()) });
    }
  }
  return rows;
}

const ROWS = rowsOf(TEXT);

function clausesOf(section: string): readonly string[] {
  return ROWS.filter((row) => row.section.startsWith(section)).map(({ cells }) => cells[0] ?? '');
}

function numbered(section: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${section}-${index + 1}`);
}

describe('docs/fapi.md', () => {
  it('has no empty cell', () => {
    assert(ROWS.length > 100, String(ROWS.length));
    for (const { cells } of ROWS) {
      assertEquals(cells.length, 4, cells.join(' | '));
      assert(cells.every((cell) => cell !== ''), cells.join(' | '));
    }
  });

  it('has every clause of the FAPI 2.0 Security Profile, §5.2 to §5.4', () => {
    const clauses = new Set(clausesOf('FAPI 2.0 Security Profile'));
    for (
      const clause of [
        ...numbered('5.2.1', 5),
        ...numbered('5.2.2', 2),
        '5.2.2.1',
        '5.2.2.1.1',
        ...numbered('5.2.3', 3),
        '5.3.1',
        ...numbered('5.3.2.1', 14),
        ...numbered('5.3.2.2', 14),
        '5.3.2.3',
        ...numbered('5.3.3.1', 13),
        ...numbered('5.3.3.2', 7),
        ...numbered('5.3.4', 5),
        ...numbered('5.4.1', 4),
        '5.4.1-1 (2)',
        '5.4.1-1 (3)',
        ...numbered('5.4.2', 3),
        '5.4.3',
      ]
    ) assert(clauses.has(clause), clause);
  });

  it('has every clause of FAPI 2.0 Message Signing, §5.3 to §5.6', () => {
    assertEquals(clausesOf('FAPI 2.0 Message Signing'), [
      ...numbered('5.3.1', 5),
      ...numbered('5.3.2', 5),
      '5.3.3',
      '5.4.1-1',
      ...numbered('5.4.2', 2),
      '5.5.1-1',
      ...numbered('5.5.2', 2),
      '5.6.1',
      '5.6.2-1',
    ]);
  });

  it('has every clause of FAPI-CIBA §5.2.2', () => {
    assertEquals(clausesOf('FAPI-CIBA'), numbered('5.2.2', 11));
  });

  it('has every clause of FAPI 1.0 that Part 2 has not withdrawn or moved', () => {
    const named = (section: string): readonly string[] =>
      clausesOf(section).flatMap((text) => {
        const [, clause = '', first = '', more = ''] =
          /^(\d+(?:\.\d+)*)-(\d+)((?:, -\d+)*)/.exec(text) ?? [];
        return [first, ...more.match(/\d+/g) ?? []].map((number) => `${clause}-${number}`);
      });
    const baseline = named('FAPI 1.0 Part 1');
    for (const clause of [...numbered('5.2.2', 23), ...numbered('6.2.1', 14)]) {
      assert(baseline.includes(clause), `Part 1 ${clause}`);
    }
    const advanced = named('FAPI 1.0 Part 2');
    for (const number of [1, 2, 5, 6, 10, 11, 13, 14, 15, 16, 17, 18]) {
      assert(advanced.includes(`5.2.2-${number}`), `Part 2 5.2.2-${number}`);
    }
  });

  it('names files that are there', () => {
    for (const { cells: [clause = '', , places = ''] } of ROWS) {
      const paths = [...places.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path);
      assert(paths.length > 0, clause);
      for (const path of paths) assert(existsSync(join(ROOT, path)), `${clause}: ${path}`);
    }
  });

  it('names tests that are there', () => {
    for (const { cells: [clause = '', , , proof = ''] } of ROWS) {
      const [, path = '', name = ''] = /^`([^`]+)` › (.+)$/.exec(proof) ?? [];
      assert(/^test\/.*\.test\.ts$/.test(path), `${clause}: ${proof}`);
      const source = readFileSync(join(ROOT, path), 'utf8');
      assertStringIncludes(source, name.replaceAll('`', ''), `${clause}: ${path}: ${name}`);
    }
  });

  it('tells of each profile', () => {
    for (const name of PROFILE_NAMES) assertStringIncludes(TEXT, `| \`${name}\` |`);
  });

  it('says what is the operator’s', () => {
    const [, operator = ''] = TEXT.split('## What is the operator’s');
    for (const word of ['TLS 1.2', 'DNSSEC', 'HSTS', 'Client-Cert', 'dpop_nonce']) {
      assertStringIncludes(operator, word);
    }
  });
});
