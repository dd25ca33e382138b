import type { Client } from './client.ts';
import type { Resource } from './resource.ts';
import type { Scope } from './scopes.ts';

/** How long things live, in seconds. */
export interface Lifespans {
  readonly access_token: number;
  readonly refresh_token: number;
  readonly id_token: number;
  readonly authorization_code: number;
}

/** What the engine is told by the configuration: parsed, checked, with every default filled in. One value per reload. */
export interface Settings {
  /** The issuer identifier, exactly as clients compare it. */
  readonly issuer: string;
  /** Clients of the file, by client_id; those of the store stand beside them. */
  readonly clients: ReadonlyMap<string, Client>;
  readonly resources: ReadonlyMap<string, Resource>;
  /** Standard scopes and those of the configuration. */
  readonly scopes: ReadonlyMap<string, Scope>;
  readonly lifespans: Lifespans;
  /** What a client's `lifespan` may name. */
  readonly custom_lifespans: ReadonlyMap<string, Partial<Lifespans>>;
  readonly sessions: {
    /** Seconds without use. */
    readonly idle: number;
    /** Seconds since sign-in. */
    readonly absolute: number;
    /** Seconds since sign-in when the person asked to stay signed in; idle does not count then. */
    readonly remember: number;
  };
  /** Of whom PKCE is required, unless the client's `require_pkce` says so. */
  readonly pkce: 'public' | 'always';
  /** Seconds in which the refresh token before the current one still answers. */
  readonly refresh_token_grace: number;
}
