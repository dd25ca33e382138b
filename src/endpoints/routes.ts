import type { Handler, Route } from '../http/router.ts';
import { notFoundPage } from '../interaction/error_page.ts';
import { administrationHandler, isAdministration } from './administration.ts';
import { authorization } from './authorization.ts';
import { authzHandler, isAuthz } from './authz_handler.ts';
import { brandingLogo, brandingStyleSheet } from './branding.ts';
import { deviceAuthorization } from './device_authorization.ts';
import { discoveryHandler } from './discovery.ts';
import { healthz, readyz } from './health.ts';
import { introspection } from './introspection.ts';
import { jwks } from './jwks.ts';
import { pushedAuthorizationRequest } from './pushed_authorization_request.ts';
import { revocation } from './revocation.ts';
import { pageHandler, type Site, type SiteHandler } from './site.ts';
import { token } from './token.ts';
import { userinfo } from './userinfo.ts';

type Loading<N extends string> = () => Promise<Readonly<Record<N, SiteHandler>>>;

// Each is loaded with its first request: a start does without pages, and so does a server that nobody signs in at.
const loadActivity = () => import('../interaction/account/activity.ts');
const loadApplications = () => import('../interaction/account/applications.ts');
const loadConsent = () => import('../interaction/consent.ts');
const loadDevice = () => import('../interaction/device.ts');
const loadEndSession = () => import('./end_session.ts');
const loadFactors = () => import('../interaction/account/factors.ts');
const loadHome = () => import('../interaction/home.ts');
const loadHostSignIn = () => import('../interaction/authz/sign_in.ts');
const loadLanguage = () => import('../interaction/language.ts');
const loadLogin = () => import('../interaction/login.ts');
const loadLogout = () => import('../interaction/logout.ts');
const loadOverview = () => import('../interaction/account/overview.ts');
const loadPasskey = () => import('../interaction/passkey.ts');
const loadPasskeyLogin = () => import('../interaction/passkey_login.ts');
const loadPassword = () => import('../interaction/account/password.ts');
const loadProfile = () => import('../interaction/account/profile.ts');
const loadRecoveryCodes = () => import('../interaction/recovery_codes.ts');
const loadRequests = () => import('../interaction/account/requests.ts');
const loadResetPassword = () => import('../interaction/reset_password.ts');
const loadSecondFactor = () => import('../interaction/second_factor.ts');
const loadSelectAccount = () => import('../interaction/select_account.ts');
const loadSessions = () => import('../interaction/account/sessions.ts');
const loadSetup = () => import('../interaction/setup.ts');
const loadSignUp = () => import('../interaction/sign_up.ts');
const loadTotp = () => import('../interaction/totp.ts');

/** Everything below the issuer. */
export function routesOf(site: Site): readonly Route[] {
  const at = (handler: SiteHandler): Handler => (request, context) =>
    handler(request, context, site);
  const atPage = (handler: SiteHandler): Handler => pageHandler(handler, site);
  const page = <N extends string>(name: N, load: Loading<N>): Handler =>
    atPage(async (...request) => (await load())[name](...request));
  // Loaded with the first request: a start does without it.
  const backchannelAuthentication = at(async (...request) =>
    (await import('./backchannel_authentication.ts')).backchannelAuthentication(...request)
  );
  const atRegistration = (name: keyof typeof import('./registration.ts')): Handler =>
    at(async (...request) => (await import('./registration.ts'))[name](...request));
  const atCheckSession = at(async (...request) =>
    (await import('./check_session.ts')).checkSession(...request)
  );
  const routes: readonly Route[] = [
    { path: '/', methods: { GET: page('home', loadHome) } },
    { path: '/.well-known/openid-configuration', methods: { GET: discoveryHandler(site) } },
    { path: '/jwks', methods: { GET: at(jwks) } },
    { path: '/authorize', methods: { GET: atPage(authorization), POST: atPage(authorization) } },
    { path: '/par', methods: { POST: at(pushedAuthorizationRequest) } },
    { path: '/token', methods: { POST: at(token) } },
    { path: '/device_authorization', methods: { POST: at(deviceAuthorization) } },
    { path: '/backchannel_authentication', methods: { POST: backchannelAuthentication } },
    { path: '/userinfo', methods: { GET: at(userinfo), POST: at(userinfo) } },
    { path: '/introspect', methods: { POST: at(introspection) } },
    { path: '/revoke', methods: { POST: at(revocation) } },
    {
      path: '/login',
      methods: { GET: page('login', loadLogin), POST: page('submitLogin', loadLogin) },
    },
    { path: '/login/passkey', methods: { POST: page('submitPasskeyLogin', loadPasskeyLogin) } },
    {
      path: '/login/second-factor',
      methods: {
        GET: page('secondFactor', loadSecondFactor),
        POST: page('submitSecondFactor', loadSecondFactor),
      },
    },
    { path: '/authz/sign-in', methods: { GET: page('hostSignIn', loadHostSignIn) } },
    {
      path: '/consent',
      methods: { GET: page('consent', loadConsent), POST: page('submitConsent', loadConsent) },
    },
    { path: '/check_session', methods: { GET: atCheckSession } },
    {
      path: '/end_session',
      methods: {
        GET: page('endSession', loadEndSession),
        POST: page('endSession', loadEndSession),
      },
    },
    {
      path: '/end_session/confirm',
      methods: { GET: page('logout', loadLogout), POST: page('submitLogout', loadLogout) },
    },
    {
      path: '/select-account',
      methods: {
        GET: page('selectAccount', loadSelectAccount),
        POST: page('submitSelectAccount', loadSelectAccount),
      },
    },
    {
      path: '/sign-up',
      methods: { GET: page('signUp', loadSignUp), POST: page('submitSignUp', loadSignUp) },
    },
    {
      path: '/reset-password',
      methods: {
        GET: page('resetPassword', loadResetPassword),
        POST: page('submitResetPassword', loadResetPassword),
      },
    },
    {
      path: '/account',
      methods: { GET: page('overview', loadOverview), POST: page('submitOverview', loadOverview) },
    },
    {
      path: '/account/profile',
      methods: { GET: page('profile', loadProfile), POST: page('submitProfile', loadProfile) },
    },
    {
      path: '/account/password',
      methods: { GET: page('password', loadPassword), POST: page('submitPassword', loadPassword) },
    },
    {
      path: '/account/sessions',
      methods: {
        GET: page('sessionsPage', loadSessions),
        POST: page('submitSessions', loadSessions),
      },
    },
    {
      path: '/account/applications',
      methods: {
        GET: page('applicationsPage', loadApplications),
        POST: page('submitApplications', loadApplications),
      },
    },
    {
      path: '/account/requests',
      methods: {
        GET: page('requestsPage', loadRequests),
        POST: page('submitRequests', loadRequests),
      },
    },
    {
      path: '/account/factors',
      methods: { GET: page('factors', loadFactors), POST: page('submitFactors', loadFactors) },
    },
    {
      path: '/account/totp',
      methods: { GET: page('totp', loadTotp), POST: page('submitTotp', loadTotp) },
    },
    {
      path: '/account/passkey',
      methods: { GET: page('passkey', loadPasskey), POST: page('submitPasskey', loadPasskey) },
    },
    {
      path: '/account/recovery-codes',
      methods: {
        GET: page('recoveryCodes', loadRecoveryCodes),
        POST: page('submitRecoveryCodes', loadRecoveryCodes),
      },
    },
    { path: '/account/activity', methods: { GET: page('activity', loadActivity) } },
    {
      path: '/device',
      methods: { GET: page('device', loadDevice), POST: page('submitDevice', loadDevice) },
    },
    {
      path: '/device/confirm',
      methods: {
        GET: page('confirmDevice', loadDevice),
        POST: page('submitDeviceConfirmation', loadDevice),
      },
    },
    {
      path: '/setup',
      methods: { GET: page('setup', loadSetup), POST: page('submitSetup', loadSetup) },
    },
    { path: '/language', methods: { POST: page('submitLanguage', loadLanguage) } },
    { path: '/branding/logo', methods: { GET: atPage(brandingLogo) } },
    { path: '/branding/style.css', methods: { GET: atPage(brandingStyleSheet) } },
    ...site.engine.settings.registration.mode === 'off' ? [] : [
      { path: '/register', methods: { POST: atRegistration('registration') } },
      {
        path: '/register/{client_id}',
        methods: {
          GET: atRegistration('clientConfiguration'),
          PUT: atRegistration('clientUpdate'),
          DELETE: atRegistration('clientRemoval'),
        },
      },
    ],
    { path: '/healthz', methods: { GET: healthz } },
    { path: '/readyz', methods: { GET: at(readyz) } },
  ];
  return routes.map((route) => withCors(route, site));
}

/** Of paths that no route has: those of administration and of proxies, which are not loaded before, and strangers. */
export function notFoundOf(site: Site): Handler {
  const showPage = pageHandler(notFoundPage, site);
  const administer = administrationHandler(site);
  const judge = authzHandler(site);
  return (request, context) => {
    if (isAuthz(context.path)) return judge(request, context);
    return isAdministration(context.path)
      ? administer(request, context)
      : showPage(request, context);
  };
}

/** What stands at the root of the host, whatever the issuer's path. RFC 8414 §3.1. */
export function rootRoutesOf(site: Site): readonly Route[] {
  const metadata = discoveryHandler(site);
  const forms = [`/.well-known/oauth-authorization-server${site.basePath}`];
  // Clients that put the issuer's path last, as RFC 8414 §5 has it, look for the OpenID document here.
  if (site.basePath !== '') forms.push(`/.well-known/openid-configuration${site.basePath}`);
  return forms.map((path) => ({ path, methods: { GET: metadata }, cors: { kind: 'open' } }));
}

function withCors(route: Route, site: Site): Route {
  const cors = site.cors(route.path);
  return cors === undefined ? route : { ...route, cors };
}
