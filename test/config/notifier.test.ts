import { describe, it } from 'node:test';
import type { Config } from '../../src/config/config.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { describeMistake } from '../../src/spec/mistake.ts';
import { assert, assertEquals, assertFalse, assertStringIncludes } from '../support/assert.ts';

const SMTP = {
  address: 'smtp://mail.example:587',
  username: 'door',
  password: 'a password of the door',
  sender: 'The door <door@op.example>',
};
const WEBHOOK = { url: 'https://hook.example/a-secret-path', secret: 'a secret of the webhook' };

function parsed(input: unknown): { readonly config: Config; readonly doubts: readonly string[] } {
  const result = parseConfig(input);
  assert(result.ok, result.ok ? '' : result.mistakes.map(describeMistake).join('\n'));
  return { config: result.config, doubts: result.warnings.map(describeMistake) };
}

function mistakesOf(input: unknown): readonly string[] {
  const result = parseConfig(input);
  return result.ok ? [] : result.mistakes.map(describeMistake);
}

describe('options of the notifier', () => {
  it('each of the four, as it is used', () => {
    assertEquals(parsed({}).config.notifier, undefined);
    assertEquals(parsed({ notifier: { file: { path: 'mail.jsonl' } } }).config.notifier, {
      kind: 'file',
      path: 'mail.jsonl',
    });
    assertEquals(parsed({ notifier: { webhook: WEBHOOK } }).config.notifier, {
      kind: 'webhook',
      ...WEBHOOK,
    });
    assertEquals(parsed({ notifier: { command: { argv: ['/bin/tell', ''] } } }).config.notifier, {
      kind: 'command',
      argv: ['/bin/tell', ''],
      timeout: 30,
    });
    assertEquals(parsed({ notifier: { smtp: SMTP } }).config.notifier, {
      kind: 'smtp',
      server: { host: 'mail.example', port: 587, isSecure: false },
      sender: { name: 'The door', address: 'door@op.example' },
      starttls: 'required',
      credentials: { username: 'door', password: 'a password of the door' },
    });
  });

  const mistakes: readonly { name: string; notifier: unknown; says: string }[] = [
    { name: 'none of them', notifier: {}, says: 'notifier must have exactly one of file, smtp' },
    {
      name: 'two of them',
      notifier: { webhook: WEBHOOK, file: { path: 'x' } },
      says: 'notifier must have exactly one of file, smtp, webhook and command',
    },
    {
      name: 'a command that is looked for',
      notifier: { command: { argv: ['tell'] } },
      says: 'notifier.command.argv must begin with the absolute path of a program',
    },
    {
      name: 'no command at all',
      notifier: { command: { argv: [] } },
      says: 'notifier.command.argv must name a program',
    },
    {
      name: 'a zero character',
      notifier: { command: { argv: ['/bin/tell', 'a\u0000b'] } },
      says: 'notifier.command.argv must not hold a zero character',
    },
    {
      name: 'a username without password',
      notifier: { smtp: { address: SMTP.address, sender: SMTP.sender, username: 'door' } },
      says: 'notifier.smtp.username needs password beside it',
    },
    {
      name: 'a password without username',
      notifier: { smtp: { address: SMTP.address, sender: SMTP.sender, password: 'hidden one' } },
      says: 'notifier.smtp.password needs username beside it',
    },
    {
      name: 'credentials in the address',
      notifier: { smtp: { ...SMTP, address: 'smtp://door:hidden@mail.example' } },
      says:
        'notifier.smtp.address must be smtp://host:587 or smtps://host:465, without credentials',
    },
    {
      name: 'a sender that is none',
      notifier: { smtp: { ...SMTP, sender: 'a@b.example, c@d.example' } },
      says: 'notifier.smtp.sender must be an e-mail address',
    },
    {
      name: 'a webhook over http',
      notifier: { webhook: { ...WEBHOOK, url: 'http://hook.example/hidden' } },
      says: 'notifier.webhook.url must be an https URL without credentials',
    },
    {
      name: 'a secret that is too short',
      notifier: { webhook: { ...WEBHOOK, secret: 'hidden' } },
      says: 'notifier.webhook.secret must be at least 16 characters',
    },
    {
      name: 'a secret that is not the base64 it claims to be',
      notifier: { webhook: { ...WEBHOOK, secret: 'whsec_hidden_and_not_base64' } },
      says: 'notifier.webhook.secret must have at least 24 bytes in base64',
    },
    {
      name: 'a number for a password',
      notifier: { smtp: { ...SMTP, password: 1234 } },
      says: 'notifier.smtp.password must be a string',
    },
  ];
  for (const { name, notifier, says } of mistakes) {
    it(`a mistake: ${name}; no secret is shown`, () => {
      const [only = '', ...others] = mistakesOf({ notifier });
      assertStringIncludes(only, says);
      assertEquals(others, []);
      assertFalse(/hidden|1234|a secret|a password/.test(only), only);
    });
  }

  it('a doubt: mail that may travel unencrypted, save to this machine', () => {
    for (const starttls of ['off', 'opportunistic']) {
      const { doubts } = parsed({ notifier: { smtp: { ...SMTP, starttls } } });
      assertEquals(doubts.length, 1);
      assertStringIncludes(doubts[0] ?? '', 'notifier.smtp.starttls');
      const near = { ...SMTP, starttls, address: 'smtp://127.0.0.1:25' };
      assertEquals(parsed({ notifier: { smtp: near } }).doubts, []);
    }
  });

  it('links for a new password: an hour, on, unless said otherwise', () => {
    assertEquals(parsed({}).config.issuers[0].settings.password_reset, {
      enabled: true,
      lifetime: 3600,
    });
    const password_reset = { enabled: false, lifetime: '2h' };
    assertEquals(parsed({ password_reset }).config.issuers[0].settings.password_reset, {
      enabled: false,
      lifetime: 7200,
    });
    assertEquals(mistakesOf({ password_reset: { lifetime: '8d' } }).length, 1);
  });
});
