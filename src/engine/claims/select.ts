import { claimsOf } from '../../accounts/directory.ts';
import type { Authorization, UserRecord } from '../../store/records.ts';
import type { JsonValue } from '../../store/store.ts';
import { PROTOCOL_CLAIMS } from '../../spec/protocol_claims.ts';
import type { Engine } from '../engine.ts';

type Claims = { readonly [claim: string]: JsonValue };

/** What UserInfo tells: the claims of the scopes and those asked for by name. Core §5.4, §5.5. */
export function userinfoClaims(
  authorization: Authorization,
  user: UserRecord,
  engine: Engine,
): Claims {
  const ofScopes = authorization.scope.flatMap((scope) =>
    engine.settings.scopes.get(scope)?.claims ?? []
  );
  return pick([...ofScopes, ...authorization.claims.userinfo], user);
}

/** What the ID token tells beyond the protocol's own claims: only what was asked for by name. Core §5.5. */
export function idTokenClaims(authorization: Authorization, user: UserRecord): Claims {
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
