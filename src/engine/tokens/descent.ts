import type { AccessTokenFormat } from '../../spec/identifiers.ts';
import type { Client } from '../../spec/client.ts';
import type { GrantRecord } from '../../store/records.ts';
import { subjectOf } from '../claims/subject.ts';
import type { Engine } from '../engine.ts';

/** Who acts, and who acted before. RFC 8693 §4.1 */
export interface Act {
  /** In the sector of the client that has the token; a client's is its client_id. */
  readonly sub?: string;
  readonly client_id: string;
  readonly act?: Act;
}

/** The one party that may become the actor. RFC 8693 §4.4 */
export interface MayAct {
  readonly sub: string;
  readonly client_id: string;
}

/** A token that another was made from. */
export interface Ancestor {
  readonly jti: string;
  readonly client_id: string;
  readonly iat: number;
  /** The key that it was made with; absent for a grant, which is made with none. */
  readonly kid?: string;
}

/** What is said of a token that was made from others. */
export interface Descent {
  /** The client that it speaks of, where that is no person. */
  readonly sub?: string;
  readonly act?: Act;
  readonly may_act?: MayAct;
  /** The nearest first. With each of them it ends. */
  readonly exchanged_from: readonly Ancestor[];
  /** In place of what client and resource say. */
  readonly format?: AccessTokenFormat;
}

/** A grant as a client has it that got a token under it by exchange: never stored. */
export async function grantSeenBy(
  grant: GrantRecord,
  client: Client,
  scope: readonly string[],
  engine: Engine,
): Promise<GrantRecord> {
  const { refresh: _, cnf: __, authorization_details: ___, ...rest } = grant;
  return {
    ...rest,
    client_id: client.client_id,
    sub: await subjectOf(grant.user, client, engine),
    scope,
    // What was asked for by name was asked for by another client. Core §5.5
    claims: { userinfo: [], id_token: [] },
  };
}

/** What a client may know of who acted in the tokens of another: people's names stay in their sector. Core §8.1 */
export function withoutPeople({ sub, client_id, act }: Act): Act {
  return {
    ...(sub === client_id ? { sub } : {}),
    client_id,
    ...(act === undefined ? {} : { act: withoutPeople(act) }),
  };
}
