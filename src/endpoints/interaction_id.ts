import type { Engine } from '../engine/engine.ts';
import type { Client } from '../spec/client.ts';
import { profileOf } from '../spec/profile_client.ts';

const HEADER = 'x-fapi-interaction-id';

/** RFC 4122 §3 */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * What a client calls the exchange, or else a name that we give it: in the answer, and in the log beside it, where the
 * profile wants it so. FAPI 1.0 Baseline §6.2.1-11, -12
 */
export function interactionHeader(
  request: Request,
  client: Client,
  { log }: Engine,
): Readonly<Record<string, string>> {
  if (profileOf(client).interaction_id === undefined) return {};
  const sent = request.headers.get(HEADER) ?? '';
  const interaction_id = UUID.test(sent) ? sent : crypto.randomUUID();
  log('info', 'userinfo.answered', { client_id: client.client_id, interaction_id });
  return { [HEADER]: interaction_id };
}
