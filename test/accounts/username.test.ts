import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { canonicalUsername, checkUsername, skeleton } from '../../src/accounts/username.ts';
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertNotEquals,
} from '../support/assert.ts';

const CANONICAL: readonly (readonly [name: string, typed: string, canonical: string])[] = [
  ['lower case', 'alice', 'alice'],
  ['upper case', 'ALICE', 'alice'],
  ['full width', 'ａｌｉｃｅ１', 'alice1'],
  ['spaces around', '  alice \u00a0\n', 'alice'],
  ['a mail address', 'Alice.Liddell+home@Example.com', 'alice.liddell+home@example.com'],
  ['decomposed accents', 'zoe\u0308', 'zo\u00eb'],
  ['the Kelvin sign', '\u212aelvin', 'kelvin'],
  ['Cyrillic', 'ИВАН', 'иван'],
  ['Greek', 'Μαρία', 'μαρία'],
  ['Chinese', '王小明', '王小明'],
  ['Japanese in three scripts', '山田はなコ', '山田はなコ'],
  ['half-width Katakana', 'ﾊﾅｺ', 'ハナコ'],
  ['Korean', '홍길동', '홍길동'],
  ['Hindi with vowel signs', 'प्रिया', 'प्रिया'],
  ['Arabic', 'محمد', 'محمد'],
  ['Hebrew with digits', 'דוד7', 'דוד7'],
  ['digits alone', '12345', '12345'],
  ['64 characters', 'a'.repeat(64), 'a'.repeat(64)],
];

const REFUSED: readonly (readonly [name: string, typed: string, reason: RegExp])[] = [
  ['nothing', '', /empty/],
  ['spaces alone', ' \t ', /empty/],
  ['a space within', 'alice liddell', /may consist/],
  ['65 characters', 'a'.repeat(65), /more than 64/],
  ['a million characters', 'a'.repeat(1_000_000), /more than 64/],
  ['a control character', 'ali\u0000ce', /may consist/],
  ['a zero-width space', 'ali\u200bce', /may consist/],
  ['a direction override', 'ali\u202ece', /may consist/],
  ['a soft hyphen', 'ali\u00adce', /may consist/],
  ['a lone surrogate', 'ali\ud800ce', /may consist/],
  ['half of an emoji', '😀alice', /may consist/],
  ['a slash', 'a/b', /may consist/],
  ['a colon', 'a:b', /may consist/],
  ['markup', '<b>alice', /may consist/],
  ['mathematical letters', '𝐚𝐥𝐢𝐜𝐞', /may consist/],
  ['Arabic digits', 'alice١', /may consist/],
  ['an accent on nothing', '\u0301alice', /may consist/],
  ['a vowel sign on nothing', '\u093fप', /without a letter/],
  ['a vowel sign on a digit', 'प1\u093f', /without a letter/],
  ['Latin and Cyrillic', '\u0430lice', /scripts/],
  ['Latin and Greek', 'al\u03b9ce', /scripts/],
  ['Cyrillic and Greek', 'ив\u03b1н', /scripts/],
  ['Latin and Chinese', 'wang王', /scripts/],
  ['a dot in front', '.alice', /begin and end/],
  ['a hyphen at the end', 'alice-', /begin and end/],
];

const TWINS: readonly (readonly [name: string, left: string, right: string])[] = [
  ['case', 'alice', 'ALICE'],
  ['width', 'alice', 'ａlice'],
  ['trailing space', 'alice', 'alice '],
  ['composition', 'zo\u00eb', 'zoe\u0308'],
  ['zero and o', 'b0b', 'bob'],
  ['one and l', 'pau1', 'paul'],
  ['rn and m', 'barney', 'bamey'],
  ['vv and w', 'vvilliam', 'william'],
  ['an accent', 'andre', 'andr\u00e9'],
  ['a dot below', 'admin', '\u1ea1dmin'],
  ['a dotless i', 'admin', 'adm\u0131n'],
  ['sharp s', 'strasse', 'stra\u00dfe'],
  ['final sigma', 'νικοσ', 'νικος'],
  ['whole-script Cyrillic', 'pacey', 'расеу'],
  ['whole-script Greek', 'ava', 'ανα'],
  ['Cyrillic with palochka', 'epcl', 'ерс\u04cf'],
  ['two breves', 'андрей', 'андреи'],
];

describe('usernames', () => {
  for (const [name, typed, canonical] of CANONICAL) {
    it(`RFC 8265 §3.3: ${name} has a canonical form`, () => {
      assertEquals(canonicalUsername(typed), canonical);
      assertEquals(canonicalUsername(canonical), canonical);
    });
  }

  for (const [name, typed, reason] of REFUSED) {
    it(`T103: ${name} is refused with a reason`, () => {
      const verdict = checkUsername(typed);
      assertFalse(verdict.ok);
      assertMatch(verdict.reason, reason);
      assertMatch(verdict.problem, /^[a-z_]+$/);
      assertEquals(canonicalUsername(typed), undefined);
    });
  }

  for (const [name, left, right] of TWINS) {
    it(`T103: names that differ in ${name} have one skeleton`, () => {
      const [one, other] = [canonicalUsername(left), canonicalUsername(right)];
      assert(one !== undefined && other !== undefined);
      assertEquals(skeleton(one), skeleton(other));
    });
  }

  for (
    const [left, right] of [['alice', 'alicia'], ['user1', 'user2'], ['иван', 'ivan']] as const
  ) {
    it(`${left} and ${right} do not look alike`, () => {
      assertNotEquals(skeleton(left), skeleton(right));
    });
  }

  it('T103: every runtime judges every character alike', () => {
    const verdicts = createHash('sha256');
    let accepted = 0;
    for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
      const username = canonicalUsername(String.fromCodePoint(codePoint));
      if (username === undefined) continue;
      accepted++;
      assertEquals(canonicalUsername(username), username);
      verdicts.update(`${codePoint} ${username} ${skeleton(username)}\n`);
    }
    assertEquals([accepted, verdicts.digest('base64url')], [
      41987,
      'Lr_DzL_gpEbkUJV7Hmefyi8CEaZ0Cf-udyv4x54aMhM',
    ]);
  });
});
