import { VERSION } from '../../spec/version.ts';
import type { Engine } from '../engine.ts';

export interface Health {
  readonly version: string;
  readonly issuer: string;
  /** Whether it takes writes. */
  readonly store: 'ready' | 'failing';
  readonly keys: { readonly active: number; readonly all: number };
}

/** How the server is, for whoever may know more than that it answers. */
export async function healthOf(engine: Engine): Promise<Health> {
  const keys = engine.keys.describe();
  return {
    version: VERSION,
    issuer: engine.settings.issuer,
    store: await isStoreReady(engine) ? 'ready' : 'failing',
    keys: { active: keys.filter(({ state }) => state === 'active').length, all: keys.length },
  };
}

/** An empty-handed commit goes all the way to the disk. */
export async function isStoreReady({ store, now, log }: Engine): Promise<boolean> {
  try {
    await store.commit({ put: [{ key: ['probe'], value: Math.floor(now()) }] });
    return true;
  } catch (cause) {
    log('error', 'readiness.failed', { cause });
    return false;
  }
}
