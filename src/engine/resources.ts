import { OAuthError } from '../spec/oauth_error.ts';
import type { Params } from '../spec/params.ts';
import type { Resource } from '../spec/resource.ts';
import type { Engine } from './engine.ts';

/** The resources a request names, each of them registered. RFC 8707 §2. @throws {OAuthError} `invalid_target` */
export function parseResources(params: Params, engine: Engine): readonly string[] {
  const asked = [...new Set(params.all('resource'))];
  if (asked.length > 10) throw new OAuthError('invalid_target', 'more than 10 resources');
  for (const resource of asked) {
    if (!engine.settings.resources.has(resource)) {
      throw new OAuthError('invalid_target', 'resource is not registered');
    }
  }
  return asked;
}

/** The resources tokens are asked for now: those named, or all that were granted. RFC 8707 §2.2. @throws {OAuthError} `invalid_target` */
export function narrowResources(
  params: Params,
  granted: readonly string[],
  engine: Engine,
): readonly string[] {
  const asked = parseResources(params, engine);
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
