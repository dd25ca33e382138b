import { describe, it } from 'node:test';
import { newTotpSecret, totpStep, totpUri } from '../../src/accounts/totp.ts';
import { assertEquals, assertMatch, assertNotEquals } from '../support/assert.ts';

/** RFC 6238 Appendix B: the ASCII text 12345678901234567890. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

/** The rows for SHA-1, of which six digits are the last six of eight. */
const VECTORS = [
  [59, '94287082'],
  [1111111109, '07081804'],
  [1111111111, '14050471'],
  [1234567890, '89005924'],
  [2000000000, '69279037'],
  [20000000000, '65353130'],
] as const;

describe('RFC 6238 Appendix B', () => {
  for (const [time, code] of VECTORS) {
    it(`at ${time} the code is ${code.slice(2)}`, () => {
      assertEquals(totpStep(SECRET, code.slice(2), time), Math.floor(time / 30));
    });
  }
});

describe('RFC 6238 §5.2: drift', () => {
  const code = '287082';
  it('one step each way is the same code still', () => {
    assertEquals(totpStep(SECRET, code, 59), 1);
    assertEquals(totpStep(SECRET, code, 60), 1);
    assertEquals(totpStep(SECRET, code, 89), 1);
    assertEquals(totpStep(SECRET, code, 0), 1);
  });

  it('two steps are none', () => {
    assertEquals(totpStep(SECRET, code, 90), undefined);
    assertEquals(totpStep(SECRET, '755224', 60), undefined);
  });
});

describe('codes as people type them', () => {
  for (const typed of ['287082', '287 082', ' 287-082 ']) {
    it(`${JSON.stringify(typed)} is read`, () => assertEquals(totpStep(SECRET, typed, 59), 1));
  }
  for (const typed of ['', '28708', '2870820', '94287082', 'abcdef', '２８７０８２', '-287082.0']) {
    it(`${JSON.stringify(typed)} is none`, () =>
      assertEquals(totpStep(SECRET, typed, 59), undefined));
  }
});

describe('what an app is given', () => {
  it('a secret of 160 bits, another each time', () => {
    assertMatch(newTotpSecret(), /^[A-Z2-7]{32}$/);
    assertNotEquals(newTotpSecret(), newTotpSecret());
  });

  it('an address with issuer and name, whatever is in them', () => {
    const uri = new URL(totpUri(SECRET, { issuer: 'op.example:8443', username: 'ada & böse?' }));
    assertEquals(uri.protocol, 'otpauth:');
    assertEquals(uri.searchParams.get('secret'), SECRET);
    assertEquals(uri.searchParams.get('issuer'), 'op.example:8443');
    assertEquals(decodeURIComponent(uri.pathname).endsWith('op.example:8443:ada & böse?'), true);
  });
});
