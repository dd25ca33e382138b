import type { NotifierSettings } from '../net/notifier/notifier.ts';
import type { Branding } from '../spec/branding.ts';
import type { Settings } from '../spec/settings.ts';
import type { BootstrapSettings } from './bootstrap_options.ts';

/** Cross-origin access to endpoints that scripts may call. */
export interface CorsSettings {
  readonly endpoints: readonly CorsEndpoint[];
  readonly allowed_origins: readonly string[];
  /** Whether the origins of a client's redirect URIs are allowed, too. */
  readonly allowed_origins_from_client_redirect_uris: boolean;
}

export const CORS_ENDPOINTS = [
  'token',
  'userinfo',
  'revocation',
  'introspection',
  'pushed_authorization_request',
  'device_authorization',
  'registration',
] as const;
export type CorsEndpoint = (typeof CORS_ENDPOINTS)[number];

export const STORAGE_ENGINES = ['file', 'memory'] as const;
export type StorageEngine = (typeof STORAGE_ENGINES)[number];

/** The whole configuration: parsed, checked, with every default filled in. One value per load of the file. */
export interface Config {
  /** Where it was read from; absent when all of it is defaults. */
  readonly file?: string;
  /** As it was written, which what the store adds is put into. */
  readonly input: unknown;
  /** The directory that relative names of files in it start from. */
  readonly base: string;
  readonly listen: {
    readonly host: string;
    readonly port: number;
    /** Paths of PEM files, absolute once loaded from a file. */
    readonly tls?: {
      readonly cert: string;
      readonly key: string;
      readonly client_certificates: 'off' | 'request';
    };
  };
  /** The data directory, absolute once loaded from a file. */
  readonly data: string;
  /** Addresses and CIDR blocks whose forwarding headers count. */
  readonly trusted_proxies: readonly string[];
  /** Whether an http issuer may name a host that is not loopback. */
  readonly development: boolean;
  readonly storage: { readonly engine: StorageEngine };
  /** Where people come from, instead of the store; absolute once loaded from a file. */
  readonly users_file?: string;
  readonly outbound: {
    readonly allow_networks: readonly string[];
    /** PEM text; the name of its file until loaded. */
    readonly ca?: string;
    /** Seconds. */
    readonly timeout: number;
  };
  /** Paths absolute once loaded from a file; absent: the default of the store. */
  readonly notifier?: NotifierSettings;
  /** The first is the one that is meant where nobody says which. */
  readonly issuers: readonly [IssuerConfig, ...IssuerConfig[]];
}

/** What is said of one issuer. */
export interface IssuerConfig {
  /** What its pages call it. */
  readonly name: string;
  readonly branding: Branding;
  readonly cors: CorsSettings;
  /** What it begins with. */
  readonly bootstrap?: BootstrapSettings;
  /** What its engine is told. */
  readonly settings: Settings;
}
