import type { OwnAnswer } from '../../net/outbound.ts';
import { isMap } from '../../spec/is_map.ts';
import { CLOCK_TOLERANCE } from './clock.ts';
import { type Patient, type Remark, shown, time } from './finding.ts';
import type { Arrival } from './probes.ts';
import { tlsRemark } from './tls.ts';

type Answered = Extract<OwnAnswer, { readonly ok: true }>;

const DISCOVERY = '/.well-known/openid-configuration';

/** The server as others see it: does the issuer lead here, and does what it says come through unchanged? */
export async function ownUrl(patient: Patient): Promise<readonly Remark[]> {
  const { engine: { outbound, probes, settings: { issuer } } } = patient;
  const probe = probes.begin();
  const answer = await outbound.askOwn(`${issuer}${DISCOVERY}?${probe.query}`);
  const arrival = probe.end();
  if (!answer.ok) return [unreachable(answer.problem, issuer)];
  const wrong = documentRemark(answer, patient);
  if (wrong !== undefined) return [wrong];
  return [
    ...arrival === undefined ? [notHere(issuer)] : proxyRemarks(arrival, issuer),
    ...dateRemarks(answer, patient),
    ...await metadataAtRoot(patient),
    ...await pages(patient),
  ];
}

function unreachable(problem: string, issuer: string): Remark {
  return tlsRemark(problem, issuer) ?? {
    severity: 'warning',
    about: issuer,
    found: `cannot be reached from this machine: ${shown(problem)}`,
    change:
      'if a proxy or a DNS name stands before it that only the outside sees, nothing; if not, ' +
      'set issuer to the address that applications use, and have it lead here',
  };
}

/** Status, form and issuer of the discovery document. Discovery 1.0 §4.3 */
function documentRemark(
  { status, location, body }: Answered,
  { engine }: Patient,
): Remark | undefined {
  const { issuer } = engine.settings;
  const error = (found: string, change: string): Remark => ({
    severity: 'error',
    about: issuer,
    found,
    change,
  });
  if (location !== undefined && status >= 300 && status < 400) {
    return error(
      `${DISCOVERY} redirects to ${shown(location)}, and libraries do not follow that`,
      'set issuer to the address that answers by itself, or take the redirect out of the proxy',
    );
  }
  if (status !== 200) {
    return error(
      `${DISCOVERY} is answered with status ${status}`,
      status === 502 || status === 503 || status === 504
        ? 'the proxy does not reach this server: compare its target with the option listen'
        : HAND_ON + (engine.engines().length > 1 ? AND_HOST : ''),
    );
  }
  const document = parsed(body);
  if (!isMap(document) || typeof document['issuer'] !== 'string') {
    return error(
      'something answers there that is no OpenID provider',
      HAND_ON,
    );
  }
  return document['issuer'] === issuer ? undefined : error(
    `the document there says that its issuer is ${shown(document['issuer'])}`,
    'another server answers there: correct the proxy, or set issuer to the address of this one',
  );
}

const HAND_ON = 'have the proxy hand on every path below the issuer, unchanged, to this server';
const AND_HOST =
  ', with the Host that the browser used, as issuers are told apart by it: as Host, or as X-Forwarded-Host from ' +
  'one of trusted_proxies';

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notHere(issuer: string): Remark {
  return {
    severity: 'warning',
    about: issuer,
    found: 'the right document is there, but it was not this process that answered',
    change: 'see whether a cache stands before it, or a second server runs with the same issuer: ' +
      'sessions and codes of one are unknown to another',
  };
}

function proxyRemarks(
  { untrustedProxy, silentProxy }: Arrival,
  about: string,
): readonly Remark[] {
  if (untrustedProxy !== undefined) {
    return [{
      severity: 'warning',
      about,
      found:
        `requests to it come through ${
          shown(untrustedProxy)
        }, which is not among trusted_proxies, ` +
        'so that all people seem to come from there',
      change: `trusted_proxies: [ ${shown(untrustedProxy)} ]`,
    }];
  }
  const isLocal = /^https?:\/\/(localhost|127\.|\[::1\])/.test(about);
  return silentProxy === undefined || isLocal ? [] : [{
    severity: 'warning',
    about,
    found:
      `the proxy at ${shown(silentProxy)} does not say whom it forwards, so that all people seem ` +
      'to come from there',
    change: 'have it set X-Forwarded-For or Forwarded',
  }];
}

function dateRemarks({ date }: Answered, { nowSeconds }: Patient): readonly Remark[] {
  const seconds = date === undefined ? NaN : Date.parse(date) / 1000;
  if (!(Math.abs(seconds - nowSeconds) > CLOCK_TOLERANCE)) return [];
  return [{
    severity: 'error',
    about: 'clock',
    found: `what answers at the issuer says that it is ${time(seconds)}, and this machine ${
      time(nowSeconds)
    }`,
    change:
      'set both clocks, and keep them set with NTP: tokens of a wrong time are refused everywhere',
  }];
}

/** RFC 8414 §3.1: with a path in the issuer, the document is outside of that path, and proxies miss it. */
async function metadataAtRoot({ engine }: Patient): Promise<readonly Remark[]> {
  const { issuer } = engine.settings;
  const { origin, pathname } = new URL(issuer);
  if (pathname === '/') return [];
  const path = `/.well-known/oauth-authorization-server${pathname}`;
  const answer = await engine.outbound.askOwn(`${origin}${path}`);
  const document = answer.ok && answer.status === 200 ? parsed(answer.body) : undefined;
  if (isMap(document) && document['issuer'] === issuer) return [];
  return [{
    severity: 'warning',
    about: issuer,
    found: `${path} does not lead here, where clients of RFC 8414 look`,
    change: `have the proxy hand on ${path} to this server, too`,
  }];
}

/** A redirect and a cookie of ours, as browsers get them. */
async function pages({ engine }: Patient): Promise<readonly Remark[]> {
  const { outbound, settings: { issuer } } = engine;
  const account = await outbound.askOwn(`${issuer}/account`);
  const login = await outbound.askOwn(`${issuer}/login`);
  const remarks: Remark[] = [];
  if (account.ok && account.location?.startsWith(`${issuer}/`) !== true) {
    remarks.push({
      severity: 'error',
      about: issuer,
      found: `/account should lead to ${issuer}/login, and leads to ${
        shown(account.location ?? `status ${account.status}`)
      }`,
      change: 'have the proxy leave Location headers and pages as they are',
    });
  }
  const cookie = login.ok ? login.cookies.find((each) => /^(__Host-)?ostiary_/.test(each)) : '';
  const isSecure = issuer.startsWith('https:');
  const isWhole = cookie !== undefined &&
    (!isSecure ||
      /^__Host-/.test(cookie) && /; *secure/i.test(cookie) && /; *path=\/(;|$)/i.test(cookie));
  if (login.ok && !isWhole) {
    remarks.push({
      severity: 'error',
      about: issuer,
      found: cookie === undefined
        ? '/login sets no cookie, so that nobody can sign in'
        : 'cookies come without Secure or with another path, so that browsers drop them',
      change:
        'have the proxy leave Set-Cookie headers as they are (proxy_cookie_path, proxy_cookie_flags)',
    });
  }
  return remarks;
}
