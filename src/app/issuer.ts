import { createBuckets } from '../accounts/bucket.ts';
import type { Config, IssuerConfig } from '../config/config.ts';
import { refusingStrayChecks } from '../endpoints/authz_handler.ts';
import { corsPolicies } from '../endpoints/cors.ts';
import { notFoundOf, rootRoutesOf, routesOf } from '../endpoints/routes.ts';
import type { Site } from '../endpoints/site.ts';
import { createBackchannelMemory } from '../engine/ciba/memory.ts';
import { createSecretVerifier } from '../engine/client_auth/secret.ts';
import { createClientKeySets } from '../engine/client_keys.ts';
import { createDeviceMemory } from '../engine/device/memory.ts';
import type { Engine } from '../engine/engine.ts';
import { createPolledMemory } from '../engine/polled/memory.ts';
import { createRegistrar } from '../engine/registration/registrar.ts';
import { cookieNames } from '../http/cookies.ts';
import { createRouter, type Peer } from '../http/router.ts';
import { errorPage } from '../interaction/error_page.ts';
import { lookOf } from '../interaction/look.ts';
import { openKeys } from '../keys/keys.ts';
import { createRecent } from '../keys/recent.ts';
import { parseNetworks } from '../spec/networks.ts';
import type { Shared } from './shared.ts';

/** What one issuer keeps over reloads: its keys, and what is remembered of its clients. */
export type IssuerParts = Pick<
  Engine,
  | 'keys'
  | 'secrets'
  | 'secretTries'
  | 'clientKeySets'
  | 'devices'
  | 'backchannel'
  | 'polled'
  | 'publicPushes'
  | 'registrar'
>;

/** One issuer as of the last reload. */
export interface LiveIssuer {
  readonly url: string;
  /** What stands in its place for clients that show a certificate. */
  readonly alias: string | undefined;
  readonly parts: IssuerParts;
  readonly engine: Engine;
  readonly route: (request: Request, peer?: Peer) => Promise<Response>;
}

const MAX_BODY_BYTES = 64 * 1024;

/** Makes its keys if it has none. @throws {TypeError} when store and storage key do not fit */
export async function openIssuer(issuer: string, shared: Shared): Promise<IssuerParts> {
  const { parts: { store, hasher, now, log }, vault, options } = shared;
  const keys = await openKeys({ store, issuer, vault, now, log });
  return {
    keys,
    secrets: createSecretVerifier(keys, hasher),
    secretTries: createBuckets({ now, perSecond: 20, burst: 50 }),
    clientKeySets: createClientKeySets(),
    devices: createDeviceMemory(now),
    backchannel: createBackchannelMemory(now),
    polled: createPolledMemory(now),
    publicPushes: createBuckets({ now, perSecond: 1, burst: 60 }),
    registrar: createRegistrar({ now, policies: options.registrationPolicies }),
  };
}

/** What answers for one issuer. */
export function routeOf(
  issuer: IssuerConfig,
  config: Config,
  engine: Engine,
  shared: Shared,
): LiveIssuer['route'] {
  const url = new URL(engine.settings.issuer);
  const basePath = url.pathname.replace(/\/$/, '');
  const isSecure = url.protocol === 'https:';
  const site: Site = {
    engine,
    origin: url.origin,
    basePath,
    port: url.port,
    isSecure,
    cookieName: cookieNames(isSecure, basePath, url.port),
    trustedProxies: parseNetworks(config.trusted_proxies),
    clientCertificates: config.trusted_proxies.length > 0 ||
      config.listen.tls?.client_certificates === 'request',
    senders: createRecent(1024),
    hostTokens: createRecent(1024),
    productName: issuer.name,
    branding: issuer.branding,
    look: lookOf(issuer.branding, engine.settings.issuer),
    languages: shared.languages,
    maxBodyBytes: MAX_BODY_BYTES,
    localToken: shared.options.localToken,
    cors: corsPolicies(issuer.cors, engine),
  };
  const route = createRouter({
    basePath: site.basePath,
    routes: routesOf(site),
    rootRoutes: rootRoutesOf(site),
    notFound: notFoundOf(site),
    failed: (error, request, context) =>
      errorPage(error, context, { ...site, asked: { request, context } }),
  });
  const isGuarding = config.issuers.some(({ settings }) =>
    settings.access_control.rules.length > 0
  );
  return isGuarding ? refusingStrayChecks(route, site.basePath) : route;
}
