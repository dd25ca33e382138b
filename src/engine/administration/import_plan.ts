import type { NewPerson } from '../../accounts/directory.ts';

/** What a file of somebody else's means here: nothing of it is applied yet. */
export interface ImportPlan {
  /** The issuer that relying parties know, if the file says it. */
  readonly issuer?: string;
  /** Of the issuer, as they would stand in `ostiary.yaml`; they parse. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Likewise, of the whole server: only its configuration file can set them. */
  readonly server_options: Readonly<Record<string, unknown>>;
  /** That clients may ask for, and nothing in the file defines. */
  readonly scopes: readonly string[];
  /** In the order in which they are to sign: of an algorithm the first first. */
  readonly keys: readonly PlannedKey[];
  readonly clients: readonly PlannedClient[];
  readonly people: readonly PlannedPerson[];
  readonly remarks: readonly Remark[];
}

/** A private key that `readBroughtKey` takes. */
export interface PlannedKey {
  readonly kid: string;
  readonly use: 'sig' | 'enc';
  readonly alg: string;
  /** A private JWK, and its certificates as PEM after it. */
  readonly text: string;
}

export interface PlannedClient {
  readonly client_id: string;
  /** By the names of the metadata table, each of them valid; defaults are left out. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** A digest that `isPasswordDigest` knows, or `$plaintext$` and the secret. */
  readonly client_secret?: string;
}

export type PlannedPerson = Omit<NewPerson, 'provenance'>;

/** What became of a key of the file. */
export interface Remark {
  /** `identity_providers.oidc.clients[2].scopes`. */
  readonly path: string;
  readonly line?: number;
  /** mapped: as it was; changed: nearly; dropped: not at all. */
  readonly severity: 'mapped' | 'changed' | 'dropped';
  /** Where it went, or what is different, or why not. */
  readonly why: string;
}
