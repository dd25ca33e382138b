import type { Holder } from '../engine/binding.ts';
import type { ShownToken } from '../engine/tokens/accept.ts';
import type { TokenType } from '../engine/tokens/issue.ts';
import { noStore, retryAfter } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import { certificateThumbprint } from '../keys/certificate.ts';
import { SIGNING_ALGS } from '../spec/identifiers.ts';
import { isProfileAlg } from '../spec/profile_client.ts';
import { PROFILES } from '../spec/profiles.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import { clientCertificates } from './caller.ts';
import { nonceHeader, type ProvenRequest, shownProof } from './dpop.ts';
import { errorBody } from './error_response.ts';
import type { Site } from './site.ts';

/** What the refusal of a request without a token says; its challenge then names no error. RFC 6750 §3.1 */
export const NO_TOKEN = 'an access token is required';

/** The token in the header; undefined without the header. RFC 6750 §2.1, RFC 9449 §7.1. @throws {OAuthError} `invalid_request`, `invalid_token` */
export function headerToken(authorization: string | null): string | undefined {
  if (authorization === null) return undefined;
  const [, token] = /^(?:bearer|dpop) +([A-Za-z0-9._~+/=-]+) *$/i.exec(authorization) ?? [];
  if (token !== undefined) return token;
  throw /^(bearer|dpop)( |$)/i.test(authorization)
    ? new OAuthError('invalid_request', 'the Authorization header is malformed')
    : new OAuthError('invalid_token', NO_TOKEN);
}

/** @throws {OAuthError} `invalid_request` for a token where logs and referrers would show it. T079 */
export function checkNoTokenIn(query: string): void {
  if (/(^|&)access_token=/.test(query)) {
    throw new OAuthError('invalid_request', 'access_token must not be in the URL');
  }
}

/** A token, and what whoever shows it holds. @throws {OAuthError} `invalid_dpop_proof`, `use_dpop_nonce` */
export async function shownToken(
  access_token: string,
  request: Request,
  context: RequestContext,
  site: Site,
  about?: ProvenRequest,
): Promise<ShownToken> {
  const certificate = holderOfCertificate(request, context, site);
  const scheme = schemeOf(request);
  if (scheme === 'Bearer') return { access_token, scheme, holder: certificate, uses: [] };
  const proof = await shownProof(request, context, site, access_token, about);
  if (proof === undefined) {
    throw new OAuthError('invalid_dpop_proof', 'a DPoP proof is required beside the token');
  }
  const holder = { ...certificate, dpop_jkt: proof.jkt };
  return { access_token, scheme, holder, proof_alg: proof.alg, uses: [proof.use] };
}

/** Schemes are named in any case, RFC 9110 §11.1; what comes without one is a bearer's. */
function schemeOf(request: Request): TokenType {
  const authorization = request.headers.get('authorization') ?? '';
  return /^dpop( |$)/i.test(authorization) ? 'DPoP' : 'Bearer';
}

function holderOfCertificate(request: Request, context: RequestContext, site: Site): Holder {
  const [certificate] = clientCertificates(request, context, site) ?? [];
  return certificate === undefined
    ? {}
    : { certificate_thumbprint: certificateThumbprint(certificate) };
}

function proofAlgs({ engine: { settings } }: Site): readonly string[] {
  return SIGNING_ALGS.filter((alg) => isProfileAlg(alg, PROFILES[settings.profile]));
}

/** Failures that are about the token or its proof, and so answered with 401 and a challenge. RFC 9449 §7.1, §9 */
const PROOF_ERRORS: readonly string[] = ['invalid_dpop_proof', 'use_dpop_nonce'];

export interface Challenge {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * RFC 6750 §3, RFC 9449 §7.2: of both schemes, the one that was tried with what was wrong and what would do; who sent no
 * token learns only what there is.
 */
export function challengeOf(
  refusal: OAuthError,
  request: Request,
  site: Site,
  wanted: readonly string[],
): Challenge {
  const scheme = schemeOf(request);
  const body = errorBody(refusal, site.engine);
  const problem = refusal.hint === NO_TOKEN ? [] : [
    `error="${body.error}"`,
    `error_description="${body.error_description}"`,
    ...wanted,
  ];
  const [bearer, dpop] = scheme === 'Bearer' ? [problem, []] : [[], problem];
  const challenges = [
    `Bearer ${['realm="ostiary"', ...bearer].join(', ')}`,
    `DPoP ${['realm="ostiary"', `algs="${proofAlgs(site).join(' ')}"`, ...dpop].join(', ')}`,
  ];
  return {
    status: PROOF_ERRORS.includes(refusal.code) ? 401 : refusal.status,
    headers: {
      ...noStore,
      ...nonceHeader(site),
      ...retryAfter(refusal.retryAfterSeconds),
      'www-authenticate': (scheme === 'DPoP' ? challenges.reverse() : challenges).join(', '),
    },
  };
}
