import type { Holder } from '../engine/binding.ts';
import type { TokenType } from '../engine/tokens/issue.ts';
import { type ShownToken, userinfo as userinfoOf } from '../engine/userinfo.ts';
import { json, jsonText, noStore, retryAfter } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import { certificateThumbprint } from '../keys/certificate.ts';
import { SIGNING_ALGS } from '../spec/identifiers.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import type { RequiredAuthentication } from '../spec/settings.ts';
import { clientCertificates } from './caller.ts';
import { nonceHeader, shownProof } from './dpop.ts';
import { errorBody, refusalOf } from './error_response.ts';
import { formParams } from './params.ts';
import type { Site } from './site.ts';

/** Core §5.3, a resource protected as RFC 6750, RFC 9449 §7 and RFC 8705 §3 say. */
export async function userinfo(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  try {
    const answer = await userinfoOf(await shownToken(request, context, site), site.engine);
    const headers = { ...noStore, ...nonceHeader(site) };
    return answer.kind === 'json'
      ? json(answer.claims, headers)
      : jsonText(answer.jwt, { ...headers, 'content-type': 'application/jwt' });
  } catch (error) {
    const refusal = refusalOf(error, site.engine.log, context.correlationId);
    return challenge(refusal, schemeOf(request), site);
  }
}

async function shownToken(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<ShownToken> {
  const access_token = await tokenIn(request, context, site);
  const certificate = holderOfCertificate(request, context, site);
  const scheme = schemeOf(request);
  if (scheme === 'Bearer') return { access_token, scheme, holder: certificate, uses: [] };
  const proof = await shownProof(request, context, site, access_token);
  if (proof === undefined) {
    throw new OAuthError('invalid_dpop_proof', 'a DPoP proof is required beside the token');
  }
  const holder = { ...certificate, dpop_jkt: proof.jkt };
  return { access_token, scheme, holder, uses: [proof.use] };
}

/** RFC 6750 §2.1, §2.2; RFC 9449 §7.1: from the header or, of bearers, the form body, and never from the URL. T079 */
async function tokenIn(request: Request, context: RequestContext, site: Site): Promise<string> {
  const fromHeader = headerToken(request.headers.get('authorization'));
  if (/(^|&)access_token=/.test(context.query)) {
    throw new OAuthError('invalid_request', 'access_token must not be in the URL');
  }
  const fromBody = hasForm(request)
    ? (await formParams(request, site.maxBodyBytes)).get('access_token')
    : undefined;
  if (fromHeader !== undefined && fromBody !== undefined) {
    throw new OAuthError('invalid_request', 'access token is in more than one place');
  }
  const token = fromHeader ?? fromBody;
  if (token === undefined) throw new OAuthError('invalid_token', NO_TOKEN);
  return token;
}

const NO_TOKEN = 'an access token is required';

function headerToken(authorization: string | null): string | undefined {
  if (authorization === null) return undefined;
  const [, token] = /^(?:bearer|dpop) +([A-Za-z0-9._~+/=-]+) *$/i.exec(authorization) ?? [];
  if (token !== undefined) return token;
  throw /^(bearer|dpop)( |$)/i.test(authorization)
    ? new OAuthError('invalid_request', 'the Authorization header is malformed')
    : new OAuthError('invalid_token', NO_TOKEN);
}

/** Schemes are named in any case, RFC 9110 §11.1; what comes without one is a bearer's. */
function schemeOf(request: Request): TokenType {
  const authorization = request.headers.get('authorization') ?? '';
  return /^dpop( |$)/i.test(authorization) ? 'DPoP' : 'Bearer';
}

/** A POST that carries its token in the header may have any body, or none. */
function hasForm(request: Request): boolean {
  if (request.method !== 'POST') return false;
  const hasType = request.headers.get('content-type')?.toLowerCase().startsWith(
    'application/x-www-form-urlencoded',
  );
  return hasType === true ||
    request.headers.get('authorization') === null && request.headers.has('content-type');
}

function holderOfCertificate(request: Request, context: RequestContext, site: Site): Holder {
  const [certificate] = clientCertificates(request, context, site) ?? [];
  return certificate === undefined
    ? {}
    : { certificate_thumbprint: certificateThumbprint(certificate) };
}

/** RFC 9470 §3: what a client is to ask the person to sign in with. */
function required({ max_age, acr_values }: RequiredAuthentication): readonly string[] {
  return [
    ...acr_values.length === 0 ? [] : [`acr_values="${acr_values.join(' ')}"`],
    ...max_age === undefined ? [] : [`max_age="${max_age}"`],
  ];
}

/** Failures that are about the token or its proof, and so answered with 401 and a challenge. RFC 9449 §7.1, §9 */
const PROOF_ERRORS: readonly string[] = ['invalid_dpop_proof', 'use_dpop_nonce'];

/** RFC 6750 §3, RFC 9449 §7.2: of both schemes, the one that was tried with what was wrong; who sent no token learns only what there is. */
function challenge(refusal: OAuthError, scheme: TokenType, site: Site): Response {
  const body = errorBody(refusal, site.engine);
  const problem: string[] = [];
  if (refusal.hint !== NO_TOKEN) {
    problem.push(`error="${body.error}"`, `error_description="${body.error_description}"`);
    if (refusal.code === 'insufficient_scope') problem.push('scope="openid"');
    if (refusal.code === 'insufficient_user_authentication') {
      problem.push(...required(site.engine.settings.userinfo));
    }
  }
  const [bearer, dpop] = scheme === 'Bearer' ? [problem, []] : [[], problem];
  const challenges = [
    `Bearer ${['realm="ostiary"', ...bearer].join(', ')}`,
    `DPoP ${['realm="ostiary"', `algs="${SIGNING_ALGS.join(' ')}"`, ...dpop].join(', ')}`,
  ];
  const status = PROOF_ERRORS.includes(refusal.code) ? 401 : refusal.status;
  const headers = {
    ...noStore,
    ...nonceHeader(site),
    ...retryAfter(refusal.retryAfterSeconds),
    'www-authenticate': (scheme === 'DPoP' ? challenges.reverse() : challenges).join(', '),
  };
  return json(body, headers, status);
}
