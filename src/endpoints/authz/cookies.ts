import { cookieName, readCookies, serializeCookie } from '../../http/cookies.ts';
import type { Site } from '../site.ts';

/** At a protected host: who is signed in there, and what a sign-in is bound to. */
type Jar = 'ostiary_host' | 'ostiary_host_state';

/** For that host alone: no cookie of the issuer ever gets there. */
export function hostCookie(
  jar: Jar,
  request: Request,
  origin: string,
  site: Site,
): string | undefined {
  return readCookies(request.headers.get('cookie')).get(nameOf(jar, origin, site));
}

export function setHostCookie(
  jar: Jar,
  value: string,
  origin: string,
  site: Site,
  maxAgeSeconds?: number,
): string {
  return serializeCookie(nameOf(jar, origin, site), value, {
    secure: isSecure(origin),
    path: '/',
    ...maxAgeSeconds !== undefined && { maxAgeSeconds },
  });
}

/** Two issuers may guard one host. */
function nameOf(jar: Jar, origin: string, { basePath, port }: Site): string {
  return cookieName(jar, isSecure(origin), basePath, port);
}

function isSecure(origin: string): boolean {
  return origin.startsWith('https:');
}
