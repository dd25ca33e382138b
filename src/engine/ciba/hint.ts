import type { Client } from '../../spec/client.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { Params } from '../../spec/params.ts';
import type { UserRecord } from '../../store/records.ts';
import { subOfHint } from '../authorize/id_token_hint.ts';
import type { Engine } from '../engine.ts';
import { personBySub } from '../person_by_sub.ts';
import { personByToken } from './hint_token.ts';
import { known, personByName } from './hinted.ts';

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
