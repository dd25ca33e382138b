import { describe, it } from 'node:test';
import { waitingPut } from '../../src/engine/deliveries/new_delivery.ts';
import { openFileStore } from '../../src/store/file/file_store.ts';
import { assert, assertEquals, assertStringIncludes } from '../support/assert.ts';
import { openPlace, SLOW } from '../support/cli.ts';
import { startLogoutRp } from '../support/logout_rp.ts';
import { TEST_TLS } from '../support/tls.ts';

const ISSUER = 'http://localhost:9091';

interface Listed {
  readonly deliveries: readonly { readonly id: string; readonly state: string }[];
}

describe('ostiary delivery', () => {
  it(
    'lists what became of messages, and has one sent again, with a server or for the next one',
    SLOW,
    async () => {
      const place = await openPlace();
      let status = 400;
      const rp = await startLogoutRp({
        '/logout': (response) => {
          response.statusCode = status;
          response.end();
        },
      });
      try {
        await place.write('ca.pem', TEST_TLS.cert);
        await place.write(
          'ostiary.yaml',
          JSON.stringify({
            issuer: ISSUER,
            clients: [{
              client_id: 'app',
              client_secret: '$plaintext$a secret of the test client, 0123456789',
              redirect_uris: ['https://app.example/callback'],
              backchannel_logout_uri: `${rp.origin}/logout`,
            }],
            outbound: { allow_networks: ['127.0.0.0/8'], ca_file: 'ca.pem' },
          }),
        );
        const list = async (...flags: string[]) =>
          (await place.json(['delivery', 'list', ...flags]) as Listed).deliveries;
        assertEquals(await list(), []);
        await plantDelivery(place.directory);
        const served = await place.serve();
        await served.logged('delivery.given_up');
        const [only] = await list('--client', 'app', '--state', 'given_up', '--session', 's1');
        assertEquals([only?.id, only?.state], ['d1', 'given_up']);
        assertEquals(await list('--client', 'other'), []);
        const text = (await place.run(['delivery', 'list'])).stdout;
        assertStringIncludes(text, 'the answer has status 400');
        const odd = await place.run(['delivery', 'list', '--state', 'lost']);
        assert(odd.code === 1 && odd.stderr.includes('--state must be one of'), odd.stderr);
        const none = await place.run(['delivery', 'retry', 'nothing']);
        assert(none.code === 1 && none.stderr.includes('there is no message'), none.stderr);
        status = 204;
        await place.run(['delivery', 'retry', 'd1']);
        await served.logged('delivery.delivered');
        await served.stop();
        assertEquals((await list())[0]?.state, 'delivered');
      } finally {
        await place.close();
        await rp.close();
      }
    },
  );
});

/** As a process left it that was killed before it could send it. */
async function plantDelivery(directory: string): Promise<void> {
  const store = await openFileStore(`${directory}/data`, { log: () => {} });
  const now = Date.now() / 1000;
  await store.commit({
    put: [waitingPut({
      id: 'd1',
      kind: 'backchannel_logout',
      client_id: 'app',
      sid: 's1',
      content: { sid: 's1' },
      created_at: now,
      attempts: 0,
      due_at: now,
    }, ISSUER)],
  });
  await store.close();
}
