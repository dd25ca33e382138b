import { rootCertificates } from 'node:tls';
import type { Message, Notifier, SmtpNotifierSettings } from './notifier.ts';

export interface SmtpNotifierOptions extends SmtpNotifierSettings {
  /** From the call to the server's last word; default 30. */
  readonly timeoutSeconds?: number;
}

/** Through a mail server, RFC 5321; a connection a message. The library is loaded with the first. */
export function createSmtpNotifier(options: SmtpNotifierOptions): Notifier {
  const { server, credentials, sender, starttls, ca } = options;
  const milliseconds = (options.timeoutSeconds ?? 30) * 1000;

  return {
    takesNames: false,
    async send({ to = '', subject, text }: Message) {
      const { createTransport } = await import('nodemailer');
      const transport = createTransport({
        host: server.host,
        port: server.port,
        secure: server.isSecure,
        requireTLS: !server.isSecure && starttls === 'required',
        ignoreTLS: starttls === 'off',
        opportunisticTLS: starttls === 'opportunistic',
        allowInternalNetworkInterfaces: true,
        ...credentials !== undefined && {
          auth: { user: credentials.username, pass: credentials.password },
        },
        tls: {
          minVersion: 'TLSv1.2',
          ...ca !== undefined && { ca: [...rootCertificates, ca] },
        },
        connectionTimeout: milliseconds,
        greetingTimeout: milliseconds,
        socketTimeout: milliseconds,
        dnsTimeout: milliseconds,
        socketCloseTimeout: 0,
        maxResponseSize: 64 * 1024,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      await transport.sendMail({
        from: { name: sender.name, address: sender.address },
        to: { name: '', address: to },
        subject,
        text,
        // Answers of machines would come back to nobody. RFC 3834 §5
        headers: { 'auto-submitted': 'auto-generated' },
        signal: AbortSignal.timeout(milliseconds),
      }).catch(fail);
    },
  };
}

/** Without the server's own words, which repeat addresses and now and then more. */
function fail(error: unknown): never {
  const { code, command, responseCode } = error as {
    code?: string;
    command?: string;
    responseCode?: number;
  };
  const facts = [code, command, responseCode].filter((fact) => fact !== undefined).join(' ');
  throw new Error(`the mail server did not take the message${facts === '' ? '' : `: ${facts}`}`);
}
