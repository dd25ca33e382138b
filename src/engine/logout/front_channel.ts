import type { SessionRecord } from '../../store/records.ts';
import { locationOf } from '../authorize/respond.ts';
import { findClient, wasThere } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { sectorSid } from '../sector.ts';
import { participantsOf } from '../session_clients.ts';

/**
 * What the browser loads so that clients that took part in a session end theirs: exactly what they have registered, with
 * `iss` and `sid` where that is required. Front-Channel Logout §3, T116
 */
export async function frontChannelUris(
  session: Pick<SessionRecord, 'sid' | 'earlier_clients' | 'clients'>,
  engine: Engine,
): Promise<readonly string[]> {
  const { sid } = session;
  const found = await Promise.all(
    participantsOf(session).map(async ({ client_id, at }) => {
      const client = await findClient(client_id, engine);
      const uri = client?.frontchannel_logout_uri;
      if (client === undefined || uri === undefined || !wasThere(client, at)) return undefined;
      if (!client.frontchannel_logout_session_required) return uri;
      const fields = new Map([['iss', engine.settings.issuer], ['sid', sectorSid(sid, client)]]);
      return locationOf({ redirect_uri: uri, response_mode: 'query', fields });
    }),
  );
  // Who took part last first.
  return found.filter((uri) => uri !== undefined).toReversed();
}
