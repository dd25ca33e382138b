import { type CheckProof, createProofChecker } from './proof.ts';
import { challengeOf, invalidProof, invalidToken, Refusal } from './refusal.ts';
import {
  type AccessToken,
  createTokenReader,
  machineTime,
  type ReadToken,
  type TokenOptions,
} from './token.ts';

/** What a method of the API asks of the token. */
interface Rule {
  readonly scope: string;
  /** Seconds since the person signed in. RFC 9470 */
  readonly max_age?: number;
  /** How surely. */
  readonly acr_values?: string;
  answer(token: AccessToken): unknown;
}

/** `files` under the resource: to list them, to empty them after a recent sign-in, to sign for them with two factors. */
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['GET', { scope: 'read', answer: ({ sub }) => ({ owner: sub, files: ['a.txt', 'b.txt'] }) }],
  ['DELETE', { scope: 'write', max_age: 300, answer: () => ({ files: [] }) }],
  ['POST', { scope: 'write', acr_values: 'two_factor', answer: () => ({ signed: true }) }],
]);

/** A web-standard fetch function. */
export function createResourceServer(
  options: TokenOptions,
): (request: Request) => Promise<Response> {
  const { now = machineTime } = options;
  const readToken = createTokenReader(options);
  const checkProof = createProofChecker(now);
  const address = new URL('files', options.resource);
  return async (request) => {
    const rule = RULES.get(request.method);
    if (rule === undefined || new URL(request.url).pathname !== address.pathname) {
      return Response.json({ error: 'not_found' }, { status: 404 });
    }
    const { scheme, token } = credentialsOf(request);
    try {
      const presented = { request, url: address.href, scheme, token };
      const access = await authenticate(presented, readToken, checkProof);
      authorize(access, rule, now());
      return Response.json(rule.answer(access), { headers: { 'cache-control': 'no-store' } });
    } catch (error) {
      if (!(error instanceof Refusal)) {
        console.error(error);
        return Response.json({ error: 'server_error' }, { status: 500 });
      }
      const headers = { 'www-authenticate': challengeOf(error, scheme) };
      return Response.json({ error: error.code }, { status: error.status, headers });
    }
  };
}

interface Credentials {
  readonly scheme: string;
  readonly token: string | undefined;
}

/** RFC 6750 §2.1, RFC 9449 §7.1. */
function credentialsOf(request: Request): Credentials {
  const authorization = request.headers.get('authorization') ?? '';
  const [, scheme = '', token] = /^(bearer|dpop) +([\w.~+/=-]+)$/i.exec(authorization) ?? [];
  return { scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', token };
}

interface Presented extends Credentials {
  readonly request: Request;
  readonly url: string;
}

/** Whose token it is, and that whoever sends it may have it. */
async function authenticate(
  { request, url, scheme, token }: Presented,
  readToken: ReadToken,
  checkProof: CheckProof,
): Promise<AccessToken> {
  if (token === undefined) throw new Refusal(undefined, 'an access token is required');
  const access = await readToken(token);
  const { jkt, 'x5t#S256': certificate } = access.cnf ?? {};
  // No certificates reach this server, so nobody can have shown the right one.
  if (certificate !== undefined) throw invalidToken('the access token is bound to a certificate');
  if ((jkt === undefined) !== (scheme === 'Bearer')) {
    throw invalidToken('the access token needs the other scheme');
  }
  if (jkt === undefined) return access;
  const proof = request.headers.get('dpop');
  if (proof === null) throw invalidProof('a proof is required');
  const shown = await checkProof({ proof, method: request.method, url, token });
  if (shown !== jkt) throw invalidToken('the access token is bound to another key');
  return access;
}

/** What it may be used for, and whether the person has signed in well enough for that. */
function authorize(access: AccessToken, rule: Rule, nowSeconds: number): void {
  if (!access.scope.includes(rule.scope)) {
    const parameters = { scope: rule.scope };
    throw new Refusal('insufficient_scope', `scope ${rule.scope} is required`, 403, parameters);
  }
  requireAuthentication(access, rule, nowSeconds);
}

/** RFC 9470 §3: what the client then asks the provider for, with these very parameters. */
function requireAuthentication(
  { auth_time, acr }: AccessToken,
  { max_age, acr_values }: Pick<Rule, 'max_age' | 'acr_values'>,
  nowSeconds: number,
): void {
  const isOld = max_age !== undefined &&
    (auth_time === undefined || nowSeconds - auth_time > max_age);
  const isWeak = acr_values !== undefined && !acr_values.split(' ').includes(acr ?? '');
  if (!isOld && !isWeak) return;
  throw new Refusal(
    'insufficient_user_authentication',
    isOld ? 'a more recent sign-in is required' : 'a stronger sign-in is required',
    401,
    {
      ...(acr_values === undefined ? {} : { acr_values }),
      ...(max_age === undefined ? {} : { max_age: String(max_age) }),
    },
  );
}
