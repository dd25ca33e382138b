/** OpenID Connect Discovery 1.0 §4, RFC 8414 §3: what several issuers of one process say of themselves. */
import { after, before, describe, it } from 'node:test';
import { assert, assertEquals, assertNotEquals } from '../support/assert.ts';
import {
  answerAt,
  type Issuers,
  jsonOf,
  NESTED,
  openIssuers,
  PATH,
  URLS,
} from '../support/issuers.ts';
import { CLIENT } from '../support/op.ts';

let issuers: Issuers;
before(async () => {
  issuers = await openIssuers();
});
after(() => issuers.close());

const KINDS = ['openid-configuration', 'oauth-authorization-server'] as const;

/** All addresses where the metadata of an issuer is looked for. */
function formsOf(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    ...KINDS.map((kind) => `${origin}/.well-known/${kind}${path}`),
    `${issuer}/.well-known/openid-configuration`,
  ];
}

describe('Discovery §4, RFC 8414 §3: the metadata of several issuers', () => {
  for (const issuer of URLS) {
    it(`of ${issuer} is at every form of its address, and names nobody else`, async () => {
      for (const url of formsOf(issuer)) {
        const response = await issuers.fetch(url, { headers: { origin: 'https://app.example' } });
        assertEquals([response.status, response.headers.get('access-control-allow-origin')], [
          200,
          '*',
        ], url);
        const metadata = await jsonOf(response);
        assertEquals(metadata['issuer'], issuer, url);
        for (const [name, value] of Object.entries(metadata)) {
          if (typeof value !== 'string' || !value.startsWith('https://')) continue;
          const own = value.slice(issuer.length);
          assert(value.startsWith(issuer), name);
          assert(own === '' || /^\/[a-z_-]+$/.test(own), `${name} ${value}`);
        }
      }
    });
  }

  it('is nowhere else', async () => {
    const known = new Set(URLS.flatMap(formsOf));
    const paths = ['', '/', '/staff', '/staff/', '/staff/night', '/night', '/staffx', '/nobody'];
    const tried = URLS.map((issuer) => new URL(issuer).origin).flatMap((origin) =>
      paths.flatMap((path) => [
        ...KINDS.map((kind) => `${origin}/.well-known/${kind}${path}`),
        `${origin}${path}/.well-known/openid-configuration`,
        `${origin}${path}/.well-known/openid-configuration/night`,
      ])
    );
    for (const url of new Set(tried)) {
      if (known.has(url)) continue;
      assertEquals((await issuers.fetch(url)).status, 404, url);
    }
  });

  it('is byte for byte the same at all of them', async () => {
    for (const issuer of [PATH, NESTED]) {
      const texts = await Promise.all(
        formsOf(issuer).map(async (url) => await (await issuers.fetch(url)).text()),
      );
      assertEquals(new Set(texts).size, 1);
    }
  });
});

describe('RFC 7517 §5: the keys of several issuers', () => {
  it('are open to all origins, and have no name and no material in common', async () => {
    const seen = new Map<string, string>();
    for (const issuer of URLS) {
      const response = await issuers.fetch(`${issuer}/jwks`, { headers: { origin: 'https://x' } });
      assertEquals(response.headers.get('access-control-allow-origin'), '*');
      const { keys } = await jsonOf(response);
      const list = keys as readonly Readonly<Record<string, string>>[];
      assert(list.length >= 3);
      for (const { kid = '', x, n } of list) {
        for (const mark of [kid, x ?? n ?? '']) {
          assertNotEquals(mark, '');
          assertEquals(seen.get(mark), undefined, `${mark} of ${issuer}`);
          seen.set(mark, issuer);
        }
      }
    }
  });
});

describe('RFC 9700 §2.6: origins that scripts of one issuer’s clients come from', () => {
  it('are let in there, and nowhere else', async () => {
    const clientOf = (index: number) => ({
      ...CLIENT,
      redirect_uris: [`https://app${index}.example/callback`],
    });
    const own = await openIssuers({
      issuers: URLS.map((issuer, index) => ({ issuer, clients: [clientOf(index)] })),
    });
    for (const [index, issuer] of URLS.entries()) {
      for (const [other, each] of URLS.entries()) {
        const headers = { origin: `https://app${other}.example` };
        const { headers: answer } = await own.fetch(`${issuer}/token`, { method: 'POST', headers });
        const allowed = answer.get('access-control-allow-origin');
        assertEquals(allowed, index === other ? headers.origin : null, `${each} at ${issuer}`);
      }
    }
    await own.close();
  });
});

describe('several issuers: how each looks, and whom each lets in', () => {
  const ACCENTS = ['#00695c', '#4527a0', '#ad1457', '#283593', '#bf360c'];

  it('is what stands in its own entry, or else beside the list', async () => {
    const own = await openIssuers({
      name: 'House of all',
      authorization_policies: { some: { default_policy: 'one_factor' } },
      issuers: URLS.map((issuer, index) => ({
        issuer,
        clients: [{ ...CLIENT, authorization_policy: 'some' }],
        ...index > 0 && { name: `House ${index}` },
        branding: { accent_color: ACCENTS[index] },
        ...index === 2 && { authorization_policies: { some: { default_policy: 'deny' } } },
      })),
    });
    const pages = await Promise.all(URLS.map(async (issuer) => {
      const { text } = await own.browser(issuer).get(`${issuer}/login`);
      return text;
    }));
    for (const [index, page] of pages.entries()) {
      const [, title = ''] = /<title>([^<]*)<\/title>/.exec(page) ?? [];
      assert(title.includes(index === 0 ? 'House of all' : `House ${index}`), title);
      for (const [other, accent] of ACCENTS.entries()) {
        assertEquals(page.includes(accent), other === index, `${accent} at ${index}`);
      }
    }
    for (const [index, issuer] of URLS.entries()) {
      const answer = await answerAt(own.browser(issuer), issuer, { prompt: 'consent' });
      assertEquals(answer['error'], index === 2 ? 'access_denied' : undefined, issuer);
    }
    await own.close();
  });
});
