import { createHmac } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import { createCommandNotifier } from '../../src/net/notifier/command.ts';
import { createFileNotifier } from '../../src/net/notifier/file.ts';
import { createLogNotifier } from '../../src/net/notifier/log.ts';
import { type Message, parseMailbox, parseSmtpAddress } from '../../src/net/notifier/notifier.ts';
import { checkedNotifier } from '../../src/net/notifier/open.ts';
import { createOutbox, type OutboxOptions } from '../../src/net/notifier/outbox.ts';
import { createWebhookNotifier } from '../../src/net/notifier/webhook.ts';
import { createOutbound, type OutboundOptions } from '../../src/net/outbound.ts';
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertNotMatch,
  assertRejects,
} from '../support/assert.ts';
import { TEST_TLS } from '../support/tls.ts';

const NOW = 1_800_000_000;
const MESSAGE: Message = {
  to: 'alice@alice.example',
  username: 'alice',
  kind: 'request',
  subject: 'Grüße',
  text: 'a\nlink\n',
};
const SECRET = 'a secret of the webhook';

async function inDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-notifier-'));
  try {
    await work(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

describe('file notifier', () => {
  it('appends a message as a line of JSON that its owner alone may read', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'notifications.jsonl');
      const notifier = createFileNotifier({ path, now: () => NOW });
      await notifier.send(MESSAGE);
      await notifier.send({ ...MESSAGE, subject: 'again' });
      const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
      assertEquals(lines.map((line) => JSON.parse(line) as unknown), [
        { time: '2027-01-15T08:00:00.000Z', ...MESSAGE },
        { time: '2027-01-15T08:00:00.000Z', ...MESSAGE, subject: 'again' },
      ]);
      assertEquals(await modeOf(path), expectedMode);
    }));

  it('T138: a file that others could read is tightened', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'notifications.jsonl');
      await writeFile(path, '', { mode: 0o644 });
      await chmod(path, 0o644);
      await createFileNotifier({ path, now: () => NOW }).send(MESSAGE);
      assertEquals(await modeOf(path), expectedMode);
    }));

  it('is bounded: a full file is put aside, in place of the one before', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'notifications.jsonl');
      const notifier = createFileNotifier({ path, now: () => NOW, maxBytes: 300 });
      const numbers = Array.from({ length: 9 }, (_, i) => String(i));
      await Promise.all(numbers.map((subject) => notifier.send({ ...MESSAGE, subject })));
      const kept = [`${path}.1`, path].map((file) => readFile(file, 'utf8'));
      const texts = await Promise.all(kept);
      assert(texts.every((text) => text.length > 0 && text.length <= 300));
      const subjects = texts.join('').trimEnd().split('\n').map((line) =>
        (JSON.parse(line) as Message).subject
      );
      assertEquals(subjects, numbers.slice(-subjects.length));
    }));

  it('a place that cannot be written is told, and the next message is tried anew', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'later', 'notifications.jsonl');
      const notifier = createFileNotifier({ path, now: () => NOW });
      await assertRejects(() => notifier.send(MESSAGE));
      await mkdir(join(directory, 'later'));
      await notifier.send(MESSAGE);
      assertEquals((await readFile(path, 'utf8')).split('\n').length, 2);
    }));
});

/** Where files have no modes, there is nothing to tighten. */
const expectedMode = process.platform === 'win32' ? 0o666 : 0o600;

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}

describe('log notifier', () => {
  it('shows a message where only a developer looks, and no more than that there was one elsewhere', async () => {
    for (const isShown of [true, false]) {
      const lines: string[] = [];
      const notifier = createLogNotifier(
        (level, event, fields) => lines.push(JSON.stringify({ level, event, ...fields })),
        { isShown },
      );
      await notifier.send(MESSAGE);
      assertEquals(lines.length, 1);
      assertEquals(lines[0]?.includes('link'), isShown);
      assertEquals(lines[0]?.includes('alice'), isShown);
    }
  });
});

interface Hook {
  readonly url: string;
  readonly received: { readonly headers: IncomingHttpHeaders; readonly body: string }[];
}

async function withHook(
  status: number,
  action: (hook: Hook) => Promise<void>,
  answer = '',
): Promise<void> {
  const received: Hook['received'] = [];
  const server = createServer(TEST_TLS, (request, response) => {
    const chunks: Uint8Array[] = [];
    request.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    request.on('end', () => {
      const body = chunks.map((chunk) => new TextDecoder().decode(chunk)).join('');
      received.push({
        headers: { ...request.headers, ':method': request.method, ':path': request.url },
        body,
      });
      response.writeHead(status, { location: '/elsewhere' });
      response.end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    await action({ url: `https://localhost:${port}/hook`, received });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

function webhook(
  url: string,
  options: Partial<OutboundOptions> = { allow_networks: ['127.0.0.0/8'] },
  secret: string = SECRET,
) {
  const outbound = createOutbound({ now: () => NOW, ca: TEST_TLS.cert, ...options });
  return createWebhookNotifier({ url, secret, outbound, now: () => NOW });
}

function signature(
  { headers, body }: Hook['received'][number],
  key: string | Uint8Array = SECRET,
): string {
  const text = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  return `v1,${createHmac('sha256', key).update(text).digest('base64')}`;
}

describe('command notifier', () => {
  it('hands the message to a program as JSON, whatever its arguments look like', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'a $(touch b); `c` "d".json');
      await createCommandNotifier({ argv: ['/usr/bin/tee', path] }).send(MESSAGE);
      assertEquals(JSON.parse(await readFile(path, 'utf8')), MESSAGE);
      assertEquals(await readdir(directory), [path.slice(directory.length + 1)]);
    }));

  it('T131: our own secrets are not in its environment', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'env');
      // A name that nothing reads: files of tests may share a process.
      process.env['OSTIARY_SECRET_OF_TESTS'] = 'a storage key';
      try {
        await createCommandNotifier({ argv: ['/bin/sh', '-c', 'env > "$0"', path] }).send(MESSAGE);
      } finally {
        delete process.env['OSTIARY_SECRET_OF_TESTS'];
      }
      const text = await readFile(path, 'utf8');
      assertMatch(text, /^PATH=/m);
      assertNotMatch(text, /storage key|OSTIARY/);
    }));

  it('is bounded: what it writes is not read, and one that does not end is killed', async () => {
    const flood = 'head -c 5000000 /dev/zero; head -c 5000000 /dev/zero >&2';
    await createCommandNotifier({ argv: ['/bin/sh', '-c', flood] }).send(MESSAGE);
    const endless = createCommandNotifier({ argv: ['/bin/sleep', '600'], timeout: 0.2 });
    await assertRejects(() => endless.send(MESSAGE), Error, 'it was ended by SIGKILL');
  });

  it('one that does not read what it is told may take the message', async () => {
    const text = 'x'.repeat(200_000);
    await createCommandNotifier({ argv: ['/bin/true'] }).send({ ...MESSAGE, text });
  });

  for (
    const [program, says] of [
      ['/bin/false', 'the command did not take the message: it ended with status 1'],
      ['/nowhere/tell', 'the command did not take the message: ENOENT'],
    ] as const
  ) {
    it(`${program} fails`, async () => {
      await assertRejects(
        () => createCommandNotifier({ argv: [program] }).send(MESSAGE),
        Error,
        says,
      );
    });
  }
});

describe('people without an address', () => {
  const { to: _, ...nameless } = MESSAGE;

  it('are told by programs, which know their names', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'messages');
      await checkedNotifier(createCommandNotifier({ argv: ['/usr/bin/tee', path] })).send(nameless);
      assertEquals(JSON.parse(await readFile(path, 'utf8')), nameless);
    }));

  it('nobody is told who has neither address nor name', async () => {
    const { username: _, ...nobody } = nameless;
    const notifier = checkedNotifier(createCommandNotifier({ argv: ['/bin/true'] }));
    await assertRejects(() => notifier.send(nobody), Error, 'there is no address');
  });
});

describe('webhook notifier', () => {
  it('POSTs the message as JSON, signed with its id and time', async () => {
    await withHook(204, async ({ url, received }) => {
      await webhook(url).send(MESSAGE);
      await webhook(url).send(MESSAGE);
      const [first, second] = received;
      assert(first !== undefined && second !== undefined);
      assertEquals([first.headers[':method'], first.headers[':path']], ['POST', '/hook']);
      assertEquals(first.headers['content-type'], 'application/json');
      assertEquals(JSON.parse(first.body), { ...MESSAGE });
      assertEquals(first.headers['webhook-timestamp'], String(NOW));
      assertEquals(first.headers['webhook-signature'], signature(first));
      assert(first.headers['webhook-id'] !== second.headers['webhook-id']);
    });
  });

  it('Standard Webhooks: a whsec_ secret stands for the bytes that it encodes', async () => {
    const bytes = new TextEncoder().encode('twenty-four bytes of key');
    const secret = `whsec_${btoa(String.fromCharCode(...bytes))}`;
    await withHook(200, async ({ url, received }) => {
      await webhook(url, { allow_networks: ['127.0.0.0/8'] }, secret).send(MESSAGE);
      const [only] = received;
      assert(only !== undefined);
      assertEquals(only.headers['webhook-signature'], signature(only, bytes));
    });
  });

  for (const status of [301, 307, 400, 404, 500, 503]) {
    it(`an answer of ${status} is a failure, and a redirect is not followed`, async () => {
      await withHook(status, async ({ url, received }) => {
        await assertRejects(() => webhook(url).send(MESSAGE), Error, `status ${status}`);
        assertEquals(received.length, 1);
      });
    });
  }

  it('T088: an address of special use is refused before anything is sent', async () => {
    await withHook(200, async ({ url, received }) => {
      await assertRejects(() => webhook(url, {}).send(MESSAGE), Error, 'special use');
      assertEquals(received, []);
    });
  });

  it('T088: http is refused', async () => {
    const url = 'http://localhost:1/hook';
    await assertRejects(() => webhook(url).send(MESSAGE), Error, 'not https');
  });

  it('T089: the connection goes to the very address that was checked', async () => {
    await withHook(200, async ({ url, received }) => {
      const answers = [['127.0.0.1'], ['127.0.0.2']];
      let asked = 0;
      const resolve = () => Promise.resolve(answers[asked++] ?? []);
      await webhook(url, { allow_networks: ['127.0.0.1/32'], resolve }).send(MESSAGE);
      assertEquals([asked, received.length], [1, 1]);
    });
  });

  it('T090: an answer is its status, however long it is; one that does not come is given up', async () => {
    await withHook(200, async ({ url, received }) => {
      await webhook(url).send(MESSAGE);
      assertEquals(received.length, 1);
    }, 'x'.repeat(1_000_000));
    await withHook(500, async ({ url }) => {
      await assertRejects(() => webhook(url).send(MESSAGE), Error, 'status 500');
    }, 'x'.repeat(1_000_000));
    const server = createServer(TEST_TLS, () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const hurried = webhook(`https://localhost:${port}/`, {
      allow_networks: ['127.0.0.0/8'],
      timeoutSeconds: 0.3,
    });
    await assertRejects(() => hurried.send(MESSAGE), Error, 'in time');
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});

function outbox(options: Partial<OutboxOptions> = {}) {
  const lines: string[] = [];
  const box = createOutbox({
    log: (level, event, fields) => lines.push(JSON.stringify({ level, event, ...fields })),
    ...options,
  });
  return { box, lines };
}

/** Work that waits for a word. */
function gate(): { readonly work: () => Promise<void>; readonly open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => open = resolve);
  return { work: () => opened, open: () => open() };
}

describe('outbox', () => {
  it('T093: nothing of the work is done before whoever posts it has gone on', async () => {
    const { box } = outbox();
    let started = false;
    box.post(() => {
      started = true;
      return Promise.resolve();
    });
    await Promise.resolve();
    assertFalse(started);
    await box.settled();
    assert(started);
  });

  it('so much at once, the rest in order', async () => {
    const { box } = outbox({ concurrency: 2 });
    const order: string[] = [];
    const { work, open } = gate();
    let running = 0;
    let most = 0;
    for (const name of ['a', 'b', 'c', 'd']) {
      box.post(async () => {
        order.push(name);
        most = Math.max(most, ++running);
        await work();
        running--;
      });
    }
    setTimeout(open, 120);
    await box.settled();
    assertEquals([order, most], [['a', 'b', 'c', 'd'], 2]);
  });

  it('what is too much is dropped, with a line in the log', async () => {
    const { box, lines } = outbox({ concurrency: 1, maxWaiting: 2 });
    const { work, open } = gate();
    const taken = [1, 2, 3, 4].map(() => box.post(work));
    assertEquals(taken, [true, true, true, false]);
    open();
    await box.settled();
    assertEquals(lines.length, 1);
    assertMatch(lines[0] ?? '', /notification\.dropped/);
  });

  it('a failure is logged, keeps nobody from coming next, and throws nowhere', async () => {
    const { box, lines } = outbox({ concurrency: 1 });
    let done = false;
    box.post(() => Promise.reject(new Error('the mail server is away')));
    box.post(() => {
      done = true;
      return Promise.resolve();
    });
    await box.settled();
    assert(done);
    assertEquals(lines.length, 1);
    assertMatch(lines[0] ?? '', /error.*notification\.failed.*the mail server is away/);
  });

  it('work that never ends makes room', async () => {
    const { box, lines } = outbox({ concurrency: 1, timeoutSeconds: 0.05 });
    let done = false;
    box.post(() => new Promise(() => {}));
    box.post(() => {
      done = true;
      return Promise.resolve();
    });
    await box.settled();
    assert(done);
    assertMatch(lines.join(), /too long/);
  });

  it('closed, it finishes what it has and takes nothing more', async () => {
    const { box, lines } = outbox();
    let done = 0;
    const count = (): Promise<void> => {
      done++;
      return Promise.resolve();
    };
    box.post(count);
    await box.close(5);
    assertFalse(box.post(count));
    assertEquals(done, 1);
    assertNotMatch(lines.join(), /failed/);
  });
});

describe('addresses of mail servers and senders', () => {
  it('what can be read', () => {
    assertEquals(parseSmtpAddress('smtp://mail.example'), {
      host: 'mail.example',
      port: 587,
      isSecure: false,
    });
    assertEquals(parseSmtpAddress('smtps://mail.example')?.port, 465);
    assertEquals(parseSmtpAddress('smtp://[::1]:25')?.host, '::1');
    assertEquals(parseMailbox('door@op.example'), { name: '', address: 'door@op.example' });
    assertEquals(parseMailbox('The door <door@op.example>'), {
      name: 'The door',
      address: 'door@op.example',
    });
  });

  const servers = [
    'mail.example',
    'http://mail.example',
    'smtp://a:b@mail.example',
    'smtp://',
    'smtp://m:0',
    'smtp://m:99999',
    'smtp://m/path',
    'smtp://m?a',
    'smtp://m\r\n',
  ];
  for (const text of servers) {
    it(`no mail server: ${JSON.stringify(text)}`, () =>
      assertEquals(parseSmtpAddress(text), undefined));
  }

  const senders = [
    '',
    'door',
    'door@',
    'a@b.example, c@d.example',
    'x <door>',
    'a\r\nb <d@o.example>',
    '"q" <d@o.example>',
    '<d@o.example> x',
  ];
  for (const text of senders) {
    it(`no sender: ${JSON.stringify(text)}`, () => assertEquals(parseMailbox(text), undefined));
  }
});
