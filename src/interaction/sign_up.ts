import type { NewPerson } from '../accounts/directory.ts';
import { MIN_PASSWORD_CHARACTERS } from '../accounts/password_policy.ts';
import { queryParams } from '../endpoints/params.ts';
import { senderOf, type Site } from '../endpoints/site.ts';
import { newNonce, page, retryAfter } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import type { Params } from '../spec/params.ts';
import { type BrowserCookies, cookiesOf, nameBrowser } from './cookies.ts';
import {
  type Errand,
  errandCard,
  errandFrame,
  errandPageOptions,
  errandUrl,
  isSignInDue,
  openErrand,
  resumeErrand,
} from './errand.ts';
import { errandHidden, readErrandForm } from './errand_form.ts';
import { notFoundPage } from './error_page.ts';
import { accountProblems, NOT_TAKEN } from './new_account.ts';
import { beginSession } from './signed_in.ts';
import type { AccountField, AccountProblem } from './views/account_form.ts';
import { type SignUpTrouble, signUpView } from './views/sign_up.ts';

/** Seconds until another account may be made from one place. */
const RETRY_SECONDS = 60;

/** Where people make their own accounts, if the configuration lets them. */
export async function signUp(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  if (site.engine.settings.sign_up === 'closed') return notFoundPage(request, context, site);
  await checkAdministered(site);
  const cookies = cookiesOf(request, context, site);
  const errand = await openErrand(queryParams(context.query), cookies, site);
  return await isSignInDue(errand, cookies, site)
    ? showSignUp({ errand }, cookies, site)
    : await resumeErrand(errand, cookies, [], site);
}

export async function submitSignUp(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  if (site.engine.settings.sign_up === 'closed') return notFoundPage(request, context, site);
  await checkAdministered(site);
  const { params, cookies, errand } = await readErrandForm('sign-up', request, context, site);
  const typed = typedIn(params);
  const problems = accountProblems(params, {
    isEmailRequired: true,
    product: site.productName,
  });
  if (problems.length > 0) return showSignUp({ errand, typed, problems }, cookies, site);
  // From here on an answer costs a hash, and tells whether a name is taken.
  if (!site.engine.signUps.take(senderOf(request, context, site))) {
    return showSignUp({ errand, typed, trouble: 'slow_down' }, cookies, site);
  }
  const digest = await site.engine.hasher.hash(params.get('password') ?? '');
  if (digest === undefined) {
    return showSignUp({ errand, typed, trouble: 'busy' }, cookies, site);
  }
  const created = await site.engine.directory.create(newPerson(typed, digest));
  switch (created.kind) {
    case 'created':
      site.engine.log('info', 'sign_up.completed', { user: created.user.id });
      return await beginSession(
        { user: created.user, remember: false, amr: ['pwd'], acr: 'one_factor' },
        errand,
        cookies,
        site,
      );
    case 'refused':
      site.engine.log('warn', 'sign_up.refused', { problems: created.problems });
      return showSignUp({ errand, typed, problems: NOT_TAKEN }, cookies, site);
    case 'taken':
    case 'conflict':
      return showSignUp(
        { errand, typed, problems: [{ field: 'username', kind: 'taken' }] },
        cookies,
        site,
      );
  }
}

/** The first account is the administrator's: anybody else's would end the setup. @throws {OAuthError} `access_denied` */
async function checkAdministered(site: Site): Promise<void> {
  if (!await site.engine.directory.isEmpty()) return;
  throw new OAuthError('access_denied', 'this server waits for its administrator to sign up first');
}

type Typed = Readonly<Partial<Record<AccountField, string>>>;

function newPerson({ username = '', name, email }: Typed, digest: string): NewPerson {
  return {
    username,
    password: digest,
    claims: {
      ...(name === undefined ? {} : { name }),
      ...(email === undefined ? {} : { email }),
    },
    provenance: 'sign_up',
  };
}

/** What is shown again; passwords are not. */
function typedIn(params: Params): Typed {
  const fields = ['username', 'name', 'email'] as const;
  return Object.fromEntries(fields.flatMap((field) => {
    const value = params.get(field);
    return value === undefined ? [] : [[field, value]];
  }));
}

interface SignUpPage {
  readonly errand: Errand;
  readonly typed?: Typed;
  readonly problems?: readonly AccountProblem[];
  readonly trouble?: SignUpTrouble;
}

function showSignUp(
  { errand, typed = {}, problems = [], trouble }: SignUpPage,
  cookies: BrowserCookies,
  site: Site,
): Response {
  const nonce = newNonce();
  const { browser, setCookie } = nameBrowser(cookies, site);
  const client = errandCard(errand, site);
  const view = signUpView({
    ...errandFrame(nonce, 'sign-up', errand, site),
    action: `${site.engine.settings.issuer}/sign-up`,
    hidden: errandHidden('sign-up', errand, browser, site),
    ...(client === undefined ? {} : { client }),
    loginUrl: errandUrl('login', errand, site),
    minPasswordCharacters: MIN_PASSWORD_CHARACTERS,
    values: typed,
    problems,
    ...(trouble === undefined ? {} : { trouble }),
    retryAfterSeconds: RETRY_SECONDS,
  });
  return page(view, {
    ...errandPageOptions(errand, site),
    nonce,
    status: trouble === undefined ? 200 : STATUS[trouble],
    cookies: setCookie,
    hsts: site.isSecure,
    headers: trouble === undefined ? {} : retryAfter(trouble === 'busy' ? 1 : RETRY_SECONDS),
  });
}

const STATUS = { slow_down: 429, busy: 503 } as const;
