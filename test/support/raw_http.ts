import { connect, type Socket } from 'node:net';

export interface RawConnection {
  readonly socket: Socket;
  /** All that has arrived, as Latin-1. */
  received(): string;
  /** All that arrived until the text occurred in it, or the connection was closed. */
  until(text: string): Promise<string>;
  /** All that arrived until the connection was closed; `[open]` at its end when that did not happen in 10 seconds. */
  closed(): Promise<string>;
}

/** A connection that sends bytes as they are, for requests that no client library would send. */
export function openRaw(port: number, bytes = ''): RawConnection {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  let isClosed = false;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const check of [...waiting]) check();
  };
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
    wake();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    isClosed = true;
    wake();
  });
  if (bytes !== '') socket.on('connect', () => socket.write(bytes, 'latin1'));

  const when = (isReached: () => boolean): Promise<string> =>
    new Promise((resolve) => {
      const done = (text: string): void => {
        clearTimeout(timer);
        waiting.delete(check);
        resolve(text);
      };
      const check = (): void => {
        if (isReached()) done(received);
      };
      // Only so that a test that fails does so with what had arrived.
      const timer = setTimeout(() => done(`${received}[open]`), 10_000);
      waiting.add(check);
      check();
    });
  return {
    socket,
    received: () => received,
    until: (text) => when(() => isClosed || received.includes(text)),
    closed: () => when(() => isClosed),
  };
}
