import { OAuthError } from '../../spec/oauth_error.ts';
import { PROTOCOL_CLAIMS } from '../../spec/protocol_claims.ts';
import type { RequestedClaims } from '../../store/records.ts';

/** Characters. */
const MAX_LENGTH = 4096;
const MAX_CLAIMS = 50;
const CLAIM_NAME = /^[A-Za-z0-9_.:#/-]{1,100}$/;

export interface ClaimsRequest extends RequestedClaims {
  /** The subject that must have signed in, Core §5.5.1. */
  readonly sub?: string;
}

/** Core §5.5: a JSON object whose members name claims. @throws {OAuthError} `invalid_request` */
export function parseClaimsParameter(text: string | undefined): ClaimsRequest {
  if (text === undefined) return { userinfo: [], id_token: [] };
  const places = objectOf(parseJson(text), 'claims');
  const userinfo = membersOf(places, 'userinfo');
  const id_token = membersOf(places, 'id_token');
  const sub = requestedSub(id_token) ?? requestedSub(userinfo);
  return {
    userinfo: namesOf(userinfo),
    id_token: namesOf(id_token),
    ...(sub === undefined ? {} : { sub }),
  };
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
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new OAuthError('invalid_request', `${name} must be a JSON object`);
  }
  return new Map(Object.entries(value));
}

function membersOf(places: Members, place: 'userinfo' | 'id_token'): Members {
  const asked = places.get(place);
  if (asked === undefined || asked === null) return new Map();
  const members = objectOf(asked, `claims.${place}`);
  if (members.size > MAX_CLAIMS) {
    throw new OAuthError('invalid_request', `claims.${place} names too many claims`);
  }
  for (const [name, rule] of members) {
    if (rule !== null) objectOf(rule, `each member of claims.${place}`);
    if (!CLAIM_NAME.test(name)) {
      throw new OAuthError('invalid_request', `claims.${place} holds an unusable name`);
    }
  }
  return members;
}

/** Claims of the protocol are there, or not, whoever asks. */
function namesOf(members: Members): readonly string[] {
  return [...members.keys()].filter((name) => !PROTOCOL_CLAIMS.has(name));
}

function requestedSub(members: Members): string | undefined {
  const rule = members.get('sub');
  const value = rule === null || rule === undefined
    ? undefined
    : objectOf(rule, 'claims sub').get('value');
  return typeof value === 'string' ? value : undefined;
}
