/**
 * An API that takes this provider's access tokens, to copy from: it knows nothing of the provider but its addresses.
 *
 *     ISSUER=http://localhost:9091 RESOURCE=http://localhost:9093/ CLIENT_ID=api CLIENT_SECRET=… node scripts/resource_server.ts
 */
import process from 'node:process';
import { serve } from 'srvx';
import { createResourceServer } from './resource_server/server.ts';

const { ISSUER = 'http://localhost:9091', RESOURCE = 'http://localhost:9093/' } = process.env;
const { CLIENT_ID = 'api', CLIENT_SECRET } = process.env;

try {
  if (CLIENT_SECRET === undefined) throw new Error('CLIENT_SECRET is required');
  const server = serve({
    fetch: createResourceServer({
      issuer: ISSUER,
      resource: RESOURCE,
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
    }),
    hostname: '127.0.0.1',
    port: Number(new URL(RESOURCE).port) || 9093,
    manual: true,
    silent: true,
  });
  await server.serve();
  console.log(`Listening on ${server.url}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
