import { randomToken, sha256 } from '../../keys/digest.ts';
import { codes, sessions } from '../../store/collections.ts';
import type { CodeRecord } from '../../store/records.ts';
import { lifespansOf } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { noteUse, putSession, type Session } from '../session.ts';
import { claimNames, type Granted } from './decide.ts';
import type { Pending } from './pending.ts';

/**
 * Writes a code, and the client's part in the session, in one commit that fails if the session has changed since it
 * was read: then undefined, and the caller decides anew. RFC 6749 §4.1.2.
 */
export async function issueCode(
  { address, request }: Pending,
  session: Session,
  granted: Granted,
  engine: Engine,
): Promise<string | undefined> {
  const { issuer } = engine.settings;
  const { client, redirect_uri, redirect_uri_sent } = address;
  const { sid, auth_time, amr, acr } = session.record;
  const expires_at = Math.floor(engine.now()) + lifespansOf(client, engine).authorization_code;
  const record: CodeRecord = {
    client_id: client.client_id,
    user: session.record.user,
    ...granted,
    authentication: { sid, auth_time, amr, acr },
    redirect_uri,
    redirect_uri_sent,
    ...(request.code_challenge === undefined ? {} : { code_challenge: request.code_challenge }),
    ...(request.nonce === undefined ? {} : { nonce: request.nonce }),
    expires_at,
  };
  const code = randomToken(32);
  const used = noteUse(session.record, {
    client_id: client.client_id,
    scope: granted.scope,
    resource: granted.resource,
    claims: claimNames(granted.claims),
  }, engine);
  const outcome = await engine.store.commit({
    check: [sessions.check(session.entry)],
    put: [
      codes.put([issuer, sha256(code)], record, expires_at),
      ...(used === undefined ? [] : [putSession(used, engine)]),
    ],
  });
  return outcome === 'committed' ? code : undefined;
}
