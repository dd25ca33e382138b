import { type Buckets, createBuckets } from '../../accounts/bucket.ts';
import type { RegistrationPolicy } from './policies.ts';
import { createTurns, type Turns } from './turns.ts';

/** What registering clients takes beside the store. */
export interface Registrar {
  /** How often a source may register clients that nobody vouches for, or change them, and a client that is vouched for itself. */
  readonly tries: Buckets;
  /** The same of all sources together: each time leaves a record that is kept for long. */
  readonly strangers: Buckets;
  /** By initial access token: each of its uses changes the same record. */
  readonly turns: Turns;
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
    strangers: createBuckets({ now, perSecond: 1 / 5, burst: 300 }),
    turns: createTurns(),
    policies,
  };
}
