import type { KeyGroup } from '../keys/key_records.ts';
import { type KeyUse, REREAD_SECONDS } from '../keys/key_state.ts';
import type { Lifespans, Settings } from '../spec/settings.ts';
import { audit } from './audit.ts';
import type { Engine } from './engine.ts';
import { namingClient } from './named_keys.ts';
import { type Repeated, repeated } from './repeated.ts';

/** What tokens are sealed with: far from where AES-GCM's random nonces would need another. */
const SEALING_SECONDS = 7 * 86_400;

/** No lifetime of the settings covers answers that are signed or pages that are on their way: they live shorter. */
const SHORTEST_SECONDS = 3600;

/** Request objects without `exp` may wait at a client for their use. */
const ENCRYPTED_SECONDS = 86_400;

/** Who gets certificates by hand wants to know so long before. */
const CHAIN_WARNING_SECONDS = 30 * 86_400;

/**
 * Rotates an issuer's keys by the clock, in the background, as RSA keys take their time; whoever calls `soon` may have
 * changed the settings.
 */
export function startKeyUpkeep(engine: () => Engine): Repeated {
  const warned = new Set<string>();
  return repeated(async () => {
    try {
      await tendKeys(engine());
      warnOfChains(engine(), warned);
    } catch (cause) {
      engine().log('error', 'keys.not_tended', { cause });
    }
  }, { everySeconds: REREAD_SECONDS });
}

/** What the clock asks for, by one run of many: each step is whole, and finds what the ones before have left. T142 */
export async function tendKeys(engine: Engine): Promise<void> {
  const { keys, settings } = engine;
  const note = (change: Parameters<typeof audit>[0]) => audit(change, { kind: 'system' }, engine);
  await keys.refresh();
  await keys.keepFor(longestOf(settings));
  for (const group of groupsOf(engine)) {
    const every = periodOf(group, settings);
    if (isDue(group, every, engine)) await keys.rotate(group, { every, note });
  }
  const isNeeded = async (kid: string) => await namingClient(kid, engine) !== undefined;
  await keys.removeGone(isNeeded, { note });
}

/** Seconds: how long what is made with keys of each use lives, by what is configured now. */
export function longestOf(settings: Settings): Readonly<Record<KeyUse, number>> {
  const { lifespans, custom_lifespans, resources, password_reset, sessions, host_token } = settings;
  // The cookies of protected hosts.
  const ofHosts = settings.access_control.rules.length > 0
    ? [sessions.absolute, sessions.remember]
    : [];
  const customized = [...custom_lifespans.values()].flatMap((
    { grants = {}, ...rest },
  ) => [rest, ...Object.values(grants)]);
  const all: readonly Partial<Lifespans>[] = [lifespans, ...customized];
  const ofResources = [...resources.values()].map((each) => each.access_token_lifetime);
  const access = longest([...all.map((each) => each.access_token), ...ofResources]);
  return {
    // An ID token is a hint of who was signed in, and tells whom to sign out, as long as the session lasts.
    sig: longest([
      access,
      host_token?.lifetime,
      ...all.map((each) => each.id_token),
      sessions.absolute,
      sessions.remember,
    ]),
    seal: longest([
      access,
      ...all.flatMap((each) => Object.values(each)),
      password_reset.lifetime,
      ...ofHosts,
    ]),
    enc: ENCRYPTED_SECONDS,
  };
}

function longest(seconds: readonly (number | undefined)[]): number {
  return Math.max(SHORTEST_SECONDS, ...seconds.map((each) => each ?? 0));
}

function groupsOf({ keys }: Engine): ReadonlySet<KeyGroup> {
  return new Set(keys.describe().map(({ alg, use }) => (alg ?? use) as KeyGroup));
}

function periodOf(group: KeyGroup, { keys }: Settings): number {
  return group === 'seal' ? SEALING_SECONDS : keys.algorithms.get(group) ?? keys.rotate_every;
}

function isDue(group: KeyGroup, every: number, { keys, now }: Engine): boolean {
  const newest = keys.describe().find(({ alg, use, superseded_at }) =>
    (alg ?? use) === group && superseded_at === undefined
  );
  return newest !== undefined && newest.imported !== true && newest.active_at + every <= now();
}

/** Somebody has to bring the next one: what was imported is not replaced by itself. */
function warnOfChains({ keys, log, now }: Engine, warned: Set<string>): void {
  for (const { kid, alg, state, chain_expires_at = Infinity } of keys.describe()) {
    if (state === 'retiring' || chain_expires_at > now() + CHAIN_WARNING_SECONDS) continue;
    if (warned.has(kid)) continue;
    warned.add(kid);
    const not_after = new Date(chain_expires_at * 1000).toISOString();
    log('warn', 'key.chain_ends_soon', { kid, alg, not_after });
  }
}
