/** What one person is told, in plain text. */
export interface Message {
  /** One address, without a name; absent: there is none. */
  readonly to?: string;
  /** Whom it is for; absent: whoever reads mail at the address. */
  readonly username?: string;
  /** What it is about, for programs. */
  readonly kind: string;
  readonly subject: string;
  readonly text: string;
}

/** Hands messages on: to a file, a mail server, another program. */
export interface Notifier {
  /** Whether it takes messages for people without an address, too. */
  readonly takesNames: boolean;
  /** Resolves once the message is handed on. @throws {Error} when that fails, in words for the operator */
  send(message: Message): Promise<void>;
}

export interface FileNotifierSettings {
  readonly kind: 'file';
  readonly path: string;
}

export interface SmtpNotifierSettings {
  readonly kind: 'smtp';
  readonly server: SmtpServer;
  readonly credentials?: { readonly username: string; readonly password: string };
  readonly sender: Mailbox;
  /** With smtp://; smtps:// is encrypted from the start. */
  readonly starttls: 'required' | 'opportunistic' | 'off';
  /** PEM text of an authority to trust beside the usual ones; the name of its file until loaded. */
  readonly ca?: string;
}

export interface WebhookNotifierSettings {
  readonly kind: 'webhook';
  readonly url: string;
  readonly secret: string;
}

export interface CommandNotifierSettings {
  readonly kind: 'command';
  readonly argv: readonly [program: string, ...args: string[]];
  /** Seconds. */
  readonly timeout: number;
}

export type NotifierSettings =
  | FileNotifierSettings
  | SmtpNotifierSettings
  | WebhookNotifierSettings
  | CommandNotifierSettings;

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte. */
  readonly isSecure: boolean;
}

export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/** `smtp://host`, port 587, or `smtps://host`, port 465; undefined for anything else, credentials included. */
export function parseSmtpAddress(text: string): SmtpServer | undefined {
  const [, scheme, bracketed, plain, port] =
    /^(smtps?):\/\/(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?))(?::(\d{1,5}))?\/?$/
      .exec(text) ?? [];
  const host = bracketed ?? plain;
  const number = Number(port ?? (scheme === 'smtps' ? 465 : 587));
  if (host === undefined || number < 1 || number > 65_535) return undefined;
  return { host, port: number, isSecure: scheme === 'smtps' };
}

/** `no-reply@example.com`, or `The doorkeeper <no-reply@example.com>`. */
export function parseMailbox(text: string): Mailbox | undefined {
  const [, name = '', bracketed, plain] = /^(?:([^<>"]*?)\s*<([^<>]+)>|([^<>]+))$/.exec(text) ?? [];
  const address = bracketed ?? plain;
  if (address === undefined || !isAddress(address) || !isLine(name, 100)) return undefined;
  return { name, address };
}

/** Why a message cannot be sent to anybody; undefined if it can. */
export function messageProblem(
  { to, username, subject, text }: Message,
  { takesNames }: Pick<Notifier, 'takesNames'>,
): string | undefined {
  if (to === undefined && !(takesNames && username !== undefined)) return 'there is no address';
  if (to !== undefined && !isAddress(to)) return 'the address is not one plain e-mail address';
  if (!isLine(subject, MAX_SUBJECT)) return 'the subject is not one short line';
  return text.length > MAX_TEXT ? 'the text is too long' : undefined;
}

/** Characters. */
const MAX_SUBJECT = 300;
const MAX_TEXT = 20_000;

/** One address: nothing in it that a header, an envelope or a list of addresses gives a meaning. CWE-93 */
function isAddress(text: string): boolean {
  return text.length <= 254 && isLine(text, 254) &&
    /^[^\s<>(),;:"'\\@[\]]{1,64}@[^\s<>(),;:"'\\@[\]]+$/u.test(text);
}

function isLine(text: string, maxLength: number): boolean {
  return text.length <= maxLength && text.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text);
}
