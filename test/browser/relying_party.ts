/** A web application on `openid-client`, with a session of its own that ends when it is told so, by any channel. */
import { randomUUID } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { html } from '../../src/http/html.ts';
import { type RunningServer, startServer } from '../../src/runtime/serve.ts';

export interface RelyingParty {
  readonly url: string;
  readonly client: Readonly<Record<string, unknown>>;
  /** What `openid-client` knows of the provider. */
  readonly config: oidc.Configuration;
  /** Those that are signed in here, by the `sid` of the ID token. */
  readonly sessions: ReadonlyMap<string, Tokens>;
  /** In the order in which somebody told it to sign out: `front` or `back`, and the sid. */
  readonly told: readonly string[];
  /** Once the provider is there. */
  connect(issuer: string): Promise<void>;
  close(): Promise<void>;
}

export type Tokens = oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers;

export interface RelyingPartyOptions {
  readonly client_id: string;
  /** `127.0.0.1` is another site than the provider's `localhost`. */
  readonly host: '127.0.0.1' | 'localhost';
  /** By which channel it is told. */
  readonly channel: 'front' | 'back' | 'none';
  readonly scope?: string;
  /** Milliseconds until it answers in a frame. */
  readonly frameDelay?: number;
  /** Beside what such a client needs. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

const SECRET = 'a secret of a relying party, 0123456789';

export async function startRelyingParty(options: RelyingPartyOptions): Promise<RelyingParty> {
  const { client_id, host, channel, scope = 'openid', frameDelay = 0, metadata } = options;
  const sessions = new Map<string, Tokens>();
  const told: string[] = [];
  const pending = new Map<string, string>();
  const posted = new Set<string>();
  let config: oidc.Configuration | undefined;

  const routes: Readonly<Record<string, (request: Request, url: URL) => Promise<Response>>> = {
    '/': (request) => Promise.resolve(whoPage(sessions.has(cookieOf(request)))),
    async '/login'() {
      const verifier = oidc.randomPKCECodeVerifier();
      const state = oidc.randomState();
      pending.set(state, verifier);
      return redirectTo(
        oidc.buildAuthorizationUrl(connected(), {
          redirect_uri: `${party.url}/callback`,
          scope,
          state,
          code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
        }),
      );
    },
    async '/callback'(_, url) {
      const state = url.searchParams.get('state') ?? '';
      const tokens = await oidc.authorizationCodeGrant(connected(), url, {
        expectedState: state,
        pkceCodeVerifier: pending.get(state) ?? '',
      });
      const sid = String(tokens.claims()?.['sid']);
      sessions.set(sid, tokens);
      return redirectTo(new URL('/', url), `sid=${sid}; HttpOnly`);
    },
    '/logout'(request, url) {
      const sid = cookieOf(request);
      const id_token = sessions.get(sid)?.id_token ?? '';
      sessions.delete(sid);
      const parameters = {
        id_token_hint: id_token,
        post_logout_redirect_uri: `${party.url}/signed-out`,
        state: 'a state of its own',
      };
      const target = oidc.buildEndSessionUrl(connected(), parameters);
      if (url.searchParams.get('by') !== 'form') return Promise.resolve(redirectTo(target));
      return Promise.resolve(formPage(target));
    },
    '/signed-out': (_, url) =>
      Promise.resolve(documentOf(html`<p id="state">${url.searchParams.get('state')}</p>`)),
    async '/front'(_, url) {
      await new Promise((resolve) => setTimeout(resolve, frameDelay));
      const sid = url.searchParams.get('sid') ?? '';
      if (url.searchParams.get('iss') !== connected().serverMetadata().issuer) return refuse();
      told.push(`front ${sid}`);
      sessions.delete(sid);
      return documentOf(html``);
    },
    async '/back'(request) {
      const { jwks_uri = '', issuer } = connected().serverMetadata();
      const token = (await request.formData()).get('logout_token');
      const { payload } = await jwtVerify(
        String(token),
        createRemoteJWKSet(new URL(jwks_uri)),
        { issuer, audience: client_id, typ: 'logout+jwt', requiredClaims: ['jti', 'sid', 'sub'] },
      );
      const isLogout = Object.hasOwn(
        payload['events'] as object,
        'http://schemas.openid.net/event/backchannel-logout',
      );
      if (!isLogout || 'nonce' in payload || posted.has(payload.jti ?? '')) return refuse();
      posted.add(payload.jti ?? '');
      told.push(`back ${payload['sid']}`);
      sessions.delete(String(payload['sid']));
      return new Response(null);
    },
  };

  const server: RunningServer = await startServer({
    host: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const url = new URL(request.url);
      const answer = routes[url.pathname];
      try {
        return await answer?.(request, new URL(url.pathname + url.search, party.url)) ??
          new Response('', { status: 404 });
      } catch (error) {
        return new Response(String(error), { status: 500 });
      }
    },
  });

  function connected(): oidc.Configuration {
    if (config === undefined) throw new Error('Cannot sign anybody in without a provider');
    return config;
  }

  const url = `http://${host}:${server.port}`;
  const party: RelyingParty = {
    url,
    client: {
      client_id,
      client_name: client_id,
      client_secret: `$plaintext$${SECRET}`,
      redirect_uris: [`${url}/callback`],
      post_logout_redirect_uris: [`${url}/signed-out`],
      grant_types: ['authorization_code', 'refresh_token'],
      scope: 'openid offline_access',
      consent_mode: scope.includes('offline_access') ? 'explicit' : 'implicit',
      ...channel === 'back' && { backchannel_logout_uri: `${url}/back` },
      ...channel === 'front' && {
        frontchannel_logout_uri: `${url}/front`,
        frontchannel_logout_session_required: true,
      },
      ...metadata,
    },
    get config() {
      return connected();
    },
    sessions,
    told,
    async connect(issuer) {
      config = await oidc.discovery(
        new URL(issuer),
        client_id,
        {},
        oidc.ClientSecretBasic(SECRET),
        {
          execute: [oidc.allowInsecureRequests],
        },
      );
    },
    close: () => server.close(1),
  };
  return party;
}

function cookieOf(request: Request): string {
  return /(?:^|; )sid=([\w-]+)/.exec(request.headers.get('cookie') ?? '')?.[1] ?? '';
}

function whoPage(isSignedIn: boolean): Response {
  return documentOf(html`<p id="who">${isSignedIn ? 'somebody' : 'nobody'}</p>`);
}

/** The same request by POST. RP-Initiated Logout §2 */
function formPage(target: URL): Response {
  const fields = Array.from(
    target.searchParams,
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  const action = target.origin + target.pathname;
  return documentOf(
    html`<form method="post" action="${action}">${fields}<button id="go">Go</button></form>`,
  );
}

function documentOf(body: { readonly markup: string }): Response {
  const head = '<!doctype html><title>Application</title><link rel="icon" href="data:,">';
  const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
  return new Response(head + body.markup, { headers });
}

function redirectTo(target: URL, cookie?: string): Response {
  const headers = { location: target.href, ...cookie !== undefined && { 'set-cookie': cookie } };
  return new Response(null, { status: 303, headers });
}

function refuse(): Response {
  return new Response(randomUUID(), { status: 400 });
}
