import type { DeliveryRecord } from '../../store/records.ts';
import type { Client } from '../../spec/client.ts';
import { randomToken } from '../../keys/digest.ts';
import { protectedJwt } from '../client_jwt.ts';
import type { DeliveryKind } from '../deliveries/kinds.ts';
import type { Engine } from '../engine.ts';
import { protectionOf } from '../protection.ts';
import { sectorSid } from '../sector.ts';

/** What a client is told of a session that has ended; nothing of it is of use to sign in. */
export interface LogoutContent {
  /** The session's own name. */
  readonly sid: string;
  /** What the client calls the person; absent: it was never told. */
  readonly sub?: string;
}

/** Back-Channel Logout §2.5: what a captured token is good for. */
const LIFETIME_SECONDS = 120;
/** Of events, §2.4. */
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** Back-Channel Logout 1.0: within three hours or so a server that was restarted has heard of it. */
export const BACKCHANNEL_LOGOUT: DeliveryKind = {
  kind: 'backchannel_logout',
  retrySeconds: [5, 30, 120, 600, 1800, 7200],
  addressOf: ({ backchannel_logout_uri }) => backchannel_logout_uri,
  async requestOf({ content }, client, engine) {
    const logout_token = await logoutToken(client, logoutContent(content), engine);
    return {
      contentType: 'application/x-www-form-urlencoded',
      body: new URLSearchParams({ logout_token }).toString(),
    };
  },
};

/**
 * Back-Channel Logout §2.4, made anew for each attempt, its jti included: a client that has acted on the one before, and
 * whose answer was lost, would otherwise have to refuse the next (§2.6, step 8).
 */
async function logoutToken(
  client: Client,
  { sid, sub }: LogoutContent,
  engine: Engine,
): Promise<string> {
  const iat = Math.floor(engine.now());
  const payload = {
    iss: engine.settings.issuer,
    aud: client.client_id,
    iat,
    exp: iat + LIFETIME_SECONDS,
    jti: randomToken(16),
    events: { [EVENT]: {} },
    sid: sectorSid(sid, client),
    ...sub !== undefined && { sub },
  };
  const protection = protectionOf(client, 'id_token');
  return await protectedJwt(client, { typ: 'logout+jwt', payload, ...protection }, engine);
}

/** The content of a delivery that was made of a `LogoutContent`. */
function logoutContent(content: DeliveryRecord['content']): LogoutContent {
  return content as unknown as LogoutContent;
}
