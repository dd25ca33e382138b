import type { Draft } from '../import_draft.ts';
import type { Section } from './section.ts';

const IS_FIXED = 'has no counterpart: it is not a setting here';

const SMTP_REASONS: Readonly<Record<string, string>> = {
  disable_html_emails: 'has no counterpart: mail is plain text',
  identifier: IS_FIXED,
  startup_check_address: 'has no counterpart: ostiary notifier test sends a message',
  subject: 'has no counterpart: subjects say what happened, in the language of the person',
  timeout: IS_FIXED,
  tls:
    'has no counterpart: certificates are always checked; notifier.smtp.ca names an authority of your own',
};

/** How people are told: by a file, or by mail. */
export function readNotifier(notifier: Section | undefined, draft: Draft): void {
  if (notifier === undefined) return;
  const file = notifier.section('filesystem');
  const path = file?.text('filename');
  if (file !== undefined && path !== undefined) {
    draft.set(['notifier', 'file'], { path }, file.at('filename'));
    file.finish();
  }
  const smtp = notifier.section('smtp');
  if (smtp !== undefined) readSmtp(smtp, draft);
  notifier.finish({
    disable_startup_check: 'has no counterpart: nothing is sent at start',
    template_path: IS_FIXED,
  });
}

function readSmtp(smtp: Section, draft: Draft): void {
  const address = smtp.text('address') ?? oldAddress(smtp);
  const ours = address === undefined ? undefined : smtpAddress(address);
  const sender = smtp.text('sender');
  const [username, password] = [smtp.text('username'), smtp.text('password')];
  const starttls = startTls(smtp);
  smtp.finish(SMTP_REASONS);
  if (ours === undefined || sender === undefined) {
    draft.report.dropped(smtp.path, 'needs an address and a sender to be taken over');
    return;
  }
  const hasBoth = username !== undefined && password !== undefined;
  if (!hasBoth && username !== undefined) {
    draft.report.dropped(
      smtp.at('username'),
      'is left out, as its password is not in this file: add both under notifier.smtp',
    );
  }
  draft.set(['notifier', 'smtp'], {
    address: ours,
    sender,
    ...hasBoth && { username, password },
    ...starttls !== undefined && { starttls },
  }, smtp.path);
}

function oldAddress(smtp: Section): string | undefined {
  const [host, port] = [smtp.text('host'), smtp.number('port')];
  if (host === undefined) return undefined;
  return port === 465 ? `submissions://${host}` : `smtp://${host}:${port ?? 25}`;
}

/** Authelia's schemes and their ports. */
const SCHEMES: ReadonlyMap<string, readonly [scheme: string, port: number]> = new Map([
  ['smtp', ['smtp', 25]],
  ['submission', ['smtp', 587]],
  ['submissions', ['smtps', 465]],
]);

function smtpAddress(address: string): string | undefined {
  const [, name = 'smtp', host, port] =
    /^(?:([a-z]+):\/\/)?(\[[^\]]*\]|[^:/]+)(?::(\d{1,5}))?(?:\/.*)?$/.exec(address) ?? [];
  const [scheme, usual] = SCHEMES.get(name) ?? [];
  return host === undefined || scheme === undefined
    ? undefined
    : `${scheme}://${host}:${port ?? usual}`;
}

function startTls(smtp: Section): string | undefined {
  if (smtp.flag('disable_starttls') === true) return 'off';
  return smtp.flag('disable_require_tls') === true ? 'opportunistic' : undefined;
}
