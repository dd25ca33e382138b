import type { Engine } from '../engine/engine.ts';
import type { Message } from '../net/notifier/notifier.ts';
import type { UserRecord } from '../store/records.ts';
import { loadMessages } from './languages.ts';
import type { Messages } from './messages.ts';

/** What people are told by mail. */
export type Notice = AccountNotice | LinkNotice;

/** Something about the account changed, and it may not have been its owner. */
export type AccountNotice = (typeof ACCOUNT_NOTICES)[number];

export const ACCOUNT_NOTICES = [
  'password_changed',
  'password_reset',
  'factor_added',
  'factor_removed',
  'recovery_code_used',
] as const;

/** Something is to be done on a page: a new password, or an answer to an application. */
export interface LinkNotice {
  readonly kind: 'reset_link' | 'request';
  readonly url: string;
  readonly lifetimeSeconds: number;
}

/** Tells somebody, when there is time: it never throws, and no answer waits for it. */
export function notify(user: UserRecord, notice: Notice, engine: Engine): void {
  engine.outbox.post(() => tell(user, notice, engine));
}

/** The same at once, for what is in the outbox already. @throws {Error} when the message cannot be handed on */
export async function tell(user: UserRecord, notice: Notice, engine: Engine): Promise<void> {
  const to = textOf(user, 'email');
  const kind = typeof notice === 'string' ? notice : notice.kind;
  if (to === undefined && !engine.notifier.takesNames) {
    engine.log('info', 'notification.no_address', { user: user.id, kind });
    return;
  }
  const locale = textOf(user, 'locale');
  const messages = await loadMessages(locale === undefined ? [] : [locale]);
  const { host } = new URL(engine.settings.issuer);
  const { username } = user;
  const text = noticeText(notice, { username, host }, messages);
  await engine.notifier.send({ ...to !== undefined && { to }, username, kind, ...text });
  engine.log('info', 'notification.sent', { user: user.id, kind });
}

/** Plain text that names no more than it has to. */
export function noticeText(
  notice: Notice,
  { username, host }: { readonly username: string; readonly host: string },
  messages: Messages,
): Pick<Message, 'subject' | 'text'> {
  const [kind, lines] = typeof notice === 'string'
    ? [notice, accountLines(notice, host, messages)] as const
    : [notice.kind, linkLines(notice, host, messages)] as const;
  // Not the name, which anybody may have chosen to be an advertisement.
  const greeting = messages.text('mail.greeting', { username });
  return {
    subject: messages.text(`mail.${kind}_subject`),
    text: `${[greeting, ...lines].join('\n\n')}\n`,
  };
}

function accountLines(
  notice: AccountNotice,
  host: string,
  messages: Messages,
): readonly string[] {
  return [
    messages.text(`mail.${notice}`, { host }),
    messages.text('mail.not_you', { host }),
  ];
}

function linkLines(
  { kind, url, lifetimeSeconds }: LinkNotice,
  host: string,
  messages: Messages,
): readonly string[] {
  const duration = messages.duration(lifetimeSeconds);
  return [
    messages.text(`mail.${kind}`, { host, duration }),
    url,
    messages.text(`mail.${kind}_not_you`),
  ];
}

function textOf({ claims }: UserRecord, claim: string): string | undefined {
  const value = claims[claim];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
