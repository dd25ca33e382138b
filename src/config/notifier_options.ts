import { isAbsolute } from 'node:path';
import * as v from 'valibot';
import {
  type NotifierSettings,
  parseMailbox,
  parseSmtpAddress,
  type SmtpServer,
} from '../net/notifier/notifier.ts';
import { section } from '../spec/section.ts';
import { type Mistake, mistake } from '../spec/mistake.ts';
import { isLoopbackHost } from '../spec/redirect_uri.ts';
import { duration, oneOf, text } from './values.ts';

const smtpAddress = v.pipe(
  text(300),
  v.check(
    (value) => parseSmtpAddress(value) !== undefined,
    'must be smtp://host:587 or smtps://host:465, without credentials',
  ),
);

const mailbox = v.pipe(
  text(400),
  v.check(
    (value) => parseMailbox(value) !== undefined,
    'must be an e-mail address, or a name with one: The doorkeeper <door@example.com>',
  ),
);

const webhookUrl = v.pipe(
  text(2048),
  v.check(isWebhookUrl, 'must be an https URL without credentials'),
);

const webhookSecret = v.pipe(
  text(256),
  v.minLength(16, 'must be at least 16 characters'),
  v.check(
    (value) => !value.startsWith('whsec_') || /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(value),
    'must have at least 24 bytes in base64 after whsec_',
  ),
);

const argv = v.pipe(
  v.array(v.pipe(v.string(), v.maxLength(4096, 'must be at most 4096 characters'))),
  v.minLength(1, 'must name a program'),
  v.maxLength(50, 'must have at most 50 entries'),
  v.check(
    (value) => value.every((each) => !each.includes('\0')),
    'must not hold a zero character',
  ),
  v.check(
    ([program]) => program === undefined || isAbsolute(program),
    'must begin with the absolute path of a program',
  ),
  v.transform((value) => value as unknown as readonly [string, ...string[]]),
);

/** How people are told; one of the four. */
export const notifierSchema = section({
  file: described(
    v.optional(section({
      path: described(
        text(4096),
        'The file; a relative path starts at the directory of this file.',
      ),
    })),
    'Append messages to a file, for the operator to read.',
  ),
  smtp: described(
    v.optional(section({
      address: described(smtpAddress, 'The mail server: smtp://host:587 or smtps://host:465.'),
      username: described(v.optional(text(255)), 'Who signs in to it.'),
      password: described(v.optional(text(1024)), 'With which password.'),
      sender: described(mailbox, 'The address that mail comes from.'),
      starttls: described(
        v.optional(oneOf(['required', 'opportunistic', 'off']), 'required'),
        'Whether an smtp:// connection must be encrypted before anything is said.',
      ),
      ca: described(
        v.optional(text(65_536)),
        'A PEM file, or PEM text, with an authority to trust beside the usual ones.',
      ),
    })),
    'Send mail through a mail server.',
  ),
  webhook: described(
    v.optional(section({
      url: described(
        webhookUrl,
        'Where each message is POSTed to, as JSON; as for all fetches, a private address must be ' +
          'in outbound.allow_networks.',
      ),
      secret: described(webhookSecret, 'What its HMAC-SHA256 signature is made with.'),
    })),
    'Have a server of yours send the messages.',
  ),
  command: described(
    v.optional(section({
      argv: described(
        argv,
        'A program by its absolute path, and its arguments; no shell reads them. Each message is ' +
          'on its standard input, as JSON.',
      ),
      timeout: described(
        v.optional(duration('1s', '5m'), '30s'),
        'After which it is killed, and the message counts as not sent.',
      ),
    })),
    'Have a program on this machine send the messages.',
  ),
});

export type NotifierOptions = v.InferOutput<typeof notifierSchema>;

export function notifierOf(
  { file, smtp, webhook, command }: NotifierOptions,
): NotifierSettings | undefined {
  if (file !== undefined) return { kind: 'file', path: file.path };
  if (command !== undefined) return { kind: 'command', ...command };
  if (webhook !== undefined) return { kind: 'webhook', ...webhook };
  const [server, sender] = [
    parseSmtpAddress(smtp?.address ?? ''),
    parseMailbox(smtp?.sender ?? ''),
  ];
  if (smtp === undefined || server === undefined || sender === undefined) return undefined;
  const { username, password, starttls, ca } = smtp;
  return {
    kind: 'smtp',
    server,
    sender,
    starttls,
    ...username !== undefined && password !== undefined && { credentials: { username, password } },
    ...ca !== undefined && { ca },
  };
}

/** One way to tell people, with all that it takes. */
export function notifierRules(notifier: NotifierOptions | undefined): readonly Mistake[] {
  if (notifier === undefined) return [];
  const { smtp } = notifier;
  const mistakes: Mistake[] = [];
  if (Object.values(notifier).filter((each) => each !== undefined).length !== 1) {
    mistakes.push(
      mistake(['notifier'], 'must have exactly one of file, smtp, webhook and command'),
    );
  }
  for (const [field, other] of [['username', 'password'], ['password', 'username']] as const) {
    if (smtp?.[field] === undefined || smtp[other] !== undefined) continue;
    mistakes.push(mistake(['notifier', 'smtp', field], `needs ${other} beside it`));
  }
  return mistakes;
}

/** A password that anybody on the way could read. */
export function notifierDoubts(notifier: NotifierOptions | undefined): readonly Mistake[] {
  const { smtp } = notifier ?? {};
  if (smtp === undefined || smtp.starttls === 'required') return [];
  const server: SmtpServer | undefined = parseSmtpAddress(smtp.address);
  const isPrivate = server === undefined || server.isSecure || isLoopbackHost(server.host);
  return isPrivate ? [] : [mistake(
    ['notifier', 'smtp', 'starttls'],
    'lets mail, with links that open accounts, travel unencrypted',
    smtp.starttls,
  )];
}

function isWebhookUrl(value: string): boolean {
  const url = URL.parse(value);
  return url?.protocol === 'https:' && url.username === '' && url.password === '';
}

function described<const S extends v.GenericSchema>(schema: S, help: string) {
  return v.pipe(schema, v.description(help));
}
