/** A provider that takes assertions of others for grants, and such assertions. RFC 7523 §2.1 */
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { API } from './exchange.ts';
import { basic, CLIENT, ISSUER, type Op, openOp, type OpOptions } from './op.ts';

export const JWT_BEARER_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
export const TRUSTED = 'https://ci.example';

const pair = await generateKeyPair('ES256', { extractable: true });
const otherPair = await generateKeyPair('ES256', { extractable: true });
export const TRUSTED_JWKS = { keys: [{ ...await exportJWK(pair.publicKey), kid: 'ci' }] };

type Options = Readonly<Record<string, unknown>>;

/** Who shows assertions. */
export const ROBOT = {
  client_id: 'robot',
  client_secret: CLIENT.client_secret,
  grant_types: [JWT_BEARER_GRANT],
  scope: 'openid email read write',
  token_exchange_policy: 'robot',
  access_token_signed_response_alg: 'EdDSA',
};

export interface AssertionOptions {
  readonly issuer?: Options;
  readonly policy?: Options;
  readonly robot?: Options;
  readonly clients?: readonly Options[];
  readonly config?: Options;
  readonly outbound?: OpOptions['outbound'];
}

export function assertionConfig(
  { issuer = {}, policy = {}, robot = {}, clients = [], config = {} }: AssertionOptions = {},
): Options {
  return {
    clients: [{ ...ROBOT, ...robot }, CLIENT, ...clients],
    resources: [{ resource: API, scope: 'read write' }, { resource: 'https://files.example/' }],
    trusted_issuers: {
      ci: { issuer: TRUSTED, jwks: TRUSTED_JWKS, subject_is: 'username', ...issuer },
      unused: { issuer: 'https://unused.example', jwks: TRUSTED_JWKS, subject_is: 'username' },
    },
    token_exchange_policies: { robot: { assertion_issuers: ['ci'], ...policy } },
    ...config,
  };
}

export function openAssertions(options: AssertionOptions = {}): Promise<Op> {
  return openOp({
    config: assertionConfig(options),
    ...options.outbound !== undefined && { outbound: options.outbound },
  });
}

export interface Changes {
  /** Undefined takes a member away. */
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Signed by a key that nobody knows. */
  readonly isForged?: boolean;
}

export async function assertionOf(
  op: Pick<Op, 'clock'>,
  { header = {}, claims = {}, isForged = false }: Changes = {},
): Promise<string> {
  const now = Math.floor(op.clock.now);
  const whole = {
    iss: TRUSTED,
    sub: 'alice',
    aud: ISSUER,
    iat: now,
    exp: now + 60,
    jti: randomUUID(),
    ...claims,
  };
  return await new SignJWT(defined(whole) as JWTPayload)
    .setProtectedHeader(defined({ alg: 'ES256', kid: 'ci', ...header }) as { alg: string })
    .sign(isForged ? otherPair.privateKey : pair.privateKey);
}

export function showAssertion(
  op: Pick<Op, 'post'>,
  assertion: string | undefined,
  asked: Readonly<Record<string, string | undefined>> = {},
  headers: Record<string, string> = basic('robot'),
): Promise<Response> {
  const form = { grant_type: JWT_BEARER_GRANT, assertion, ...asked };
  return op.post('/token', form, headers);
}

function defined(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
