import { describe, it } from 'node:test';
import {
  createLanguages,
  type LanguageRow,
  LANGUAGES,
  loadMessages,
} from '../../src/interaction/languages.ts';
import type { Language } from '../../src/interaction/messages.ts';
import { en } from '../../src/interaction/messages/en.ts';
import { assert, assertEquals, assertMatch, assertRejects } from '../support/assert.ts';
import { foreign } from '../support/languages.ts';

function placeholders(text: string): readonly string[] {
  return Array.from(text.matchAll(/\{(\w+)\}/g), ([, name = '']) => name).sort();
}

/** Text with every placeholder of the English one, and none besides; neither markup nor odd characters. */
function faultsOf({ lang, texts }: Language): readonly string[] {
  const faults: string[] = [];
  for (const [id, english] of Object.entries(en)) {
    const text: unknown = (texts as Readonly<Record<string, unknown>>)[id];
    if (typeof text !== 'string' || text.trim() === '') faults.push(`${id} is empty`);
    else if (placeholders(text).join() !== placeholders(english).join()) {
      faults.push(`${id} has other placeholders`);
    } else if (/[<>]|\s\s|^\s|\s$|[\u2066-\u2069\u202a-\u202e\ufffd]/.test(text)) {
      faults.push(`${id} has characters that do not belong there`);
    }
  }
  const extra = Object.keys(texts).filter((id) => !Object.hasOwn(en, id));
  return [...faults, ...extra.map((id) => `${id} is unknown`)].map((each) => `${lang}: ${each}`);
}

describe('the languages', () => {
  for (const { tag, load } of LANGUAGES) {
    it(`${tag} says all that English says, with the same placeholders, and nothing else`, async () => {
      assertEquals(faultsOf(await load()), []);
    });

    it(`${tag} is told to browsers by a tag they know, in the direction it is written in`, async () => {
      const { lang, dir } = await load();
      assertEquals(Intl.getCanonicalLocales(lang), [lang]);
      assertEquals(lang.split('-')[0], tag);
      assertEquals(Intl.DateTimeFormat.supportedLocalesOf([lang]).length, 1);
      assertEquals(dir, ['ar', 'fa', 'he', 'ur'].includes(tag) ? 'rtl' : 'ltr');
    });
  }

  it('have a name and a tag of their own', () => {
    assertEquals(new Set(LANGUAGES.map(({ tag }) => tag)).size, LANGUAGES.length);
    assertEquals(new Set(LANGUAGES.map(({ name }) => name)).size, LANGUAGES.length);
    for (const { tag } of LANGUAGES) assertMatch(tag, /^[a-z]{2,3}$/);
    assert(LANGUAGES.some(({ tag }) => tag === 'en'));
  });

  it('are judged: a table with a gap, another placeholder, markup or a key too many has faults', () => {
    const faulty = (texts: object) =>
      faultsOf({ lang: 'xx', dir: 'ltr', texts: texts as typeof en });
    assertEquals(faulty({ ...en, 'login.title': ' ' }), ['xx: login.title is empty']);
    assertEquals(faulty({ ...en, 'login.title_for': 'Anmelden' }), [
      'xx: login.title_for has other placeholders',
    ]);
    assertEquals(faulty({ ...en, 'login.title': '<b>' }), [
      'xx: login.title has characters that do not belong there',
    ]);
    assertEquals(faulty({ ...en, 'login.titel': 'x' }), ['xx: login.titel is unknown']);
    const { 'login.title': _, ...rest } = en;
    assertEquals(faulty(rest), ['xx: login.title is empty']);
  });

  const rows = [...LANGUAGES, foreign('zh', 'zh-Hans'), foreign('ar', 'ar', 'rtl')];
  const FOUND: readonly (readonly [tags: readonly string[], expected: string | undefined])[] = [
    [['zh'], 'zh'],
    [['zh-Hans-CN'], 'zh'],
    [['ZH-tw'], 'zh'],
    [['tlh', 'ar-EG'], 'ar'],
    [['en-x-zh'], 'en'],
    [['zh-a-b-c-x-y'], 'zh'],
    [['arb'], undefined],
    [['zhx', '', '-', '--', 'constructor', 'z'.repeat(5000)], undefined],
    [[], undefined],
  ];
  for (const [tags, expected] of FOUND) {
    it(`RFC 4647 §3.4: ${tags.join(' ').slice(0, 40) || 'nothing'} finds ${expected}`, () => {
      assertEquals(createLanguages(rows).find(tags)?.tag, expected);
    });
  }

  it('are loaded when first needed, all at once and once', async () => {
    let loads = 0;
    const counted = rows.map((row): LanguageRow => ({
      ...row,
      load() {
        loads += 1;
        return row.load();
      },
    }));
    const languages = createLanguages(counted);
    assertEquals([loads, languages.messages('ar').lang], [0, 'en']);
    await Promise.all([languages.load(), languages.load()]);
    assertEquals(languages.load(), undefined);
    assertEquals(loads, rows.length);
    const { lang, dir } = languages.messages('ar');
    assertEquals([lang, dir], ['ar', 'rtl']);
    assertEquals(languages.messages('tlh').lang, 'en');
  });

  it('are tried again after they could not be loaded', async () => {
    let isBroken = true;
    const broken: LanguageRow = {
      ...foreign('de'),
      load: () => isBroken ? Promise.reject(new Error('EMFILE')) : foreign('de').load(),
    };
    const languages = createLanguages([...LANGUAGES, broken]);
    await assertRejects(() => languages.load() ?? Promise.resolve(), Error, 'EMFILE');
    assertEquals(languages.messages('de').lang, 'en');
    isBroken = false;
    await languages.load();
    assertEquals(languages.messages('de').lang, 'de');
  });

  it('can be had one at a time, for what is not a page', async () => {
    assertEquals((await loadMessages(['zh-CN'], rows)).lang, 'zh-Hans');
    assertEquals((await loadMessages(['tlh'], rows)).lang, 'en');
  });
});
