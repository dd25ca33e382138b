import type { Client } from '../../spec/client.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { Params } from '../../spec/params.ts';
import { backchannelUserCodes } from '../../store/collections.ts';
import type { Engine } from '../engine.ts';

/** Characters. Guesses are slowed, so a few will do. */
export const USER_CODE_LENGTHS = { min: 4, max: 64 } as const;

/** Whether applications must know a code before they reach the person. */
export async function hasUserCode(user: string, { store }: Engine): Promise<boolean> {
  return await backchannelUserCodes.get(store, user) !== undefined;
}

/** A code of the person's own choice: kept as passwords are, as it has no more to it. */
export async function setUserCode(
  user: string,
  code: string,
  engine: Engine,
): Promise<'set' | 'refused' | 'busy'> {
  const length = Array.from(code).length;
  if (length < USER_CODE_LENGTHS.min || length > USER_CODE_LENGTHS.max || !code.isWellFormed()) {
    return 'refused';
  }
  const digest = await engine.hasher.hash(code);
  if (digest === undefined) return 'busy';
  await engine.store.commit({ put: [backchannelUserCodes.put([user], { digest })] });
  engine.log('info', 'ciba.user_code_set', { user });
  return 'set';
}

export async function removeUserCode(user: string, engine: Engine): Promise<void> {
  await engine.store.commit({ remove: [backchannelUserCodes.remove(user)] });
  engine.log('info', 'ciba.user_code_removed', { user });
}

/** Who asks, where from, and for whom. */
interface Attempt {
  readonly params: Params;
  readonly client: Client;
  readonly source: string;
  readonly user: string;
}

/**
 * CIBA §7.1: nobody who has set a code is told of a request without it, whatever the client is registered for. Guesses
 * are slowed like those at passwords. @throws {OAuthError} `missing_user_code`, `invalid_user_code`, `invalid_request`
 */
export async function checkUserCode(
  { params, client, source, user }: Attempt,
  engine: Engine,
): Promise<void> {
  const sent = params.get('user_code');
  if (sent !== undefined && !client.backchannel_user_code_parameter) {
    throw new OAuthError('invalid_request', 'client is not registered to send user_code');
  }
  const digest = (await backchannelUserCodes.get(engine.store, user))?.value.digest;
  if (digest === undefined && sent === undefined) return;
  if (sent === undefined) throw new OAuthError('missing_user_code', 'the person has a user code');
  if (digest === undefined) {
    throw new OAuthError('invalid_user_code', 'the person has no user code');
  }
  await checkGuess(sent, digest, { account: `user code:${user}`, source }, engine);
}

async function checkGuess(
  sent: string,
  digest: string,
  { account, source }: { readonly account: string; readonly source: string },
  { regulation, hasher }: Engine,
): Promise<void> {
  const retryAfterSeconds = regulation.check(account, source);
  if (retryAfterSeconds > 0) {
    throw new OAuthError('invalid_user_code', 'too many wrong codes', {
      status: 429,
      retryAfterSeconds,
    });
  }
  const isShort = sent.length <= 2 * USER_CODE_LENGTHS.max && sent.isWellFormed();
  const matches = await verified(isShort ? sent : '', digest, hasher).catch((error: unknown) => {
    regulation.released(account, source);
    throw error;
  });
  if (matches === 'busy') {
    regulation.released(account, source);
    throw new OAuthError('temporarily_unavailable', 'try again', { retryAfterSeconds: 1 });
  }
  if (matches) return regulation.succeeded(account, source);
  regulation.failed(account, source);
  throw new OAuthError('invalid_user_code', 'that is not the code of the person');
}

async function verified(
  sent: string,
  digest: string,
  hasher: Engine['hasher'],
): Promise<boolean | 'busy'> {
  return sent === '' ? false : await hasher.verify(sent, digest);
}
