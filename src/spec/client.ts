import type { ClientMetadata } from './client_metadata.ts';

/** A registered client as the engine sees it, wherever it is kept. */
export interface Client extends ClientMetadata {
  readonly client_id: string;
  /** A digest (or `$plaintext$…` from a file); absent for public clients. */
  readonly client_secret?: string;
  /** Unix seconds; 0 or absent: never. RFC 7591 §3.2.1. */
  readonly client_secret_expires_at?: number;
  readonly client_id_issued_at?: number;
  /** Who brought it into the store, and when, in Unix seconds; absent: it is defined in the file. */
  readonly provenance?: string;
  readonly created_at?: number;
  /** Unix seconds: the client is gone then, unless it was used before. */
  readonly unused_until?: number;
}
