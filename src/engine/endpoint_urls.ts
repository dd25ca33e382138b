import type { Settings } from '../spec/settings.ts';

/** What an endpoint is called: by its own URL, and by the one for clients that show a certificate. RFC 8705 §5 */
export function endpointUrls(
  path: string,
  { issuer, mtls_endpoint_aliases: alias }: Settings,
): readonly string[] {
  return alias === undefined ? [issuer + path] : [issuer + path, alias + path];
}
