/** The application that the client libraries stand for, and the providers it is tried at. */
import type { Closable, Hold } from '../support/holder.ts';
import type { RunningConfig } from '../support/running_op.ts';

export const REDIRECT_URI = 'https://app.example/callback';
export const SCOPE = 'openid profile offline_access';

/** A provider as it is, and its twin where proofs of DPoP need a nonce. */
export async function openTwins<P extends Closable>(
  hold: Hold,
  start: (config?: RunningConfig) => Promise<P>,
  ofStrict: RunningConfig = {},
): Promise<readonly [op: P, strict: P]> {
  return [await hold(start()), await hold(start({ dpop_nonce: 'required', ...ofStrict }))];
}
