import type { Directory } from '../accounts/directory.ts';
import type { PasswordHasher } from '../accounts/password.ts';
import type { RegistrationPolicy } from '../engine/registration/policies.ts';
import type { LanguageRow } from '../interaction/languages.ts';
import type { Notifier } from '../net/notifier/notifier.ts';
import type { Outbound } from '../net/outbound.ts';
import type { Log } from '../spec/log.ts';
import type { Store } from '../store/store.ts';

export interface InstanceOptions {
  readonly log: Log;
  /** Unix seconds, with a fraction; by default the machine's clock. */
  readonly now?: () => number;
  /** In place of the store that the configuration names; closed with the instance. */
  readonly store?: Store;
  /** 32 bytes in base64url, or the new ones, a comma and the old ones; by default from `secret.key` in the data directory. */
  readonly storageKey?: string | undefined;
  /** By default one of its own, closed with the instance. */
  readonly hasher?: PasswordHasher;
  /** People from elsewhere, in place of the store or the users file. */
  readonly directory?: Directory;
  /** In place of the one that the configuration describes. */
  readonly outbound?: Outbound;
  /** In place of the one that the configuration describes. */
  readonly notifier?: Notifier;
  /** What the store adds to the configuration is left out where it does not hold, for whoever mends it. */
  readonly isLenient?: boolean;
  /** A command that comes and goes: its configuration is not taken for the word of whoever runs the server. */
  readonly isCommand?: boolean;
  /** Rows for clients that register themselves, judged after our own. */
  readonly registrationPolicies?: readonly RegistrationPolicy[];
  /** What opens the administration API to processes of this machine; by default nothing does. */
  readonly localToken?: string;
  /** What pages can be in; by default all languages that we have. */
  readonly languages?: readonly LanguageRow[];
}
