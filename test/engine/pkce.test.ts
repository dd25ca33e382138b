import { describe, it } from 'node:test';
import { checkPkce } from '../../src/engine/pkce.ts';
import { OAuthError } from '../../src/spec/oauth_error.ts';
import { assertEquals, assertThrows } from '../support/assert.ts';

// RFC 7636 Appendix B
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

describe('RFC 7636 §4.6: verifying the code_verifier', () => {
  it('Appendix B: the published pair matches', () =>
    checkPkce({ code_challenge: challenge }, verifier));

  it('without PKCE on both sides there is nothing to check', () => checkPkce({}, undefined));

  it('plain compares the verifier itself, and only where the code was asked for so', () => {
    checkPkce({ code_challenge: verifier, code_challenge_method: 'plain' }, verifier);
    assertThrows(
      () => checkPkce({ code_challenge: challenge, code_challenge_method: 'plain' }, verifier),
      OAuthError,
    );
  });

  const refusals: readonly { name: string; challenge?: string; verifier?: string }[] = [
    { name: 'verifier missing', challenge },
    { name: 'T010: verifier without a challenge', verifier },
    { name: 'another verifier', challenge, verifier: 'x'.repeat(43) },
    { name: 'the challenge as verifier (plain)', challenge: verifier, verifier },
    { name: 'too short', challenge, verifier: verifier.slice(0, 42) },
    { name: 'too long', challenge, verifier: 'x'.repeat(129) },
    {
      name: 'a character that is not unreserved',
      challenge,
      verifier: `${verifier.slice(0, 42)}+`,
    },
  ];
  for (const row of refusals) {
    it(`${row.name} is invalid_grant`, () => {
      assertEquals(
        assertThrows(() => checkPkce(challengeOf(row.challenge), row.verifier), OAuthError).code,
        'invalid_grant',
      );
    });
  }
});

function challengeOf(code_challenge: string | undefined): { code_challenge?: string } {
  return code_challenge === undefined ? {} : { code_challenge };
}
