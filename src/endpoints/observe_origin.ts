import { type Arrival, probeIn } from '../engine/doctor/probes.ts';
import { observe } from '../engine/observations.ts';
import { isTrustedProxy } from '../http/client_address.ts';
import type { RequestContext } from '../http/router.ts';
import type { Site } from './site.ts';

/** For the doctor: browsers that come by another name or scheme than the issuer's, proxies that nobody trusts. */
export function observeOrigin(request: Request, context: RequestContext, site: Site): void {
  const { host, proto, untrustedProxy } = seenOrigin(request, context, site);
  const { engine } = site;
  if (untrustedProxy !== undefined) observe({ kind: 'forwarded', value: untrustedProxy }, engine);
  if (host !== undefined && host !== site.origin.slice(site.origin.indexOf('//') + 2)) {
    observe({ kind: 'host', value: host }, engine);
  }
  if (proto === 'http' && site.isSecure) observe({ kind: 'proto', value: proto }, engine);
}

/** The doctor asks the server by its public URL, and learns how that came here. */
export function noteProbe(request: Request, context: RequestContext, site: Site): void {
  const probe = probeIn(context.query);
  if (probe === undefined) return;
  site.engine.probes.arrived(probe, () => seenOrigin(request, context, site));
}

/** Whatever proxies pass on counts here, as nothing but the doctor's advice rests on it. */
function seenOrigin(
  { headers }: Request,
  { peerAddress }: RequestContext,
  site: Site,
): Arrival {
  const isForwarded = FORWARDING.some((name) => headers.has(name));
  const { host = firstOf(headers.get('host')), proto } = isForwarded
    ? forwardedOrigin(headers)
    : {};
  const isTrusted = isTrustedProxy(peerAddress, site.trustedProxies);
  return {
    host: host === undefined ? undefined : plainHost(host, site.isSecure),
    proto: proto?.toLowerCase(),
    silentProxy: isTrusted && !isForwarded ? peerAddress : undefined,
    untrustedProxy: isForwarded && !isTrusted ? peerAddress ?? 'unknown' : undefined,
  };
}

function forwardedOrigin(headers: Headers): Pick<Arrival, 'host' | 'proto'> {
  const forwarded = headers.get('forwarded');
  return {
    host: parameterOf(forwarded, 'host') ?? firstOf(headers.get('x-forwarded-host')),
    proto: parameterOf(forwarded, 'proto') ?? firstOf(headers.get('x-forwarded-proto')),
  };
}

const FORWARDING = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'];

/** Of the proxy that stands nearest to the browser. */
function firstOf(header: string | null): string | undefined {
  const first = header?.slice(0, MAX_LENGTH).split(',', 1)[0]?.trim();
  return first === '' ? undefined : first;
}

/** RFC 7239 §4. */
function parameterOf(header: string | null, name: string): string | undefined {
  const pair = firstOf(header)?.split(';').map((each) => each.trim()).find((each) =>
    each.toLowerCase().startsWith(`${name}=`)
  );
  return pair?.slice(name.length + 1).replace(/^"(.*)"$/, '$1');
}

const MAX_LENGTH = 1000;

function plainHost(host: string, isSecure: boolean): string {
  const text = host.toLowerCase();
  const usual = isSecure ? ':443' : ':80';
  return text.endsWith(usual) ? text.slice(0, -usual.length) : text;
}
