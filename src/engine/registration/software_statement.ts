import type { JWTPayload } from 'jose';
import { type JwtHeader, peekJwt } from '../../keys/verify.ts';
import { SIGNING_ALGS } from '../../spec/identifiers.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { isProfileAlg } from '../../spec/profile_client.ts';
import { PROFILES } from '../../spec/profiles.ts';
import type { SoftwareStatementIssuer } from '../../spec/registration.ts';
import type { Engine } from '../engine.ts';
import { verifyJwtOf } from '../issuer_jwt.ts';

/** It is kept with the client, whose record has its limits. */
const MAX_LENGTH = 8 * 1024;

export interface SoftwareStatement {
  /** As it was sent; absent: there is none. */
  readonly software_statement?: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * A software statement that somebody trusted has signed; its claims come before what is sent beside it. RFC 7591 §2.3,
 * §3.1.1, T084. The one that the client was registered with was verified then: a client sends it with every update
 * (RFC 7592 §2.2), also when it has expired or its key is gone.
 * @throws {OAuthError} `invalid_software_statement`, `unapproved_software_statement`
 */
export async function softwareStatement(
  sent: Readonly<Record<string, unknown>>,
  engine: Engine,
  known?: string,
): Promise<SoftwareStatement> {
  const statement = sent['software_statement'] ?? undefined;
  const issuers = engine.settings.registration.software_statement_issuers;
  const required = issuers.filter((each) => each.required);
  if (statement === undefined) {
    if (required.length === 0) return { claims: {} };
    throw new OAuthError('invalid_client_metadata', 'software_statement is required');
  }
  const isShort = typeof statement === 'string' && statement.length <= MAX_LENGTH;
  const peeked = isShort ? peekJwt(statement) : undefined;
  if (!isShort || peeked === undefined) {
    throw new OAuthError(
      'invalid_software_statement',
      `software_statement must be a signed JWT of at most ${MAX_LENGTH} characters`,
    );
  }
  const accepted = required.length > 0 ? required : issuers;
  const issuer = accepted.find((each) => each.issuer === peeked.payload.iss);
  if (issuer === undefined) {
    throw new OAuthError(
      'unapproved_software_statement',
      'software_statement is of an issuer that is not trusted here',
    );
  }
  const claims = statement === known
    ? ownClaims(peeked.payload)
    : await verifiedClaims(statement, peeked.header, issuer, engine);
  return { software_statement: statement, claims };
}

async function verifiedClaims(
  statement: string,
  header: JwtHeader,
  issuer: SoftwareStatementIssuer,
  engine: Engine,
): Promise<Readonly<Record<string, unknown>>> {
  const signer = { ...issuer, name: `software statements of ${issuer.issuer}` };
  const profile = PROFILES[engine.settings.profile];
  const algs = SIGNING_ALGS.filter((alg) => isProfileAlg(alg, profile));
  const verified = await verifyJwtOf(signer, statement, header, algs, engine);
  if (verified === undefined) {
    throw new OAuthError(
      'invalid_software_statement',
      'software_statement is not signed by a key of its issuer',
    );
  }
  const { exp, nbf, aud } = verified.payload;
  const nowSeconds = engine.now();
  const isCurrent = (exp === undefined || exp > nowSeconds) &&
    (nbf === undefined || nbf <= nowSeconds);
  const isForUs = aud === undefined || [aud].flat().includes(engine.settings.issuer);
  if (isCurrent && isForUs) return ownClaims(verified.payload);
  throw new OAuthError(
    'invalid_software_statement',
    isCurrent ? 'software_statement is meant for others' : 'software_statement is not valid now',
  );
}

/** What it says of the software, and not of itself. */
function ownClaims(
  { iss: _iss, iat: _iat, exp: _exp, nbf: _nbf, jti: _jti, aud: _aud, sub: _sub, ...claims }:
    JWTPayload,
): Readonly<Record<string, unknown>> {
  return claims;
}
