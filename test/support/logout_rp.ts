/** The server of relying parties that are told of logouts, on loopback. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TEST_TLS } from './tls.ts';
import { startTlsServer, type TlsServer } from './tls_server.ts';

export interface LogoutRequest {
  readonly method: string | undefined;
  readonly path: string;
  readonly contentType: string | undefined;
  readonly body: string;
  readonly token: string;
}

export interface LogoutRp extends TlsServer {
  /** In the order in which they came whole. */
  readonly received: readonly LogoutRequest[];
  /** Those at a path, once there are so many. */
  at(path: string, count?: number): Promise<readonly LogoutRequest[]>;
}

/** How to answer, by path; 200 otherwise. */
export type Answers = Readonly<
  Record<string, (response: ServerResponse, count: number, request: IncomingMessage) => void>
>;

export const OUTBOUND_TO_RP = {
  allow_networks: ['127.0.0.0/8'],
  ca_file: TEST_TLS.cert,
  // Far longer than an answer takes, however slow this machine is.
  timeout: '10s',
} as const;

export async function startLogoutRp(answers: Answers = {}): Promise<LogoutRp> {
  const received: LogoutRequest[] = [];
  const waiting = new Set<() => void>();
  const server = await startTlsServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => body += text);
    request.on('end', () => {
      const { method, url: path = '' } = request;
      const token = new URLSearchParams(body).get('logout_token') ?? '';
      const contentType = request.headers['content-type'];
      received.push({ method, path, contentType, body, token });
      const count = received.filter((each) => each.path === path).length;
      const answer = answers[path] ?? (() => response.end());
      answer(response, count, request);
      for (const look of waiting) look();
    });
  });
  return {
    ...server,
    received,
    at(path, count = 1) {
      return new Promise((resolve) => {
        const look = (): void => {
          const found = received.filter((each) => each.path === path);
          if (found.length < count) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      });
    },
  };
}
