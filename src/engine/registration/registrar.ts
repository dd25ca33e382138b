import { type Buckets, createBuckets } from '../../accounts/bucket.ts';
import type { RegistrationPolicy } from './policies.ts';
import { type ClientSlots, createClientSlots } from './slots.ts';

/** What registering clients takes beside the store. */
export interface Registrar {
  /** How often strangers may register clients from one place. */
  readonly tries: Buckets;
  readonly slots: ClientSlots;
  /** The embedder's rows, which come after our own. */
  readonly policies: readonly RegistrationPolicy[];
}

export function createRegistrar(
  { now, policies = [] }: {
    readonly now: () => number;
    readonly policies?: readonly RegistrationPolicy[] | undefined;
  },
): Registrar {
  return {
    // A run of the certification suite registers some sixty clients.
    tries: createBuckets({ now, perSecond: 1 / 10, burst: 60 }),
    slots: createClientSlots(),
    policies,
  };
}
