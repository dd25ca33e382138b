import type { Client } from '../spec/client.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import type { Params } from '../spec/params.ts';
import type { Resource } from '../spec/resource.ts';
import { audienceForScopes } from './administrators.ts';
import type { Engine } from './engine.ts';

/**
 * Whom access tokens of these scopes are asked for: registered resources (RFC 8707 §2) and names of the client's own
 * audience, by either parameter. @throws {OAuthError} `invalid_target`
 */
export function parseResources(
  params: Params,
  scope: readonly string[],
  client: Client,
  engine: Engine,
): readonly string[] {
  const asked = namedIn(params);
  const ofScopes = audienceForScopes(scope, asked, engine);
  if (ofScopes !== undefined) return ofScopes;
  if (!asked.every((name) => isResourceOf(client, name, engine))) {
    throw new OAuthError('invalid_target', 'resource is not registered, or not for this client');
  }
  if (asked.length > 0 || client.requested_audience_mode === 'explicit') return asked;
  return client.audience ?? [];
}

/** Whether a client may have tokens for a resource. */
export function isResourceOf(
  { audience }: Pick<Client, 'audience'>,
  name: string,
  { settings }: Pick<Engine, 'settings'>,
): boolean {
  return audience === undefined ? settings.resources.has(name) : audience.includes(name);
}

/** The resources tokens are asked for now: those named, or all that were granted. RFC 8707 §2.2. @throws {OAuthError} `invalid_target` */
export function narrowResources(params: Params, granted: readonly string[]): readonly string[] {
  const asked = namedIn(params);
  if (asked.length === 0) return granted;
  for (const resource of asked) {
    if (!granted.includes(resource)) {
      throw new OAuthError('invalid_target', 'resource was not granted');
    }
  }
  return asked;
}

export function registeredResources(names: readonly string[], engine: Engine): readonly Resource[] {
  return names.flatMap((name) => engine.settings.resources.get(name) ?? []);
}

/** What a request names, by either parameter. @throws {OAuthError} `invalid_target` */
export function namedIn(params: Params): readonly string[] {
  const asked = [...new Set([...params.all('resource'), ...params.all('audience')])];
  if (asked.length > 10) throw new OAuthError('invalid_target', 'more than 10 resources');
  return asked;
}
