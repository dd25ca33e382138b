/** An application that signs people in with OpenID Connect, as small as one that shows everything can be. */
import * as oidc from 'openid-client';
import { readCookies, serializeCookie } from '../../src/http/cookies.ts';
import type { Html } from '../../src/http/html.ts';
import { isSameOrigin } from '../../src/http/origin.ts';
import { newNonce, page, plainText, seeOther } from '../../src/http/respond.ts';
import { startServer } from '../../src/runtime/serve.ts';
import { type Json, type Notice, resultPage, welcomePage } from './pages.ts';

export interface RelyingPartyOptions {
  readonly issuer: string;
  readonly client_id: string;
  readonly client_secret: string;
  readonly scope: string;
  /** 0: any free one. */
  readonly port: number;
  /** Shown on the first page. */
  readonly account?: { readonly username: string; readonly password: string };
}

export interface RelyingParty {
  /** Without a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/** What one browser is doing here; forgotten with the process. */
interface Session {
  /** What only the answer to this browser's own request can match. */
  attempt?: { readonly state: string; readonly nonce: string; readonly code_verifier: string };
  person?: Person;
  notice?: Notice;
}

interface Person {
  readonly tokens: Tokens;
  /** Of the last ID token; a refresh may come without one. */
  readonly id_token: string;
  readonly claims: oidc.IDToken;
  readonly userinfo: Json;
  /** Shown once. */
  renewed?: ReadonlySet<string>;
  introspection?: Json;
}

type Tokens = oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers;

interface Context {
  readonly options: RelyingPartyOptions;
  readonly url: string;
  readonly session: Session;
  readonly request: Request;
  /** The provider's discovery document, and who we are to it. */
  provider(): Promise<oidc.Configuration>;
  /** Ends this browser's session and gives it another. */
  renewSession(kept: Session): void;
}

type Handler = (context: Context) => Response | Promise<Response>;

/** The redirect URI to register is `/callback` under the URL. */
export async function startRelyingParty(options: RelyingPartyOptions): Promise<RelyingParty> {
  const sessions = new Map<string, Session>();
  let provider: Promise<oidc.Configuration> | undefined;
  let url = '';
  const server = await startServer({ fetch: answer, host: '127.0.0.1', port: options.port });
  url = `http://localhost:${server.port}`;
  return { url, close: () => server.close(1) };

  async function answer(request: Request): Promise<Response> {
    const { host, pathname } = new URL(request.url);
    // Cookies and the redirect URI belong to one name of this machine.
    if (`http://${host}` !== url) return seeOther(`${url}/`);
    const handler = HANDLERS.get(`${request.method} ${pathname}`);
    if (handler === undefined) return plainText('Not Found\n', 404);
    if (request.method === 'POST' && !isSameOrigin(request, url)) {
      return plainText('Forbidden\n', 403);
    }
    const sent = readCookies(request.headers.get('cookie')).get(COOKIE) ?? '';
    let id = sent;
    let session = sessions.get(id);
    if (session === undefined) session = open({});
    function open(fresh: Session): Session {
      id = oidc.randomState();
      sessions.set(id, fresh);
      const [oldest] = sessions.keys();
      if (sessions.size > MAX_SESSIONS && oldest !== undefined) sessions.delete(oldest);
      return fresh;
    }
    const response = await handler({
      options,
      url,
      session,
      request,
      provider: () =>
        provider ??= discover(options).catch((error) => {
          provider = undefined;
          throw error;
        }),
      renewSession(kept) {
        sessions.delete(id);
        open(kept);
      },
    });
    if (id !== sent) {
      response.headers.append(
        'set-cookie',
        serializeCookie(COOKIE, id, { secure: false, path: '/' }),
      );
    }
    return response;
  }
}

/** Not the provider's: cookies do not tell the ports of one host apart. */
const COOKIE = 'demo_session';
const MAX_SESSIONS = 1000;

const HANDLERS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['GET /', home],
  ['POST /sign-in', signIn],
  ['GET /callback', guarded(callback)],
  ['POST /refresh', guarded(refresh)],
  ['POST /introspect', guarded(introspect)],
  ['POST /revoke', guarded(revoke)],
  ['POST /sign-out', signOut],
  ['POST /sign-out-everywhere', signOutEverywhere],
]);

function discover(
  { issuer, client_id, client_secret }: RelyingPartyOptions,
): Promise<oidc.Configuration> {
  const authentication = oidc.ClientSecretBasic(client_secret);
  // Verifies signatures even of ID tokens that come straight from the token endpoint.
  const execute = [oidc.enableNonRepudiationChecks];
  // Plain http is for this machine alone.
  if (issuer.startsWith('http://')) execute.push(oidc.allowInsecureRequests);
  return oidc.discovery(new URL(issuer), client_id, undefined, authentication, { execute });
}

function home({ options: { issuer, account }, session }: Context): Response {
  const { person, notice } = session;
  const nonce = newNonce();
  const view = person === undefined ? welcomePage({ nonce, issuer, notice, account }) : resultPage({
    nonce,
    issuer,
    notice,
    tokens: { ...person.tokens },
    renewed: person.renewed ?? new Set(),
    header: headerOf(person.id_token),
    claims: { ...person.claims },
    userinfo: person.userinfo,
    introspection: person.introspection,
  });
  delete session.notice;
  delete person?.renewed;
  return show(view, nonce, issuer);
}

function show(view: Html, nonce: string, issuer: string): Response {
  // The button's form ends, by redirects, at the provider's pages.
  return page(view, { nonce, formAction: [new URL(issuer).origin], hsts: false });
}

/** Core §3.1.2.1, with PKCE (RFC 7636). */
async function signIn(context: Context): Promise<Response> {
  const { options, url, session } = context;
  try {
    const provider = await context.provider();
    const code_verifier = oidc.randomPKCECodeVerifier();
    const attempt = { state: oidc.randomState(), nonce: oidc.randomNonce(), code_verifier };
    session.attempt = attempt;
    const address = oidc.buildAuthorizationUrl(provider, {
      redirect_uri: `${url}/callback`,
      scope: options.scope,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(code_verifier),
      code_challenge_method: 'S256',
    });
    return seeOther(address.href);
  } catch (error) {
    session.notice = failure('The provider did not answer as it should', error);
    return seeOther(`${url}/`);
  }
}

/** Core §3.1.2.5, §3.1.3 and §5.3. */
async function callback(
  { url, session, request, provider, renewSession }: Context,
): Promise<void> {
  const { attempt } = session;
  if (attempt === undefined) {
    throw new Error('This browser has not asked for it, or too long ago. Sign in again.');
  }
  delete session.attempt;
  const current = new URL(`${url}/callback`);
  current.search = new URL(request.url).search;
  const config = await provider();
  const tokens = await oidc.authorizationCodeGrant(config, current, {
    expectedState: attempt.state,
    expectedNonce: attempt.nonce,
    pkceCodeVerifier: attempt.code_verifier,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  if (claims === undefined || tokens.id_token === undefined) {
    throw new Error('There is no ID token.');
  }
  const userinfo = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
  // A new session for the person: whoever knew this browser's earlier one has nothing.
  renewSession({
    person: { tokens, id_token: tokens.id_token, claims, userinfo },
    notice: {
      kind: 'good',
      title: 'You are signed in',
      text: 'The code was exchanged for the tokens below, and is spent.',
    },
  });
}

/** RFC 6749 §6, Core §12. */
async function refresh({ session, provider }: Context): Promise<void> {
  const person = personOf(session);
  const { refresh_token } = person.tokens;
  if (refresh_token === undefined) {
    throw new Error('There is no refresh token: “Keep access while you are away” was not allowed.');
  }
  const config = await provider();
  const tokens = await oidc.refreshTokenGrant(config, refresh_token);
  const before: Json = { ...person.tokens };
  const { sub } = person.claims;
  session.person = {
    tokens,
    id_token: tokens.id_token ?? person.id_token,
    claims: tokens.claims() ?? person.claims,
    userinfo: await oidc.fetchUserInfo(config, tokens.access_token, sub),
    renewed: new Set(
      Object.entries(tokens).flatMap(([name, value]) => before[name] === value ? [] : [name]),
    ),
  };
  session.notice = {
    kind: 'good',
    title: 'Refreshed',
    text:
      'The refresh token was exchanged for new tokens, without you. It is spent; the next one came along.',
  };
}

/** RFC 7662. */
async function introspect({ session, provider }: Context): Promise<void> {
  const person = personOf(session);
  const answer = await oidc.tokenIntrospection(await provider(), person.tokens.access_token);
  person.introspection = answer;
  session.notice = {
    kind: 'good',
    title: answer.active ? 'The access token is good' : 'The access token is not good any more',
    text: 'The provider’s whole answer is below.',
  };
}

/** RFC 7009: with the refresh token, everything that came of this sign-in ends. */
async function revoke({ session, provider }: Context): Promise<void> {
  const person = personOf(session);
  const { access_token, refresh_token } = person.tokens;
  await oidc.tokenRevocation(await provider(), refresh_token ?? access_token);
  session.notice = {
    kind: 'good',
    title: 'Revoked',
    text: 'The tokens below are worthless now. Try it: introspect, or refresh.',
  };
}

function signOut({ url, renewSession }: Context): Response {
  renewSession({
    notice: {
      kind: 'good',
      title: 'Signed out here',
      text:
        'This application has forgotten you. The provider has not: it lets you in again without a password.',
    },
  });
  return seeOther(`${url}/`);
}

/** RP-Initiated Logout §2. */
async function signOutEverywhere(context: Context): Promise<Response> {
  const { url, session, renewSession } = context;
  try {
    const address = oidc.buildEndSessionUrl(await context.provider(), {
      ...session.person !== undefined && { id_token_hint: session.person.id_token },
      post_logout_redirect_uri: `${url}/`,
    });
    renewSession({
      notice: {
        kind: 'good',
        title: 'Signed out everywhere',
        text: 'This application has forgotten you, and so has the provider.',
      },
    });
    return seeOther(address.href);
  } catch (error) {
    session.notice = failure('The provider did not answer as it should', error);
    return seeOther(`${url}/`);
  }
}

/** Does something, then shows what came of it; an error becomes the notice. */
function guarded(action: (context: Context) => Promise<void>): Handler {
  return async (context) => {
    try {
      await action(context);
    } catch (error) {
      context.session.notice = failure('That did not work', error);
    }
    return seeOther(`${context.url}/`);
  };
}

function failure(title: string, error: unknown): Notice {
  return { kind: 'bad', title, text: wordsOf(error) };
}

function wordsOf(error: unknown): string {
  if (error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError) {
    const { error: code, error_description = 'no more than that' } = error;
    return `The provider answered ${code}: ${error_description}`;
  }
  return error instanceof Error ? error.message : String(error);
}

function personOf({ person }: Session): Person {
  if (person === undefined) throw new Error('Nobody is signed in here. Sign in first.');
  return person;
}

function headerOf(jwt: string): Json {
  const [header = ''] = jwt.split('.');
  return JSON.parse(Buffer.from(header, 'base64url').toString()) as Json;
}
