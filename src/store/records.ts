import type { JsonValue } from './store.ts';

/** Who brought a record into the store; `file` records live in the configuration and are never stored. */
export type Provenance = 'cli' | 'setup' | 'api' | 'dcr' | 'import';

/** A person. Shared by all issuers: `['user', id]`, found by name through `['username', canonical name]`. */
export interface UserRecord {
  /** Random, never shown outside and never reused; what clients see is the subject identifier. */
  readonly id: string;
  /** Canonical form (`accounts/username.ts`). */
  readonly username: string;
  /** A PHC string; absent: no sign-in by password. */
  readonly password?: string;
  readonly disabled: boolean;
  readonly groups: readonly string[];
  /** Standard claims under their OpenID names: Core §5.1 (`sub`, `updated_at` and `preferred_username` are derived). */
  readonly claims: { readonly [claim: string]: JsonValue };
  /** What the administrator added beyond the standard claims. */
  readonly attributes: { readonly [attribute: string]: JsonValue };
  readonly created_at: number;
  readonly updated_at: number;
  readonly provenance: Provenance;
}

/** From a name (or its look-alike skeleton) to the person it belongs to: `['username', form]`. */
export interface UsernameRecord {
  readonly user: string;
}
