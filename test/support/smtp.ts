/** A mail server as far as its clients can tell, on loopback. */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { TEST_TLS } from './tls.ts';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly isEncrypted: boolean;
  readonly user: string | undefined;
  /** Headers and body, dots unstuffed. */
  readonly data: string;
}

export interface SmtpOptions {
  /** Encrypted from the start. */
  readonly secure?: boolean;
  /** Whether STARTTLS is offered. */
  readonly starttls?: boolean;
  /** Asked for before mail is taken. */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** Answers to `RCPT`; default 250. */
  readonly recipientStatus?: number;
  /** Says nothing at all. */
  readonly isMute?: boolean;
}

export interface SmtpServer {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** The commands that came, without what was signed in with. */
  readonly commands: readonly string[];
}

export async function withSmtp(
  options: SmtpOptions,
  action: (server: SmtpServer) => Promise<void>,
): Promise<void> {
  const mails: ReceivedMail[] = [];
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const serve = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => {});
    if (options.isMute !== true) talk(socket, options, mails, commands, sockets);
  };
  const server: Server = options.secure === true
    ? createTlsServer(TEST_TLS, serve)
    : createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    await action({ port, mails, commands });
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

function talk(
  plain: Socket,
  options: SmtpOptions,
  mails: ReceivedMail[],
  commands: string[],
  sockets: Set<Socket>,
): void {
  let socket = plain;
  let isEncrypted = options.secure === true;
  let user: string | undefined;
  let mail = { from: '', to: [] as string[] };
  let isData = false;
  let buffer = '';
  const say = (line: string): void => void socket.write(`${line}\r\n`);

  const hear = (chunk: Uint8Array): void => {
    buffer += new TextDecoder().decode(chunk);
    while (true) {
      const end = isData ? buffer.indexOf('\r\n.\r\n') : buffer.indexOf('\r\n');
      if (end < 0) return;
      const text = buffer.slice(0, end);
      buffer = buffer.slice(end + (isData ? 5 : 2));
      if (!isData) {
        command(text);
        continue;
      }
      isData = false;
      mails.push({ ...mail, isEncrypted, user, data: text.replace(/^\.\./gm, '.') });
      say('250 2.0.0 taken');
    }
  };

  const command = (line: string): void => {
    const [verb = '', ...rest] = line.split(' ');
    commands.push(verb.toUpperCase() === 'AUTH' ? `AUTH ${rest[0]}` : line);
    switch (verb.toUpperCase()) {
      case 'EHLO':
        say('250-mail.test');
        if (options.starttls === true && !isEncrypted) say('250-STARTTLS');
        if (options.credentials !== undefined) say('250-AUTH PLAIN');
        return say('250 SMTPUTF8');
      case 'STARTTLS':
        return options.starttls === true ? upgrade() : say('502 5.5.1 not here');
      case 'AUTH':
        return authenticate(rest[1] ?? '');
      case 'MAIL':
        if (options.credentials !== undefined && user === undefined) return say('530 5.7.0 who?');
        mail = { from: bracketed(line), to: [] };
        return say('250 2.1.0 ok');
      case 'RCPT':
        mail.to.push(bracketed(line));
        return say(`${options.recipientStatus ?? 250} 2.1.5 said`);
      case 'DATA':
        isData = true;
        return say('354 go on');
      case 'QUIT':
        say('221 2.0.0 bye');
        return void socket.end();
      default:
        return say('250 2.0.0 ok');
    }
  };

  const authenticate = (token: string): void => {
    const [, username, password] = atob(token).split('\0');
    const { credentials } = options;
    if (username !== credentials?.username || password !== credentials?.password) {
      return say('535 5.7.8 no');
    }
    user = username;
    say('235 2.7.0 welcome');
  };

  const upgrade = (): void => {
    say('220 2.0.0 go ahead');
    plain.removeListener('data', hear);
    buffer = '';
    const secure = new TLSSocket(plain, { isServer: true, ...TEST_TLS });
    sockets.add(secure);
    secure.on('error', () => {});
    secure.on('data', hear);
    socket = secure;
    isEncrypted = true;
  };

  socket.on('data', hear);
  say('220 mail.test ESMTP');
}

function bracketed(line: string): string {
  return /<([^>]*)>/.exec(line)?.[1] ?? '';
}
