import type { Buckets } from '../accounts/bucket.ts';
import type { Directory } from '../accounts/directory.ts';
import type { PasswordHasher } from '../accounts/password.ts';
import type { Regulation } from '../accounts/regulation.ts';
import type { Keys } from '../keys/keys.ts';
import type { Notifier } from '../net/notifier/notifier.ts';
import type { Outbox } from '../net/notifier/outbox.ts';
import type { Outbound } from '../net/outbound.ts';
import type { Log } from '../spec/log.ts';
import type { Settings } from '../spec/settings.ts';
import type { Store } from '../store/store.ts';
import type { ActivityLog } from './activity_log.ts';
import type { BackchannelMemory } from './ciba/memory.ts';
import type { Configuration } from './configuration.ts';
import type { SecretVerifier } from './client_auth/secret.ts';
import type { ClientKeySets } from './client_keys.ts';
import type { Deliveries } from './deliveries/deliveries.ts';
import type { DeviceMemory } from './device/memory.ts';
import type { Probes } from './doctor/probes.ts';
import type { Registrar } from './registration/registrar.ts';
import type { Observations } from './observations.ts';
import type { PolledMemory } from './polled/memory.ts';
import type { StorageRotation } from './storage_rotation.ts';

/** Everything the protocol stands on, handed to every function that needs it. One value per reload of the settings. */
export interface Engine {
  readonly settings: Settings;
  /** Of every issuer of this process, this one's included: people are theirs together. */
  readonly engines: () => readonly Engine[];
  /** What the settings come from, and how they are changed. */
  readonly configuration: Configuration;
  readonly store: Store;
  readonly keys: Keys;
  readonly directory: Directory;
  readonly hasher: PasswordHasher;
  readonly regulation: Regulation;
  readonly secrets: SecretVerifier;
  readonly clientKeySets: ClientKeySets;
  /** The one way to fetch anything. */
  readonly outbound: Outbound;
  /** How often a secret is looked at while its client is being guessed at from the same place. */
  readonly secretTries: Buckets;
  /** How often a second factor may be wrong before the session that it is asked in ends. */
  readonly factorTries: Buckets;
  readonly devices: DeviceMemory;
  readonly backchannel: BackchannelMemory;
  readonly polled: PolledMemory;
  /** What people see of what happened to their accounts. */
  readonly activityLog: ActivityLog;
  /** What others got wrong lately. */
  readonly observations: Observations;
  /** Whether requests to our own URL arrive here. */
  readonly probes: Probes;
  /** Hands messages to people on. Answers do not wait for it: see `outbox`. */
  readonly notifier: Notifier;
  readonly outbox: Outbox;
  /** Hands messages to clients' servers on: see `deliveryPuts`. */
  readonly deliveries: Deliveries;
  /** How often a new password may be asked for: for one account, and from one place. */
  readonly resetTries: { readonly ofAccount: Buckets; readonly ofSource: Buckets };
  /** Changes the key that all issuers' secrets rest under. */
  readonly storageRotation: StorageRotation;
  /** How often accounts may be made from one place. */
  readonly signUps: Buckets;
  /** How often a source may have us keep a request for a client that proves nothing. */
  readonly publicPushes: Buckets;
  readonly registrar: Registrar;
  /** Unix seconds, with a fraction. */
  readonly now: () => number;
  readonly log: Log;
}

/** What it takes to remove records of an issuer, be it served or not. */
export interface IssuerStore extends Pick<Engine, 'store' | 'log'> {
  readonly settings: Pick<Settings, 'issuer'>;
}
