import type { Mistake } from '../spec/mistake.ts';
import type { Settings } from '../spec/settings.ts';
import type { Actor, AuditRecord, Provenance } from '../store/records.ts';
import type { JsonValue } from '../store/store.ts';

/** An option of one issuer that is not left to its default. */
export interface OptionView {
  /** As people write it: `lifespans.access_token`. */
  readonly path: string;
  readonly value: JsonValue;
  readonly provenance: Provenance | 'file';
  /** Of the store, and without effect as the file says something else. */
  readonly shadowed?: true;
  /** Unix seconds; absent: of the file. */
  readonly updated_at?: number;
}

export interface OptionChange {
  readonly path: string;
  /** Whatever has options below it may be given as a map of them; null takes back what the store says. */
  readonly value: JsonValue;
}

export interface ChangeRules {
  readonly isDry?: boolean;
  /**
   * What becomes of an option that the file sets, or that is none of the store, and of one that somebody else brought in:
   * refuse, the default, refuses the former and replaces the latter; keep leaves both as they are; replace leaves the
   * former.
   */
  readonly others?: 'refuse' | 'keep' | 'replace';
  /** The version that the change was made for; another one by now refuses it. */
  readonly version?: string;
}

export interface KeptOption {
  readonly path: string;
  readonly why: string;
  /** It was what it was to become. */
  readonly isSame?: true;
}

export interface Reconfigured {
  /** By path. */
  readonly changes: AuditRecord['changes'];
  /** Paths that stayed as they are, and why. */
  readonly kept: readonly KeptOption[];
  /** As they are, or would be, then. */
  readonly settings: Settings;
  readonly version: string;
}

export type ConfigurationOutcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | {
    readonly kind: 'refused';
    readonly problem: string;
    /** What would not hold, each with its path; empty where the problem is of another kind. */
    readonly mistakes: readonly Mistake[];
    /** Somebody else changed the configuration meanwhile. */
    readonly isConflict?: true;
  };

export interface IssuerView {
  readonly issuer: string;
  readonly provenance: Provenance | 'file';
  /** Unix seconds; absent: of the file. */
  readonly created_at?: number;
}

/**
 * The configuration of one issuer while it is served. A change is judged with all the rest as the file would be, leaves
 * a record of who made it, and counts from the next request on.
 */
export interface Configuration {
  /** Changes with every change of the store’s part, for any issuer. */
  version(): Promise<string>;
  options(): Promise<readonly OptionView[]>;
  change(
    changes: readonly OptionChange[],
    by: Actor,
    rules?: ChangeRules,
  ): Promise<ConfigurationOutcome<Reconfigured>>;
  /** Of the process. */
  issuers(): Promise<readonly IssuerView[]>;
  /** Serves another issuer, with the defaults of the file and keys of its own. */
  addIssuer(url: string, by: Actor): Promise<ConfigurationOutcome<IssuerView>>;
  /** Ends to serve an issuer of the store; what is kept for it is there again when it comes back. */
  removeIssuer(url: string, by: Actor): Promise<ConfigurationOutcome<IssuerView>>;
}
