import { describe, it } from 'node:test';
import {
  claimFromJson,
  claimFromText,
  isStandardClaim,
} from '../../src/accounts/standard_claims.ts';
import { STANDARD_SCOPES } from '../../src/spec/scopes.ts';
import type { JsonValue } from '../../src/store/store.ts';
import { assert, assertEquals, assertFalse, assertStringIncludes } from '../support/assert.ts';

const RIGHT: readonly (readonly [claim: string, value: JsonValue])[] = [
  ['name', 'Alice Liddell'],
  ['family_name', 'Liddell'],
  ['given_name', '爱丽丝'],
  ['middle_name', 'Pleasance'],
  ['nickname', 'Al'],
  ['preferred_username', 'a l!ce'],
  ['profile', 'https://example.com/alice'],
  ['picture', 'https://example.com/alice.png?size=2'],
  ['website', 'http://example.com'],
  ['gender', 'female'],
  ['birthdate', '1987-10-16'],
  ['birthdate', '0000-10-16'],
  ['birthdate', '0000-02-29'],
  ['birthdate', '2000-02-29'],
  ['birthdate', '1987'],
  ['zoneinfo', 'Europe/Paris'],
  ['zoneinfo', 'America/Argentina/Buenos_Aires'],
  ['zoneinfo', 'Etc/GMT+1'],
  ['locale', 'en-US'],
  ['locale', 'zh-Hant-TW'],
  ['locale', 'fr_CA'],
  ['email', 'janedoe@example.com'],
  ['email_verified', true],
  ['email_verified', false],
  ['phone_number', '+1 (425) 555-1212'],
  ['phone_number', '+56 (2) 687 2400'],
  ['phone_number', '+1 (604) 555-1234;ext=5678'],
  ['phone_number_verified', true],
  ['address', { formatted: '1 Main St\nOxford', country: 'UK' }],
  [
    'address',
    {
      formatted: 'x',
      street_address: 'a\r\nb',
      locality: 'c',
      region: 'd',
      postal_code: 'e',
      country: 'f',
    },
  ],
  ['department', 'doors'],
  ['https://example.com/claim', { nested: [1, null, true] }],
];

const WRONG: readonly (readonly [claim: string, value: unknown])[] = [
  ['name', ''],
  ['name', 7],
  ['name', 'line\nbreak'],
  ['name', 'half a \ud83d'],
  ['name', 'a'.repeat(1025)],
  ['profile', 'example.com/alice'],
  ['picture', 'javascript:alert(1)'],
  ['website', 'https://'],
  ['birthdate', '1987-02-29'],
  ['birthdate', '1987-13-01'],
  ['birthdate', '16.10.1987'],
  ['birthdate', '87'],
  ['zoneinfo', 'Europe Paris'],
  ['locale', 'english language'],
  ['email', 'nobody'],
  ['email', 'a@b@c'],
  ['email', 'two words@example.com'],
  ['email_verified', 'true'],
  ['email_verified', 1],
  ['phone_number', '555-1212'],
  ['phone_number', '+1 call me'],
  ['phone_number_verified', null],
  ['address', 'Oxford'],
  ['address', {}],
  ['address', ['Oxford']],
  ['address', { city: 'Oxford' }],
  ['address', { locality: 7 }],
  ['sub', 'me'],
  ['updated_at', 0],
  ['groups', ['admins']],
  ['iss', 'https://evil.example'],
  ['__proto__', {}],
  ['', 'x'],
  ['two words', 'x'],
  ['department', undefined],
  ['department', Number.NaN],
  ['department', new Date(0)],
  ['department', () => 1],
  ['department', [[[[[[[[[1]]]]]]]]]],
];

const TEXTS: readonly (readonly [claim: string, text: string, value: JsonValue])[] = [
  ['name', 'true', 'true'],
  ['birthdate', '1987', '1987'],
  ['email_verified', 'true', true],
  ['phone_number_verified', 'false', false],
  ['address', '1 Main St\nOxford', { formatted: '1 Main St\nOxford' }],
  ['address', ' {"locality":"Oxford"}', { locality: 'Oxford' }],
  ['department', 'doors', 'doors'],
  ['is_admin', 'true', true],
  ['level', '7', 7],
  ['tags', '["a","b"]', ['a', 'b']],
  ['postcode', '01234', '01234'],
  ['badge', '12345678901234567890', '12345678901234567890'],
];

describe('standard claims', () => {
  it('Core §5.4: all claims of profile, email, phone and address can be set or are derived', () => {
    for (const scope of ['profile', 'email', 'phone', 'address']) {
      const claims = STANDARD_SCOPES.get(scope)?.claims ?? [];
      assert(claims.length > 0);
      for (const claim of claims) {
        assertEquals(isStandardClaim(claim), claim !== 'updated_at', claim);
      }
    }
    assertFalse(isStandardClaim('department'));
    assertFalse(isStandardClaim('constructor'));
  });

  it('Core §5.2: what people read may be set in several languages, nothing else', () => {
    const tagged = ['family_name#ja-Kana-JP', 'name#de', 'website#fr', 'address#x1'];
    assertEquals(tagged.map(isStandardClaim), [true, true, true, false]);
    for (
      const name of ['email#de', 'birthdate#de', 'name#', 'name#d', 'name#de_DE', 'name#de#fr']
    ) {
      assertFalse(isStandardClaim(name), name);
    }
    assertEquals(claimFromJson('family_name#ja', '佐藤'), { ok: true, value: '佐藤' });
    assertFalse(claimFromJson('website#de', 'no URL').ok);
    assertFalse(claimFromText('family_name#ja', '').ok);
    for (const name of ['sub#de', 'groups#de', 'exp#de', '__proto__#de']) {
      assertFalse(claimFromJson(name, 'x').ok, name);
    }
  });

  for (const [claim, value] of RIGHT) {
    it(`Core §5.1: ${claim} may be ${JSON.stringify(value)}`, () => {
      assertEquals(claimFromJson(claim, value), { ok: true, value });
    });
  }

  for (const [claim, value] of WRONG) {
    const shown = typeof value === 'string' ? value.slice(0, 30) : String(value);
    it(`Core §5.1: "${claim}" may not be ${typeof value} ${JSON.stringify(shown)}`, () => {
      const checked = claimFromJson(claim, value);
      assertFalse(checked.ok);
      assertStringIncludes(checked.problem, `"${claim}"`);
    });
  }

  for (const [claim, text, value] of TEXTS) {
    it(`${claim}=${JSON.stringify(text)} on the command line is ${JSON.stringify(value)}`, () => {
      assertEquals(claimFromText(claim, text), { ok: true, value });
    });
  }

  for (
    const [claim, text] of [['email_verified', 'yes'], ['address', '{"x'], ['sub', 'me']] as const
  ) {
    it(`${claim}=${JSON.stringify(text)} on the command line is refused`, () => {
      assertFalse(claimFromText(claim, text).ok);
    });
  }
});
