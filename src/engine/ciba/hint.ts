import { MAX_CLOCK_SKEW_SECONDS, peekJwt, verifyJwt } from '../../keys/verify.ts';
import type { Client } from '../../spec/client.ts';
import { isSigning } from '../../spec/identifiers.ts';
import { isMap } from '../../spec/is_map.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { Params } from '../../spec/params.ts';
import type { UserRecord } from '../../store/records.ts';
import { subOfHint } from '../authorize/request.ts';
import { findSubjectOwner } from '../claims/subject.ts';
import { clientKeys } from '../client_keys.ts';
import type { Engine } from '../engine.ts';

/** CIBA §7.1: exactly one says who is asked. */
const HINTS = ['login_hint', 'id_token_hint', 'login_hint_token'] as const;

/**
 * The person that a request is about, if they may sign in. T071
 * @throws {OAuthError} `invalid_request`, `expired_login_hint_token`, `unknown_user_id`
 */
export async function hintedPerson(
  params: Params,
  client: Client,
  engine: Engine,
): Promise<UserRecord> {
  const sent = HINTS.filter((name) => params.get(name) !== undefined);
  const [name] = sent;
  if (name === undefined || sent.length > 1) {
    throw new OAuthError('invalid_request', `exactly one of ${HINTS.join(', ')} is required`);
  }
  const value = params.get(name) ?? '';
  switch (name) {
    case 'login_hint':
      return await personByName(value, client, engine);
    case 'id_token_hint':
      return known(await personBySub(await subOfHint(value, client, engine), client, engine));
    case 'login_hint_token':
      return await personByToken(value, client, engine);
  }
}

/**
 * A username, as at the sign-in page. §13 wants strangers told from people, so each miss costs the client one of a few
 * tries: whoever goes through names runs out of them, and then learns nothing.
 */
async function personByName(
  login_hint: string,
  client: Client,
  engine: Engine,
): Promise<UserRecord> {
  const { unknownHints } = engine.backchannel;
  // Before anything is looked up, so that parallel tries are counted, too.
  if (!unknownHints.take(client.client_id)) {
    throw new OAuthError('temporarily_unavailable', 'too many hints named nobody', {
      status: 429,
      retryAfterSeconds: 10,
    });
  }
  const user = known(await engine.directory.findByUsername(login_hint));
  unknownHints.giveBack(client.client_id);
  return user;
}

async function personBySub(
  sub: string | undefined,
  client: Client,
  engine: Engine,
): Promise<UserRecord | undefined> {
  const id = sub === undefined ? undefined : await findSubjectOwner(sub, client, engine);
  return id === undefined ? undefined : await engine.directory.findById(id);
}

/**
 * A JWT that the client has signed, with whom it means in `sub_id` (RFC 9493): `iss_sub`, with our issuer and the `sub`
 * that the client knows, or `opaque`, with a username.
 */
async function personByToken(jwt: string, client: Client, engine: Engine): Promise<UserRecord> {
  const { alg, kid } = peekJwt(jwt)?.header ?? {};
  if (alg === undefined || !isSigning(alg)) {
    throw invalidToken('it is not a JWT with an asymmetric signature');
  }
  const keys = await clientKeys(
    client,
    { use: 'sig', alg, ...(kid === undefined ? {} : { kid }) },
    engine,
  );
  const payload = (await verifyJwt(jwt, { keys }, [alg]))?.payload;
  if (payload === undefined) throw invalidToken('its signature is not by a key of this client');
  const { iss, aud, exp, iat, nbf, sub_id } = payload;
  if (iss !== client.client_id) throw invalidToken('iss must be the client_id');
  if (aud === undefined || ![aud].flat().includes(engine.settings.issuer)) {
    throw invalidToken('aud must be the issuer');
  }
  if (typeof exp !== 'number') throw invalidToken('exp is required');
  const latest = engine.now() + MAX_CLOCK_SKEW_SECONDS;
  for (const start of [iat, nbf]) {
    if (start !== undefined && !(typeof start === 'number' && start <= latest)) {
      throw invalidToken('it is not valid yet');
    }
  }
  if (exp <= engine.now()) {
    throw new OAuthError('expired_login_hint_token', 'login_hint_token has expired');
  }
  return await personBySubjectId(sub_id, client, engine);
}

async function personBySubjectId(
  sub_id: unknown,
  client: Client,
  engine: Engine,
): Promise<UserRecord> {
  const { format, iss, sub, id } = isMap(sub_id) ? sub_id : {};
  if (format === 'iss_sub' && typeof sub === 'string') {
    if (iss !== engine.settings.issuer) throw invalidToken('sub_id names another issuer');
    return known(await personBySub(sub, client, engine));
  }
  if (format === 'opaque' && typeof id === 'string') return await personByName(id, client, engine);
  throw invalidToken('sub_id must have format iss_sub with iss and sub, or opaque with id');
}

/** The same answer for nobody and for somebody who may not sign in. */
function known(user: UserRecord | undefined): UserRecord {
  if (user === undefined || user.disabled) {
    throw new OAuthError('unknown_user_id', 'the hint names nobody who could be asked');
  }
  return user;
}

function invalidToken(problem: string): OAuthError {
  return new OAuthError('invalid_request', `login_hint_token is refused: ${problem}`);
}
