import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createProvider } from '../../src/app.ts';
import { loadConfig } from '../../src/config/load.ts';
import { describeMistake } from '../../src/spec/mistake.ts';
import { assertEquals, assertRejects } from '../support/assert.ts';

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>';
const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0);
const WEBP = new TextEncoder().encode('RIFF\x04\0\0\0WEBPVP8 ');

async function load(branding: string, files: Readonly<Record<string, string | Uint8Array>> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-branding-'));
  try {
    for (const [name, content] of Object.entries({ 'ostiary.yaml': branding, ...files })) {
      await writeFile(join(directory, name), content);
    }
    const result = await loadConfig({ directory, environment: {} });
    return result.ok
      ? { branding: result.config.issuers[0].branding, mistakes: [] }
      : { mistakes: result.mistakes.map((each) => describeMistake(each).replace(directory, '.')) };
  } finally {
    await rm(directory, { recursive: true });
  }
}

describe('branding in the configuration', () => {
  const LOGOS: readonly (readonly [name: string, content: string | Uint8Array, type: string])[] = [
    ['PNG', PNG, 'image/png'],
    ['WebP', WEBP, 'image/webp'],
    ['SVG', SVG, 'image/svg+xml'],
    ['SVG with a prologue', `<?xml version="1.0"?>\n<!-- a -- >b -->\n${SVG}`, 'image/svg+xml'],
    ['SVG with a byte order mark', `\ufeff${SVG}`, 'image/svg+xml'],
  ];
  for (const [name, content, type] of LOGOS) {
    it(`knows ${name} by what is in the file, whatever it is called`, async () => {
      const { branding, mistakes } = await load('branding: { logo: logo.bin }', {
        'logo.bin': content,
      });
      assertEquals([branding?.logo?.asset?.content_type, mistakes], [type, []]);
    });
  }

  it('takes colour and links, and a style sheet with a version that follows its text', async () => {
    const text = 'branding: { accent_color: "#0D5C4A", style_sheet: s.css, footer_links: ' +
      '[ { text: Imprint, url: "https://example.com/imprint" } ] }';
    const one = await load(text, { 's.css': 'h1{color:red}' });
    const same = await load(text, { 's.css': 'h1{color:red}' });
    const other = await load(text, { 's.css': 'h1{color:blue}' });
    assertEquals(one.branding?.accent_color, '#0d5c4a');
    assertEquals(one.branding?.footer_links, [
      { text: 'Imprint', url: 'https://example.com/imprint' },
    ]);
    const version = ({ branding }: typeof one) => branding?.style_sheet?.asset?.version;
    assertEquals(version(one), version(same));
    assertEquals(version(one) === version(other), false);
  });

  it('is nothing unless asked for', async () => {
    assertEquals((await load('')).branding, { footer_links: [] });
  });

  const NO_LINK = 'must be a URL with https, http or mailto, without a password in it';
  const MISTAKES: readonly (readonly [
    text: string,
    files: Readonly<Record<string, string | Uint8Array>>,
    expected: string,
  ])[] = [
    ['logo: none.svg', {}, 'logo must be a file that can be read: got ./none.svg'],
    ['logo: a.svg', { 'a.svg': 'GIF89a' }, 'logo must be an SVG, PNG or WebP image: got ./a.svg'],
    [
      'logo: a.svg',
      { 'a.svg': `<html>${SVG}</html>` },
      'logo must be an SVG, PNG or WebP image: got ./a.svg',
    ],
    [
      'logo: a.png',
      { 'a.png': new Uint8Array(256 * 1024 + 1) },
      'logo must be at most 256 KiB: got ./a.png',
    ],
    [
      'style_sheet: s.css',
      { 's.css': Uint8Array.of(0xff, 0xfe) },
      'style_sheet must be UTF-8 text: got ./s.css',
    ],
    ['style_sheet: "."', {}, 'style_sheet must be a file that can be read: got .'],
    [
      'accent_color: green',
      {},
      'accent_color must be a colour of the form "#0d5c4a": got "green"',
    ],
    [
      'footer_links: [ { text: x, url: "javascript:alert(1)" } ]',
      {},
      `footer_links[0].url ${NO_LINK}: got "javascript:alert(1)"`,
    ],
    ['footer_links: [ { text: x, url: "https://a:b@c/" } ]', {}, `footer_links[0].url ${NO_LINK}`],
    ['footer_links: [ { text: x, url: / } ]', {}, `footer_links[0].url ${NO_LINK}: got "/"`],
  ];
  for (const [text, files, expected] of MISTAKES) {
    it(`T145: says with its line what is wrong with ${text}`, async () => {
      const { mistakes } = await load(`name: X\nbranding:\n  ${text}\n`, files);
      assertEquals(mistakes, [`ostiary.yaml:3: branding.${expected}`]);
    });
  }

  it('is read for an embedded provider, too, or refused', async () => {
    const config = { storage: { engine: 'memory' }, branding: { logo: '/nowhere/logo.svg' } };
    await assertRejects(
      () => createProvider({ config }),
      TypeError,
      'branding.logo must be a file',
    );
  });
});
