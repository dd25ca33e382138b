import { describe, it } from 'node:test';
import type { Config } from '../../src/config/config.ts';
import { requireConfig } from '../../src/config/parse.ts';
import type { Asset, Branding } from '../../src/spec/branding.ts';
import { assert, assertEquals, assertFalse, assertStringIncludes } from '../support/assert.ts';
import { CLIENT, ISSUER, openOp } from '../support/op.ts';

function asset(text: string, content_type: Asset['content_type'], version: string): Asset {
  return { bytes: new TextEncoder().encode(text), content_type, version };
}

const LOGO = asset('<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml', 'l1');
const SHEET = asset('h1{color:red}', 'text/css; charset=utf-8', 's1');

const BRANDING: Branding = {
  logo: { file: '/logo.svg', asset: LOGO },
  style_sheet: { file: '/s.css', asset: SHEET },
  accent_color: '#4b0082',
  footer_links: [{ text: 'Imprint <b>', url: 'https://example.com/imprint?a=1&b=2' }],
};

function configWith(branding: Branding): Config {
  const config = { issuer: ISSUER, clients: [CLIENT], storage: { engine: 'memory' } };
  const parsed = requireConfig(config);
  return { ...parsed, issuers: [{ ...parsed.issuers[0], branding }] };
}

async function openBranded(branding: Branding = BRANDING) {
  const op = await openOp();
  await op.instance.reload(configWith(branding));
  return op;
}

describe('branding', () => {
  it('T111: the logo is served as what it is, and runs nothing when it is opened by itself', async () => {
    const op = await openBranded();
    const response = await op.fetch('/branding/logo?v=l1');
    assertEquals(await response.text(), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    const { headers } = response;
    assertEquals(headers.get('content-type'), 'image/svg+xml');
    assertEquals(headers.get('x-content-type-options'), 'nosniff');
    assertEquals(
      headers.get('content-security-policy'),
      "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    );
  });

  it('the style sheet is served as CSS', async () => {
    const response = await (await openBranded()).fetch('/branding/style.css?v=s1');
    assertEquals(await response.text(), 'h1{color:red}');
    assertEquals(response.headers.get('content-type'), 'text/css; charset=utf-8');
    assertEquals(response.headers.get('x-content-type-options'), 'nosniff');
  });

  it('RFC 8246 §2: files are kept for ever under their version, and asked for again without it', async () => {
    const op = await openBranded();
    const cacheOf = async (path: string) => (await op.fetch(path)).headers.get('cache-control');
    assertEquals(await cacheOf('/branding/logo?v=l1'), 'public, max-age=31536000, immutable');
    for (const query of ['', '?v=l0', '?v=', '?v=l1&x=1']) {
      assertEquals(await cacheOf(`/branding/logo${query}`), 'no-cache', query);
    }
  });

  it('RFC 9110 §9.3.2: HEAD tells the length', async () => {
    const response = await (await openBranded()).fetch('/branding/logo', { method: 'HEAD' });
    assertEquals([response.headers.get('content-length'), await response.text()], [
      String(LOGO.bytes.length),
      '',
    ]);
  });

  it('every page has the logo, the colour, the style sheet and the links', async () => {
    const op = await openBranded();
    for (const path of ['/', '/login', '/device', '/nowhere']) {
      const response = await op.fetch(path);
      const text = await response.text();
      assertStringIncludes(text, `<img class="logo" src="${ISSUER}/branding/logo?v=l1" alt="">`);
      assertStringIncludes(text, '--act:#4b0082');
      assertStringIncludes(text, 'href="https://example.com/imprint?a=1&amp;b=2"');
      assertStringIncludes(text, '<bdi>Imprint &lt;b&gt;</bdi>');
      const [, nonce] = /style-src 'nonce-([\w-]+)';/.exec(
        response.headers.get('content-security-policy') ?? '',
      ) ?? [];
      assertStringIncludes(
        text,
        `<link rel="stylesheet" href="${ISSUER}/branding/style.css?v=s1" nonce="${nonce}">`,
      );
    }
  });

  it('T108: the policy of pages stays as narrow as without it', async () => {
    const policyOf = async (branding: Branding) => {
      const response = await (await openBranded(branding)).fetch('/login');
      return (response.headers.get('content-security-policy') ?? '').replace(/nonce-[\w-]+/g, 'n');
    };
    assertEquals(await policyOf(BRANDING), await policyOf({ footer_links: [] }));
  });

  it('without it there is nothing of it: no files, no links', async () => {
    const op = await openOp();
    for (const path of ['/branding/logo', '/branding/style.css']) {
      assertEquals((await op.fetch(path)).status, 404);
    }
    const text = await (await op.fetch('/login')).text();
    assertFalse(/branding|rel="stylesheet"/.test(text));
  });

  it('another configuration swaps it between two requests', async () => {
    const op = await openBranded();
    await op.instance.reload(configWith({
      ...BRANDING,
      logo: { file: '/logo.svg', asset: { ...LOGO, version: 'l2' } },
      accent_color: '#800000',
    }));
    const text = await (await op.fetch('/login')).text();
    assert(text.includes('logo?v=l2') && text.includes('--act:#800000'));
    assertFalse(text.includes('#4b0082'));
    assertEquals((await op.fetch('/branding/logo?v=l1')).headers.get('cache-control'), 'no-cache');
  });
});
