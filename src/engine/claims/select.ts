import { claimsOf } from '../../accounts/directory.ts';
import type { Authorization, UserRecord } from '../../store/records.ts';
import type { JsonValue } from '../../store/store.ts';
import { PROTOCOL_CLAIMS } from '../../spec/protocol_claims.ts';
import type { Client } from '../../spec/client.ts';
import type { Engine } from '../engine.ts';

type Claims = { readonly [claim: string]: JsonValue };

/** What UserInfo tells: the claims of the scopes and those asked for by name. Core §5.4, §5.5. */
export function userinfoClaims(
  authorization: Authorization,
  user: UserRecord,
  _client: Client,
  engine: Engine,
): Claims {
  return pick([...scopeClaims(authorization, engine), ...authorization.claims.userinfo], user);
}

/** What an access token in the jwt format tells of the person. */
export function accessTokenClaims(
  _authorization: Authorization,
  _user: UserRecord,
  _client: Client,
  _engine: Engine,
): Claims {
  return {};
}

function scopeClaims({ scope }: Authorization, engine: Engine): readonly string[] {
  return scope.flatMap((name) => engine.settings.scopes.get(name)?.claims ?? []);
}

/** What the ID token tells beyond the protocol's own claims: only what was asked for by name. Core §5.5. */
export function idTokenClaims(
  authorization: Authorization,
  user: UserRecord,
  _client: Client,
  engine: Engine,
  hasUserinfo: boolean,
): Claims {
  if (!hasUserinfo) {
    const all = [...authorization.claims.id_token, ...scopeClaims(authorization, engine)];
    return pick(all, user);
  }
  return authorization.claims.id_token.length === 0
    ? {}
    : pick(authorization.claims.id_token, user);
}

function pick(names: readonly string[], user: UserRecord): Claims {
  const known = claimsOf(user);
  const picked: [string, JsonValue][] = [];
  for (const name of names) {
    const value = Object.hasOwn(known, name) && !PROTOCOL_CLAIMS.has(name)
      ? known[name]
      : undefined;
    if (value !== undefined) picked.push([name, value]);
  }
  return Object.fromEntries(picked);
}
