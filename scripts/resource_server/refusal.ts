/** Why a request is refused, in the words of RFC 6750 §3.1, RFC 9449 §7.1 and RFC 9470 §3. */
export class Refusal extends Error {
  readonly code: string | undefined;
  readonly status: number;
  /** What goes into the challenge beside the error. */
  readonly parameters: Readonly<Record<string, string>>;

  constructor(
    code: string | undefined,
    message: string,
    status = 401,
    parameters: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.parameters = parameters;
  }
}

export function invalidToken(message: string): Refusal {
  return new Refusal('invalid_token', message);
}

export function invalidProof(message: string): Refusal {
  return new Refusal('invalid_dpop_proof', message);
}

/** Asymmetric ones alone: a secret shared with the provider would let us make tokens, too. */
export const ALGORITHMS = ['ES256', 'EdDSA', 'PS256', 'RS256'];

/** RFC 6750 §3, RFC 9449 §7.2: both schemes, the one that was tried first and with what was wrong. */
export function challengeOf(refusal: Refusal, scheme: string): string {
  const problem = refusal.code === undefined ? {} : {
    error: refusal.code,
    error_description: refusal.message,
    ...refusal.parameters,
  };
  const bearer = { realm: 'files', ...scheme === 'DPoP' ? {} : problem };
  const dpop = {
    realm: 'files',
    algs: ALGORITHMS.join(' '),
    ...scheme === 'DPoP' ? problem : {},
  };
  const challenges = [`Bearer ${listOf(bearer)}`, `DPoP ${listOf(dpop)}`];
  return (scheme === 'DPoP' ? challenges.reverse() : challenges).join(', ');
}

function listOf(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters).map(([name, value]) => `${name}="${value}"`).join(', ');
}
