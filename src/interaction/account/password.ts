import { MIN_PASSWORD_CHARACTERS } from '../../accounts/password_policy.ts';
import { senderOf, type Site } from '../../endpoints/site.ts';
import { noteActivity } from '../../engine/activity.ts';
import { changePassword, type PasswordChangeResult } from '../../engine/change_password.ts';
import { startSession } from '../../engine/session.ts';
import { retryAfter } from '../../http/respond.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { Params } from '../../spec/params.ts';
import { accountCookies, withAccount, withoutAccount } from '../cookies.ts';
import { notify } from '../notices.ts';
import { type PasswordFieldProblem, passwordView } from '../views/account/password.ts';
import { accountPage, doneWith, onForm, onVisit, type Visit } from './visit.ts';

/** `/account/password`: a new one, for which the old one and a fresh proof are needed. */
export const password = onVisit(
  'password',
  (visit, site) => Promise.resolve(showPassword(visit, undefined, site)),
  { isFresh: true },
);

export const submitPassword = onForm('password', change, { isFresh: true });

async function change(visit: Visit, params: Params, site: Site): Promise<Response> {
  const { session: { user, record }, cookies, request, context } = visit;
  const { engine } = site;
  const [current, next] = [params.get('current') ?? '', params.get('password') ?? ''];
  if (current === '') return showPassword(visit, { field: 'current', kind: 'missing' }, site);
  if (next === '') return showPassword(visit, { field: 'password', kind: 'missing' }, site);
  if (params.get('repeat') !== next) {
    return showPassword(visit, { field: 'repeat', kind: 'differs' }, site);
  }
  const result = await changePassword(user, {
    current,
    next,
    source: senderOf(request, context, site),
    product: site.productName,
  }, engine);
  if (result !== 'changed') return showPassword(visit, problemOf(result), site);
  const changed = await engine.directory.findById(user.id);
  if (changed === undefined) throw new OAuthError('invalid_request', 'the account is gone');
  notify(changed, 'password_changed', engine);
  await noteActivity(user.id, { kind: 'password_changed', ...cookies.place }, engine);
  // All sessions have ended with the old password, this one, too; who changed it goes on in another.
  const started = startSession({
    user: changed,
    remember: record.remember,
    amr: record.amr,
    acr: record.acr === 'two_factor' ? 'two_factor' : 'one_factor',
    previous: undefined,
    place: cookies.place,
  }, engine);
  await engine.store.commit(started.change);
  const after = withAccount(withoutAccount(cookies, record.sid), {
    value: started.cookie,
    remember: record.remember,
  });
  return doneWith(visit, 'password_changed', site, accountCookies(cookies, after, site));
}

function problemOf(
  result: Exclude<PasswordChangeResult, 'changed'>,
): PasswordFieldProblem {
  switch (result.reason) {
    case 'wrong':
      return { field: 'current', kind: 'wrong' };
    case 'weak': {
      const { reason, count } = result.weakness;
      return { field: 'password', kind: 'refused', refusal: { id: `password.${reason}`, count } };
    }
    case 'slow_down':
      return { kind: 'slow_down', retryAfterSeconds: result.retryAfterSeconds };
    case 'busy':
    case 'conflict':
      return { kind: 'busy' };
  }
}

function showPassword(
  visit: Visit,
  problem: PasswordFieldProblem | undefined,
  site: Site,
): Response {
  const retryAfterSeconds = problem?.kind === 'slow_down' ? problem.retryAfterSeconds : undefined;
  return accountPage(
    visit,
    (frame) =>
      passwordView({
        ...frame,
        minPasswordCharacters: MIN_PASSWORD_CHARACTERS,
        isReadOnly: !site.engine.directory.writable.password,
        ...(problem === undefined ? {} : { problem }),
      }),
    site,
    {
      status: problem === undefined ? 200 : STATUS[problem.kind],
      headers: retryAfter(retryAfterSeconds),
    },
  );
}

const STATUS = {
  missing: 200,
  differs: 200,
  wrong: 200,
  refused: 200,
  slow_down: 429,
  busy: 503,
} as const;
