/**
 * A load generator that costs little: raw sockets, HTTP/1.1 keep-alive, one request at a time on each connection. It runs
 * in a worker, so that neither the caller's event loop nor its garbage weighs on the figures; the server belongs into
 * another process.
 */
import { connect, type Socket } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type LoadResult, openWindow, type WindowOptions } from './window.ts';

export interface Variant {
  /** With query; absent: that of `url`. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Check {
  /** Default 200. */
  readonly status?: number;
  /** Must occur in the body. */
  readonly includes?: string;
}

export interface LoadOptions extends WindowOptions {
  /** http only. */
  readonly url: string;
  /** Default GET. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Sent in turn, each over the fields above: other tokens, other bodies. */
  readonly variants?: readonly Variant[];
  readonly concurrency: number;
  /** Whatever does not answer so is a failure and is not counted. */
  readonly check?: Check;
}

export function load(options: LoadOptions): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { load: options } });
    worker.once('message', (result: LoadResult) => {
      resolve(result);
      worker.terminate();
    });
    worker.once('error', reject);
  });
}

interface Reply {
  readonly status: number;
  /** Where the reply ends in the buffer, or −1: not all of it is there. */
  readonly end: number;
  readonly bodyStart: number;
}

const INCOMPLETE: Reply = { status: 0, end: -1, bodyStart: 0 };

async function run(options: LoadOptions): Promise<LoadResult> {
  const requests = requestBytes(options);
  const expected = `HTTP/1.1 ${options.check?.status ?? 200}`;
  const window = openWindow(options);
  let next = 0;

  const judge = (reply: Buffer, bodyStart: number, milliseconds: number): void => {
    const isRight = reply.toString('latin1', 0, expected.length) === expected &&
      (options.check?.includes === undefined ||
        reply.indexOf(options.check.includes, bodyStart) !== -1);
    if (isRight) window.succeed(milliseconds);
    else window.fail(reply.toString());
  };

  const open = (): Socket => {
    const { hostname, port } = new URL(options.url);
    const socket = connect({ host: hostname, port: Number(port || 80), noDelay: true });
    let pending: Buffer | undefined;
    let sentAt = 0;
    const send = (): void => {
      const bytes = requests[next++ % requests.length];
      if (bytes === undefined || window.isOver()) return;
      sentAt = performance.now();
      socket.write(bytes);
    };
    socket.on('connect', send);
    socket.on('data', (chunk: Buffer) => {
      const buffer = pending === undefined ? chunk : Buffer.concat([pending, chunk]);
      const reply = readReply(buffer);
      pending = reply.end === -1 ? buffer : undefined;
      if (reply.end === -1) return;
      judge(buffer, reply.bodyStart, performance.now() - sentAt);
      send();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      if (window.isOver()) return;
      window.fail('connection closed');
      sockets.delete(socket);
      setTimeout(() => sockets.add(open()), 10);
    });
    return socket;
  };

  const sockets = new Set<Socket>();
  for (let i = 0; i < options.concurrency; i++) sockets.add(open());
  await window.ended;
  for (const socket of sockets) socket.destroy();
  return window.result();
}

function requestBytes(options: LoadOptions): readonly Buffer[] {
  const url = new URL(options.url);
  return (options.variants ?? [{}]).map((variant) => {
    const body = variant.body ?? options.body;
    const headers = {
      host: url.host,
      ...options.headers,
      ...variant.headers,
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const path = variant.path ?? url.pathname + url.search;
    return Buffer.from(`${options.method ?? 'GET'} ${path} HTTP/1.1\r\n${lines}\r\n${body ?? ''}`);
  });
}

export function readReply(buffer: Buffer): Reply {
  const blank = buffer.indexOf('\r\n\r\n');
  if (blank === -1) return INCOMPLETE;
  const head = buffer.toString('latin1', 0, blank).toLowerCase();
  const status = Number(head.slice(9, 12));
  const bodyStart = blank + 4;
  const field = head.indexOf('\r\ncontent-length:');
  if (field !== -1) {
    const end = bodyStart + Number.parseInt(head.slice(field + 17), 10);
    return end > buffer.length ? INCOMPLETE : { status, end, bodyStart };
  }
  if (head.includes('\r\ntransfer-encoding: chunked')) {
    const last = buffer.indexOf('0\r\n\r\n', bodyStart);
    const isWhole = last !== -1 && (last === bodyStart || buffer[last - 1] === 10);
    return isWhole ? { status, end: last + 5, bodyStart } : INCOMPLETE;
  }
  return { status, end: bodyStart, bodyStart };
}

if (!isMainThread && workerData?.load !== undefined) {
  parentPort?.postMessage(await run(workerData.load));
}
