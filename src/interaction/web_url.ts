import { isLoopbackHost } from '../spec/redirect_uri.ts';

/**
 * A client's own URL, if a page may link to it or show it: https, or http on this machine. Anything else, such as
 * `javascript:`, is undefined, as are URLs that hide their host behind user information.
 */
export function webUrl(value: string | undefined): string | undefined {
  if (value === undefined || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  if (url.username !== '' || url.password !== '') return undefined;
  const isLoopback = url.protocol === 'http:' && isLoopbackHost(url.hostname);
  return url.protocol === 'https:' || isLoopback ? url.href : undefined;
}
