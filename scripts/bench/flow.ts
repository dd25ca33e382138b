/**
 * Load of several steps: each actor goes through them again and again on a connection of its own, what one answer brought
 * (a code, a token) goes into the next request. In a worker, like `load.ts`, and as cheap.
 */
import { connect, type Socket } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { readReply } from './load.ts';
import { type LoadResult, openWindow, sleep, type WindowOptions } from './window.ts';

/** Text may hold `{name}`: a variable of the actor's. */
export interface Step {
  readonly url: string;
  /** Default GET. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Default 200. */
  readonly status?: number;
  /** Must occur in the answer. */
  readonly includes?: string;
  /** Variables that the answer sets: the first group of each pattern, over head and body. */
  readonly take?: Readonly<Record<string, RegExp>>;
}

export type Variables = Readonly<Record<string, string>>;

export interface FlowOptions extends WindowOptions {
  readonly steps: readonly Step[];
  /** One actor each: its sets of variables, of which each passage takes the next. */
  readonly actors: readonly (readonly Variables[])[];
}

export function loadFlow(options: FlowOptions): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { flow: options } });
    worker.once('message', (result: LoadResult) => {
      resolve(result);
      worker.terminate();
    });
    worker.once('error', reject);
  });
}

async function run(options: FlowOptions): Promise<LoadResult> {
  const steps = options.steps.map(compile);
  const window = openWindow(options);

  async function act(sets: Record<string, string>[]): Promise<void> {
    let connection: Connection | undefined;
    for (let passage = 0; !window.isOver(); passage++) {
      const variables = sets[passage % sets.length] ?? {};
      const startedAt = performance.now();
      try {
        connection ??= await openConnection(options.steps[0]?.url ?? '');
        for (const step of steps) await pass(step, variables, connection);
        window.succeed(performance.now() - startedAt);
      } catch (error) {
        connection?.close();
        connection = undefined;
        window.fail(error instanceof Error ? error.message : String(error));
        await sleep(0.01);
      }
    }
    connection?.close();
  }

  const actors = options.actors.map((sets) => act(sets.map((set) => ({ ...set }))));
  await Promise.all(actors);
  return window.result();
}

async function pass(
  step: Compiled,
  variables: Record<string, string>,
  connection: Connection,
): Promise<void> {
  const reply = await connection.exchange(step.write(variables));
  if (!reply.startsWith(step.statusLine) || !reply.includes(step.includes)) throw new Error(reply);
  for (const [name, pattern] of step.take) {
    const value = pattern.exec(reply)?.[1];
    if (value === undefined) throw new Error(`no ${name} in ${reply}`);
    variables[name] = value;
  }
}

interface Compiled {
  readonly statusLine: string;
  readonly includes: string;
  readonly take: readonly (readonly [name: string, pattern: RegExp])[];
  readonly write: (variables: Variables) => string;
}

function compile(
  { url, method = 'GET', headers = {}, body, status = 200, ...expected }: Step,
): Compiled {
  const { host } = new URL(url);
  const path = url.slice(url.indexOf(host) + host.length) || '/';
  const lines = Object.entries({ host, ...headers }).map(([name, value]) =>
    `${name}: ${value}\r\n`
  );
  const head = template(`${method} ${path} HTTP/1.1\r\n${lines.join('')}`);
  const text = body === undefined ? undefined : template(body);
  return {
    statusLine: `HTTP/1.1 ${status}`,
    includes: expected.includes ?? '',
    take: Object.entries(expected.take ?? {}),
    write(variables) {
      if (text === undefined) return `${head(variables)}\r\n`;
      const filled = text(variables);
      return `${head(variables)}content-length: ${filled.length}\r\n\r\n${filled}`;
    },
  };
}

function template(text: string): (variables: Variables) => string {
  const parts = text.split(/\{(\w+)\}/);
  return (variables) => parts.map((part, i) => i % 2 === 0 ? part : variables[part] ?? '').join('');
}

interface Connection {
  /** One request; the whole reply, a character a byte. */
  exchange(request: string): Promise<string>;
  close(): void;
}

function openConnection(url: string): Promise<Connection> {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let received: Buffer | undefined;
  let answer: ((reply: string) => void) | undefined;
  let refuse: ((error: Error) => void) | undefined;
  socket.on('data', (chunk: Buffer) => {
    received = received === undefined ? chunk : Buffer.concat([received, chunk]);
    const { end } = readReply(received);
    if (end === -1) return;
    const reply = received.toString('latin1', 0, end);
    received = undefined;
    answer?.(reply);
  });
  socket.on('error', () => {});
  socket.on('close', () => refuse?.(new Error('connection closed')));
  const connection: Connection = {
    exchange(request) {
      return new Promise((resolve, reject) => {
        answer = resolve;
        refuse = reject;
        if (socket.destroyed) reject(new Error('connection closed'));
        else socket.write(request, 'latin1');
      });
    },
    close: () => socket.destroy(),
  };
  return new Promise((resolve, reject) => {
    refuse = reject;
    socket.once('connect', () => resolve(connection));
  });
}

if (!isMainThread && workerData?.flow !== undefined) {
  parentPort?.postMessage(await run(workerData.flow));
}
