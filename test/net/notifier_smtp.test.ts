import { describe, it } from 'node:test';
import type { SmtpNotifierSettings } from '../../src/net/notifier/notifier.ts';
import { checkedNotifier } from '../../src/net/notifier/open.ts';
import { createSmtpNotifier } from '../../src/net/notifier/smtp.ts';
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertRejects,
  assertStringIncludes,
} from '../support/assert.ts';
import { type SmtpServer, withSmtp } from '../support/smtp.ts';
import { TEST_TLS } from '../support/tls.ts';

const MESSAGE = {
  to: 'alice@alice.example',
  kind: 'test',
  subject: 'Hello',
  text: 'First line\n\n.\n',
};
const CREDENTIALS = { username: 'door', password: 'a password of the door' };

type Options = Partial<SmtpNotifierSettings> & { readonly timeoutSeconds?: number };

function notifier({ port }: SmtpServer, options: Options = {}, isSecure = false) {
  return checkedNotifier(createSmtpNotifier({
    kind: 'smtp',
    server: { host: '127.0.0.1', port, isSecure },
    sender: { name: 'The doorkeeper', address: 'door@op.example' },
    starttls: 'required',
    ca: TEST_TLS.cert,
    timeoutSeconds: 10,
    ...options,
  }));
}

function headerOf(data: string, name: string): string {
  return new RegExp(`^${name}: (.*(?:\r\n[ \t].*)*)`, 'im').exec(data)?.[1] ?? '';
}

describe('SMTP notifier', () => {
  it('RFC 3207: a message goes over a connection that STARTTLS has encrypted, signed in', async () => {
    await withSmtp({ starttls: true, credentials: CREDENTIALS }, async (server) => {
      await notifier(server, { credentials: CREDENTIALS }).send(MESSAGE);
      const [mail] = server.mails;
      assert(mail !== undefined);
      assertEquals([mail.from, mail.to, mail.isEncrypted, mail.user], [
        'door@op.example',
        ['alice@alice.example'],
        true,
        'door',
      ]);
      assertEquals(headerOf(mail.data, 'Subject'), 'Hello');
      assertEquals(headerOf(mail.data, 'From'), 'The doorkeeper <door@op.example>');
      assertEquals(headerOf(mail.data, 'To'), 'alice@alice.example');
      assertEquals(headerOf(mail.data, 'Auto-Submitted'), 'auto-generated');
      assertMatch(headerOf(mail.data, 'Content-Type'), /^text\/plain; charset=utf-8/);
      assertMatch(mail.data, /\r\n\r\nFirst line\r\n\r\n\.\r?\n?/);
    });
  });

  it('RFC 8314 §3.3: smtps is encrypted from the start', async () => {
    await withSmtp({ secure: true }, async (server) => {
      await notifier(server, {}, true).send(MESSAGE);
      assertEquals(server.mails.map(({ isEncrypted }) => isEncrypted), [true]);
      assertEquals(server.commands.includes('STARTTLS'), false);
    });
  });

  it('without STARTTLS nothing is said, not even who one is, when it is required', async () => {
    await withSmtp({ starttls: false, credentials: CREDENTIALS }, async (server) => {
      await assertRejects(() => notifier(server, { credentials: CREDENTIALS }).send(MESSAGE));
      assertEquals(server.mails, []);
      assertEquals(server.commands.filter((line) => /^(AUTH|MAIL|RCPT)/.test(line)), []);
    });
  });

  it('a certificate of nobody we trust ends it there', async () => {
    await withSmtp({ starttls: true, credentials: CREDENTIALS }, async (server) => {
      const { ca: _, ...settings } = {
        kind: 'smtp' as const,
        server: { host: '127.0.0.1', port: server.port, isSecure: false },
        sender: { name: '', address: 'door@op.example' },
        starttls: 'required' as const,
        ca: '',
      };
      const untrusting = createSmtpNotifier({ ...settings, credentials: CREDENTIALS });
      await assertRejects(() => untrusting.send(MESSAGE));
      assertEquals(server.mails, []);
      assertEquals(server.commands.filter((line) => /^(AUTH|MAIL)/.test(line)), []);
    });
  });

  it('off sends in the clear, for a server on the same machine', async () => {
    await withSmtp({ starttls: true }, async (server) => {
      await notifier(server, { starttls: 'off' }).send(MESSAGE);
      assertEquals(server.mails.map(({ isEncrypted }) => isEncrypted), [false]);
    });
  });

  it('opportunistic encrypts where it can, and sends where it cannot', async () => {
    for (const starttls of [true, false]) {
      await withSmtp({ starttls }, async (server) => {
        await notifier(server, { starttls: 'opportunistic' }).send(MESSAGE);
        assertEquals(server.mails.map(({ isEncrypted }) => isEncrypted), [starttls]);
      });
    }
  });

  it('RFC 2047: subject and text in any script', async () => {
    await withSmtp({ starttls: true }, async (server) => {
      const [subject, text] = ['Neues Passwort für 門番', 'Grüße von der Tür\n門\n'];
      await notifier(server).send({ ...MESSAGE, subject, text });
      const data = server.mails[0]?.data ?? '';
      assertEquals(decodeWords(headerOf(data, 'Subject')), subject);
      assertNotMatch(headerOf(data, 'Subject'), /[^\x20-\x7e\r\n\t]/);
      assertStringIncludes(decodeBody(data), 'Grüße von der Tür');
    });
  });

  const forged: readonly { name: string; message: Partial<typeof MESSAGE> }[] = [
    { name: 'a line break in the subject', message: { subject: 'a\r\nBcc: eve@eve.example' } },
    { name: 'a bare line feed in the subject', message: { subject: 'a\nBcc: eve@eve.example' } },
    {
      name: 'a line break in the address',
      message: { to: 'a@b.example\r\nRCPT TO:<eve@e.example>' },
    },
    { name: 'two addresses', message: { to: 'a@b.example, eve@eve.example' } },
    { name: 'an address in brackets', message: { to: 'A <a@b.example>' } },
    { name: 'a group', message: { to: 'all:a@b.example;' } },
    { name: 'a quoted part', message: { to: '"a b"@b.example' } },
    { name: 'parameters of the envelope', message: { to: 'a@b.example> ORCPT=rfc822;x' } },
    { name: 'a name in place of an address', message: { to: 'alice' } },
  ];
  for (const { name, message } of forged) {
    it(`header injection: ${name} is refused before anybody is asked`, async () => {
      await withSmtp({ starttls: true }, async (server) => {
        await assertRejects(() => notifier(server).send({ ...MESSAGE, ...message }));
        assertEquals([server.mails.length, server.commands.length], [0, 0]);
      });
    });
  }

  it('asks no server about a person without an address', async () => {
    await withSmtp({ starttls: true }, async (server) => {
      const { to: _, ...nameless } = { ...MESSAGE, username: 'alice' };
      await assertRejects(() => notifier(server).send(nameless), Error, 'there is no address');
      assertEquals(server.commands.length, 0);
    });
  });

  it('a refusal is told without the server’s own words', async () => {
    await withSmtp({ starttls: true, recipientStatus: 550 }, async (server) => {
      const { message } = await assertRejects(() => notifier(server).send(MESSAGE));
      assertMatch(message, /^the mail server did not take the message: E\w+ .*550$/);
      assertNotMatch(message, /alice|said/);
    });
  });

  it('a wrong password is told without it', async () => {
    await withSmtp({ starttls: true, credentials: CREDENTIALS }, async (server) => {
      const credentials = { username: 'door', password: 'another password' };
      const { message } = await assertRejects(() =>
        notifier(server, { credentials }).send(MESSAGE)
      );
      assertMatch(message, /EAUTH/);
      assertNotMatch(message, /another/);
      assertEquals(server.mails, []);
    });
  });

  it('a server that says nothing is given up', async () => {
    await withSmtp({ isMute: true }, async (server) => {
      await assertRejects(() => notifier(server, { timeoutSeconds: 0.3 }).send(MESSAGE));
    });
  });
});

function decodeWords(text: string): string {
  const bytes: number[] = [];
  for (const [, encoding, content = ''] of text.matchAll(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi)) {
    const decoded = encoding?.toUpperCase() === 'B'
      ? atob(content)
      : unquote(content.replaceAll('_', ' '));
    for (const character of decoded) bytes.push(character.charCodeAt(0));
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

function decodeBody(data: string): string {
  const body = data.slice(data.indexOf('\r\n\r\n') + 4);
  const isBase64 = /^base64$/i.test(headerOf(data, 'Content-Transfer-Encoding'));
  const bytes = isBase64 ? atob(body.replace(/\s/g, '')) : unquote(body.replaceAll('=\r\n', ''));
  return new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}

function unquote(text: string): string {
  return text.replace(
    /=([0-9A-F]{2})/gi,
    (_, hex: string) => String.fromCharCode(parseInt(hex, 16)),
  );
}
