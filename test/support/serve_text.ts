/** A client's own https server on this machine, which says one thing. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Closable } from './holder.ts';
import { TEST_TLS } from './tls.ts';

export async function serveText(
  text: () => string,
  contentType: string,
): Promise<Closable & { readonly origin: string }> {
  const server = createServer(TEST_TLS, (_request, response) => {
    response.setHeader('content-type', contentType);
    response.end(text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
