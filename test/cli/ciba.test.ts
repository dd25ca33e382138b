import { describe, it } from 'node:test';
import { openFileStore } from '../../src/store/file/file_store.ts';
import { backchannelPlaces, backchannelRequests } from '../../src/store/collections.ts';
import { assert, assertEquals, assertMatch, assertStringIncludes } from '../support/assert.ts';
import { openPlace, SLOW } from '../support/cli.ts';
import { BANK, CIBA_GRANT } from '../support/ciba.ts';
import { basic } from '../support/op.ts';

const ISSUER = 'http://localhost:9091';

interface Listed {
  readonly requests: readonly { readonly id: string; readonly user: string }[];
}

describe('ostiary ciba', () => {
  it(
    'lists, approves and denies requests, with a server or on the store itself',
    SLOW,
    async () => {
      const place = await openPlace();
      try {
        const bank = JSON.parse(JSON.stringify({ ...BANK, jwks: undefined })) as object;
        await place.write('ostiary.yaml', JSON.stringify({ issuer: ISSUER, clients: [bank] }));
        const list = async (...flags: string[]) =>
          (await place.json(['ciba', 'list', ...flags]) as Listed).requests;
        assertEquals(await list(), []);
        await place.json(['user', 'add', 'alice', '--email', 'alice@example.com']);
        const served = await place.serve();
        const post = (path: string, form: Readonly<Record<string, string>>) =>
          fetch(`${served.address}${path}`, {
            method: 'POST',
            headers: basic('bank'),
            body: new URLSearchParams(form),
          });
        const ask = async () => {
          const form = { scope: 'openid', login_hint: 'alice', binding_message: 'W4SCT' };
          const response = await post('/backchannel_authentication', form);
          assertEquals(response.status, 200);
          return (await response.json() as { readonly auth_req_id: string }).auth_req_id;
        };
        const poll = async (auth_req_id: string) =>
          await (await post('/token', { grant_type: CIBA_GRANT, auth_req_id })).json() as Record<
            string,
            string
          >;
        const first = await ask();
        const [only] = await list('--user', 'alice');
        assertEquals(only?.user, 'alice');
        assertStringIncludes((await place.run(['ciba', 'list'])).stdout, 'W4SCT');
        const approved = await place.run(['ciba', 'approve', only?.id ?? '']);
        assertMatch(
          approved.stdout,
          /^[\w-]{43} +alice +bank +openid +W4SCT +\d{4}-\d\d-\d\dT.*Z$/m,
        );
        assert((await poll(first))['id_token'] !== undefined);
        const second = await ask();
        const denied = await place.json(['ciba', 'deny', (await list())[0]?.id ?? '']);
        assertEquals((denied as Listed['requests'][number]).user, 'alice');
        assertEquals((await poll(second))['error'], 'access_denied');
        const again = await place.run(['ciba', 'approve', only?.id ?? '']);
        assert(again.code === 1 && again.stderr.includes('waits for an answer'), again.stderr);
        await served.stop();
        await plantRequest(place.directory);
        assertEquals((await list()).map(({ id }) => id), ['planted']);
        await place.json(['ciba', 'deny', 'planted']);
        assertEquals(await list(), []);
      } finally {
        await place.close();
      }
    },
  );
});

/** One that was there when the server stopped. */
async function plantRequest(directory: string): Promise<void> {
  const store = await openFileStore(`${directory}/data`, { now: () => Date.now() / 1000 });
  try {
    let user = '';
    for await (const { value } of store.list<{ user: string }>(['username'])) user = value.user;
    const now = Math.floor(Date.now() / 1000);
    const record = {
      client_id: 'bank',
      user,
      place: 0,
      scope: ['openid'],
      resource: [],
      acr_values: [],
      delivery_mode: 'poll',
      created_at: now,
      expires_at: now + 300,
      interval: 5,
    } as const;
    await store.commit({
      put: [
        backchannelRequests.put([ISSUER, 'planted'], record, now + 900),
        backchannelPlaces.put([ISSUER, user, '0'], {
          request: 'planted',
          client_id: record.client_id,
        }, now + 300),
      ],
    });
  } finally {
    await store.close();
  }
}
