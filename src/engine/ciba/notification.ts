import type { Client } from '../../spec/client.ts';
import type { DeliveryMode } from '../../spec/identifiers.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { type Params, paramsOf } from '../../spec/params.ts';
import { backchannelRequests } from '../../store/collections.ts';
import type { BackchannelRequestRecord, DeliveryRecord, GrantRecord } from '../../store/records.ts';
import type { Posted } from '../../net/outbound.ts';
import type { DeliveryKind } from '../deliveries/kinds.ts';
import { wasThere } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { narrowGranted } from '../grants/narrow.ts';
import { findLiveGrant, type LiveGrant } from '../tokens/live.ts';
import { bindingOf } from '../binding.ts';
import { type Issue, issueTokens, type TokenResponse } from '../tokens/issue.ts';

/** What a notification takes, and nobody else may read: both are credentials. */
interface Secrets {
  readonly auth_req_id: string;
  readonly client_notification_token: string;
}

/** RFC 6750 §2.1; 22 characters of base64url are 128 bits, CIBA §7.1. */
const TOKEN_FORM = /^[A-Za-z0-9._~+/-]{22,1024}=*$/;
const MAX_TOKEN_LENGTH = 1024;

/** The parameter, where the client's mode wants it. CIBA §7.1. @throws {OAuthError} `invalid_request` */
export function parseNotificationToken(params: Params, mode: DeliveryMode): string | undefined {
  if (mode === 'poll') return undefined;
  const token = params.get('client_notification_token');
  if (token === undefined) {
    throw new OAuthError(
      'invalid_request',
      `client_notification_token is required in mode ${mode}`,
    );
  }
  if (token.length > MAX_TOKEN_LENGTH || !TOKEN_FORM.test(token)) {
    throw new OAuthError(
      'invalid_request',
      'client_notification_token must be a bearer token of 22 to 1024 characters',
    );
  }
  return token;
}

/** The member of a record that notifications are made of. */
export function sealedSecrets(
  auth_req_id: string,
  client_notification_token: string | undefined,
  { keys }: Engine,
): Pick<BackchannelRequestRecord, 'sealed'> {
  if (client_notification_token === undefined) return {};
  const secrets: Secrets = { auth_req_id, client_notification_token };
  return { sealed: keys.sealNotification(JSON.stringify(secrets)) };
}

/** Seconds between attempts: a request is over in minutes, and so is what is told of it. */
const RETRY_SECONDS = [2, 5, 10, 20, 40, 60, 120, 240] as const;

/** CIBA §10.2: that there is an answer, whatever it is; a client that polls learns by itself that there was none. */
export const BACKCHANNEL_PING: DeliveryKind = {
  kind: 'ciba_ping',
  retrySeconds: RETRY_SECONDS,
  addressOf: ({ backchannel_client_notification_endpoint }) =>
    backchannel_client_notification_endpoint,
  async requestOf(delivery, client, engine) {
    const over = await findOver(delivery, client, engine);
    if (over === undefined) return undefined;
    const { auth_req_id } = over.secrets;
    return posted(over.secrets, { auth_req_id });
  },
};

/** CIBA §10.3.1, §12: the tokens, or why there will be none. */
export const BACKCHANNEL_PUSH: DeliveryKind = {
  ...BACKCHANNEL_PING,
  kind: 'ciba_push',
  async requestOf(delivery, client, engine) {
    const over = await findOver(delivery, client, engine);
    if (over === undefined) return undefined;
    const { record, secrets } = over;
    const { auth_req_id } = secrets;
    const error = errorOf(record);
    if (error !== undefined) return posted(secrets, { auth_req_id, ...error });
    const live = record.grant === undefined ? undefined : await findLiveGrant(record.grant, engine);
    // The client has had its tokens, and used them.
    if ((live?.grant.refresh?.n ?? 0) > 0) return undefined;
    const left = live && leftOf(live.grant, client, engine);
    if (live === undefined || left === undefined) {
      return posted(secrets, { auth_req_id, ...ENDED });
    }
    const tokens = await pushedTokens({ ...live, client, left, auth_req_id }, engine);
    return posted(secrets, { auth_req_id, ...tokens });
  },
};

/** CIBA §12. */
interface PushError {
  readonly error: 'access_denied' | 'expired_token' | 'transaction_failed';
  readonly error_description: string;
}

const ENDED: PushError = {
  error: 'transaction_failed',
  error_description: 'what the person approved has ended',
};

function errorOf({ lapsed, answer }: BackchannelRequestRecord): PushError | undefined {
  if (lapsed === true) {
    return { error: 'expired_token', error_description: 'the person has not answered in time' };
  }
  return answer === 'denied'
    ? { error: 'access_denied', error_description: 'the person declined' }
    : undefined;
}

type Left = Pick<Issue, 'scope' | 'resource' | 'authorization_details' | 'cnf'>;

/** What the client may still have of a grant; undefined: nothing, as it was changed since. */
function leftOf(grant: GrantRecord, client: Client, engine: Engine): Left | undefined {
  try {
    // §10.3.1: nobody has shown a key that tokens could be bound to.
    const cnf = bindingOf({ client, uses: [] });
    return { cnf, ...narrowGranted(paramsOf([]), grant, client, engine) };
  } catch (error) {
    if (error instanceof OAuthError) return undefined;
    throw error;
  }
}

interface Pushed extends Pick<LiveGrant, 'client' | 'grant' | 'user'> {
  readonly left: Left;
  readonly auth_req_id: string;
}

/**
 * Made anew for each attempt, all under the one grant that came about with the answer: whatever is sent twice, there is
 * one family of tokens.
 */
async function pushedTokens(
  { client, grant, user, left, auth_req_id }: Pushed,
  engine: Engine,
): Promise<TokenResponse> {
  const person = { grant, user, auth_req_id };
  return await issueTokens({ client, grant_type: 'ciba', ...left, person }, engine);
}

interface Over {
  readonly record: BackchannelRequestRecord;
  readonly secrets: Secrets;
}

/**
 * The request, if it is over and still known; undefined when the client has had what it was to be told of, or when another
 * of its name has asked. T086
 */
async function findOver(
  { content }: DeliveryRecord,
  client: Client,
  engine: Engine,
): Promise<Over | undefined> {
  const id = String(content['request']);
  const entry = await backchannelRequests.get(engine.store, engine.settings.issuer, id);
  const { sealed, answer, lapsed } = entry?.value ?? {};
  if (entry === undefined || sealed === undefined) return undefined;
  if (!wasThere(client, entry.value.created_at)) return undefined;
  if (answer === undefined && lapsed !== true) return undefined;
  const secrets = engine.keys.openNotification(sealed);
  return secrets === undefined
    ? undefined
    : { record: entry.value, secrets: JSON.parse(secrets) as Secrets };
}

function posted({ client_notification_token }: Secrets, body: object): Posted {
  return {
    contentType: 'application/json',
    body: JSON.stringify(body),
    headers: { authorization: `Bearer ${client_notification_token}` },
  };
}
