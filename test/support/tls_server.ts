/** A server of somebody else's, by https on a free port of loopback. */
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TEST_TLS } from './tls.ts';

export interface TlsServer {
  readonly origin: string;
  readonly port: number;
  /** Whatever is under way. */
  close(): Promise<void>;
}

/** Whoever is to trust it needs `TEST_TLS.cert` as an authority. */
export async function startTlsServer(listener: RequestListener): Promise<TlsServer> {
  const server = createServer(TEST_TLS, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `https://localhost:${port}`,
    port,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
