import type { Handler, Route } from '../http/router.ts';
import { activity } from '../interaction/account/activity.ts';
import { applicationsPage, submitApplications } from '../interaction/account/applications.ts';
import { factors, submitFactors } from '../interaction/account/factors.ts';
import { overview, submitOverview } from '../interaction/account/overview.ts';
import { password, submitPassword } from '../interaction/account/password.ts';
import { profile, submitProfile } from '../interaction/account/profile.ts';
import { requestsPage, submitRequests } from '../interaction/account/requests.ts';
import { sessionsPage, submitSessions } from '../interaction/account/sessions.ts';
import { consent, submitConsent } from '../interaction/consent.ts';
import {
  confirmDevice,
  device,
  submitDevice,
  submitDeviceConfirmation,
} from '../interaction/device.ts';
import { notFoundPage } from '../interaction/error_page.ts';
import { home } from '../interaction/home.ts';
import { submitLanguage } from '../interaction/language.ts';
import { login, submitLogin } from '../interaction/login.ts';
import { passkey, submitPasskey } from '../interaction/passkey.ts';
import { submitPasskeyLogin } from '../interaction/passkey_login.ts';
import { recoveryCodes, submitRecoveryCodes } from '../interaction/recovery_codes.ts';
import { secondFactor, submitSecondFactor } from '../interaction/second_factor.ts';
import { submitTotp, totp } from '../interaction/totp.ts';
import { resetPassword, submitResetPassword } from '../interaction/reset_password.ts';
import { selectAccount, submitSelectAccount } from '../interaction/select_account.ts';
import { setup, submitSetup } from '../interaction/setup.ts';
import { signUp, submitSignUp } from '../interaction/sign_up.ts';
import { hostSignIn } from '../interaction/authz/sign_in.ts';
import { administrationHandler, isAdministration } from './administration.ts';
import { authorization } from './authorization.ts';
import { authzHandler, isAuthz } from './authz_handler.ts';
import { backchannelAuthentication } from './backchannel_authentication.ts';
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

/** Everything below the issuer. */
export function routesOf(site: Site): readonly Route[] {
  const at = (handler: SiteHandler): Handler => (request, context) =>
    handler(request, context, site);
  const atPage = (handler: SiteHandler): Handler => pageHandler(handler, site);
  // Loaded with the first request: a start does without it.
  const atRegistration = (name: keyof typeof import('./registration.ts')): Handler =>
    at(async (...request) => (await import('./registration.ts'))[name](...request));
  const endSession = atPage(async (...request) =>
    (await import('./end_session.ts')).endSession(...request)
  );
  const atCheckSession = at(async (...request) =>
    (await import('./check_session.ts')).checkSession(...request)
  );
  const atLogout = (name: 'logout' | 'submitLogout'): Handler =>
    atPage(async (...request) => (await import('../interaction/logout.ts'))[name](...request));
  const routes: readonly Route[] = [
    { path: '/', methods: { GET: atPage(home) } },
    { path: '/.well-known/openid-configuration', methods: { GET: discoveryHandler(site) } },
    { path: '/jwks', methods: { GET: at(jwks) } },
    { path: '/authorize', methods: { GET: atPage(authorization), POST: atPage(authorization) } },
    { path: '/par', methods: { POST: at(pushedAuthorizationRequest) } },
    { path: '/token', methods: { POST: at(token) } },
    { path: '/device_authorization', methods: { POST: at(deviceAuthorization) } },
    { path: '/backchannel_authentication', methods: { POST: at(backchannelAuthentication) } },
    { path: '/userinfo', methods: { GET: at(userinfo), POST: at(userinfo) } },
    { path: '/introspect', methods: { POST: at(introspection) } },
    { path: '/revoke', methods: { POST: at(revocation) } },
    { path: '/login', methods: { GET: atPage(login), POST: atPage(submitLogin) } },
    { path: '/login/passkey', methods: { POST: atPage(submitPasskeyLogin) } },
    {
      path: '/login/second-factor',
      methods: { GET: atPage(secondFactor), POST: atPage(submitSecondFactor) },
    },
    { path: '/authz/sign-in', methods: { GET: atPage(hostSignIn) } },
    { path: '/consent', methods: { GET: atPage(consent), POST: atPage(submitConsent) } },
    { path: '/check_session', methods: { GET: atCheckSession } },
    { path: '/end_session', methods: { GET: endSession, POST: endSession } },
    {
      path: '/end_session/confirm',
      methods: { GET: atLogout('logout'), POST: atLogout('submitLogout') },
    },
    {
      path: '/select-account',
      methods: { GET: atPage(selectAccount), POST: atPage(submitSelectAccount) },
    },
    { path: '/sign-up', methods: { GET: atPage(signUp), POST: atPage(submitSignUp) } },
    {
      path: '/reset-password',
      methods: { GET: atPage(resetPassword), POST: atPage(submitResetPassword) },
    },
    { path: '/account', methods: { GET: atPage(overview), POST: atPage(submitOverview) } },
    { path: '/account/profile', methods: { GET: atPage(profile), POST: atPage(submitProfile) } },
    { path: '/account/password', methods: { GET: atPage(password), POST: atPage(submitPassword) } },
    {
      path: '/account/sessions',
      methods: { GET: atPage(sessionsPage), POST: atPage(submitSessions) },
    },
    {
      path: '/account/applications',
      methods: { GET: atPage(applicationsPage), POST: atPage(submitApplications) },
    },
    {
      path: '/account/requests',
      methods: { GET: atPage(requestsPage), POST: atPage(submitRequests) },
    },
    { path: '/account/factors', methods: { GET: atPage(factors), POST: atPage(submitFactors) } },
    { path: '/account/totp', methods: { GET: atPage(totp), POST: atPage(submitTotp) } },
    { path: '/account/passkey', methods: { GET: atPage(passkey), POST: atPage(submitPasskey) } },
    {
      path: '/account/recovery-codes',
      methods: { GET: atPage(recoveryCodes), POST: atPage(submitRecoveryCodes) },
    },
    { path: '/account/activity', methods: { GET: atPage(activity) } },
    { path: '/device', methods: { GET: atPage(device), POST: atPage(submitDevice) } },
    {
      path: '/device/confirm',
      methods: { GET: atPage(confirmDevice), POST: atPage(submitDeviceConfirmation) },
    },
    { path: '/setup', methods: { GET: atPage(setup), POST: atPage(submitSetup) } },
    { path: '/language', methods: { POST: atPage(submitLanguage) } },
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
