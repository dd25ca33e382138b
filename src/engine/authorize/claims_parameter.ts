import { isMap } from '../../spec/is_map.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { PROTOCOL_CLAIMS } from '../../spec/protocol_claims.ts';
import type { RequestedClaims } from '../../store/records.ts';

/** Characters. */
const MAX_LENGTH = 4096;
const MAX_CLAIMS = 50;
const MAX_VALUES = 20;
const CLAIM_NAME = /^[A-Za-z0-9_.:#/-]{1,100}$/;

export interface ClaimsRequest extends RequestedClaims {
  /** Names of those that the client cannot do without, in one place or the other. Core §5.5.1 */
  readonly essential: readonly string[];
  /** The subjects of which one must have signed in, Core §5.5.1. */
  readonly subs?: readonly string[];
  /** How sure we are to be of the person, Core §5.5.1.1. */
  readonly acr?: { readonly values: readonly string[]; readonly essential: boolean };
}

/** Core §5.5: a JSON object whose members name claims. @throws {OAuthError} `invalid_request` */
export function parseClaimsParameter(text: string | undefined): ClaimsRequest {
  if (text === undefined) return { userinfo: [], id_token: [], essential: [] };
  const places = objectOf(parseJson(text), 'claims');
  const userinfo = rulesOf(places, 'userinfo');
  const id_token = rulesOf(places, 'id_token');
  const subs = id_token.get('sub')?.values ?? userinfo.get('sub')?.values;
  const acr = id_token.get('acr');
  return {
    userinfo: namesOf(userinfo),
    id_token: namesOf(id_token),
    essential: [...new Set([...essentialOf(userinfo), ...essentialOf(id_token)])],
    ...(subs === undefined ? {} : { subs }),
    ...(acr?.values === undefined ? {} : { acr: { values: acr.values, essential: acr.essential } }),
  };
}

/** What is asked of one claim, Core §5.5.1: `value` is `values` of one. */
interface Rule {
  readonly essential: boolean;
  readonly values?: readonly string[];
}

type Members = ReadonlyMap<string, unknown>;

function parseJson(text: string): unknown {
  if (text.length > MAX_LENGTH) {
    throw new OAuthError('invalid_request', `claims is over ${MAX_LENGTH} characters`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new OAuthError('invalid_request', 'claims is not JSON');
  }
}

/** A Map of own members, so that names such as `constructor` mean nothing. */
function objectOf(value: unknown, name: string): Members {
  if (!isMap(value)) {
    throw new OAuthError('invalid_request', `${name} must be a JSON object`);
  }
  return new Map(Object.entries(value));
}

function rulesOf(
  places: Members,
  place: 'userinfo' | 'id_token',
): ReadonlyMap<string, Rule> {
  const asked = places.get(place);
  if (asked === undefined || asked === null) return new Map();
  const members = objectOf(asked, `claims.${place}`);
  if (members.size > MAX_CLAIMS) {
    throw new OAuthError('invalid_request', `claims.${place} names too many claims`);
  }
  return new Map([...members].map(([name, rule]) => {
    if (!CLAIM_NAME.test(name)) {
      throw new OAuthError('invalid_request', `claims.${place} holds an unusable name`);
    }
    return [name, ruleOf(rule, place, name)];
  }));
}

/** Values of other claims than `sub` and `acr` ask for nothing: what a person's claim is, it is. */
function ruleOf(rule: unknown, place: string, name: string): Rule {
  if (rule === null) return { essential: false };
  const members = objectOf(rule, `each member of claims.${place}`);
  const essential = members.get('essential') ?? false;
  if (typeof essential !== 'boolean') {
    throw new OAuthError('invalid_request', `essential of claims.${place} must be true or false`);
  }
  if (name !== 'sub' && name !== 'acr') return { essential };
  const values = members.get('values') ?? (members.has('value') ? [members.get('value')] : []);
  if (
    !Array.isArray(values) || values.length > MAX_VALUES ||
    !values.every((value) => typeof value === 'string')
  ) {
    throw new OAuthError('invalid_request', `values of claims.${place}.${name} must be strings`);
  }
  return values.length === 0 ? { essential } : { essential, values };
}

/** Claims of the protocol are there, or not, whoever asks. */
function namesOf(rules: ReadonlyMap<string, Rule>): readonly string[] {
  return [...rules.keys()].filter((name) => !PROTOCOL_CLAIMS.has(name));
}

function essentialOf(rules: ReadonlyMap<string, Rule>): readonly string[] {
  return namesOf(rules).filter((name) => rules.get(name)?.essential === true);
}
