/** Clients that name one of our keys by its kid. */
import { describe, it } from 'node:test';
import { addClient, removeClient, updateClient } from '../../src/engine/administration/clients.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { namingClient } from '../../src/engine/named_keys.ts';
import { assertEquals, assertRejects, assertStringIncludes } from '../support/assert.ts';
import { CLI, CLIENT, openOp } from '../support/op.ts';

const NAMING = { ...CLIENT, id_token_signed_response_key_id: 'no-such-key' };

describe('T145: a kid that is none of ours', () => {
  it('in the file stops the start, and is named', async () => {
    const error = await assertRejects(() => openOp({ config: { clients: [NAMING] } }), TypeError);
    assertStringIncludes(error.message, 'client app: id_token_signed_response_key_id');
  });

  it('is refused for a client of the store, when it is added and when it is changed', async () => {
    const op = await openOp();
    const engine = op.instance.engine();
    const metadata = { grant_types: ['client_credentials'] };
    const naming = { ...metadata, userinfo_signed_response_key_id: 'no-such-key' };
    const added = await addClient('stored', naming, { kind: 'mint' }, CLI, engine);
    assertEquals(added.kind, 'refused');
    assertEquals((await addClient('stored', metadata, { kind: 'mint' }, CLI, engine)).kind, 'done');
    const changes = { userinfo_signed_response_key_id: 'no-such-key' };
    assertEquals((await updateClient('stored', changes, CLI, engine)).kind, 'refused');
  });

  it('of another algorithm is none, either', async () => {
    const op = await openOp();
    const engine = op.instance.engine();
    const kid = engine.keys.describe().find(({ alg }) => alg === 'ES256')?.kid;
    const metadata = {
      grant_types: ['client_credentials'],
      id_token_signed_response_key_id: kid,
    };
    const refused = await addClient('a', metadata, { kind: 'mint' }, CLI, engine);
    assertEquals(refused.kind, 'refused');
    const right = { ...metadata, id_token_signed_response_alg: 'ES256' };
    assertEquals((await addClient('a', right, { kind: 'mint' }, CLI, engine)).kind, 'done');
  });
});

describe('the client that names a key', () => {
  it('is looked for among all clients once, and again when it names the key no more', async () => {
    const op = await openOp();
    const engine = op.instance.engine();
    const kid = engine.keys.describe().find(({ alg }) => alg === 'ES256')?.kid ?? '';
    let scans = 0;
    const watched: Engine = {
      ...engine,
      store: {
        ...engine.store,
        list(prefix, options) {
          scans += 1;
          return engine.store.list(prefix, options);
        },
      },
    };
    const metadata = {
      grant_types: ['client_credentials'],
      id_token_signed_response_alg: 'ES256',
      id_token_signed_response_key_id: kid,
    };
    for (const id of ['a', 'b']) {
      assertEquals((await addClient(id, metadata, { kind: 'mint' }, CLI, engine)).kind, 'done');
    }
    for (let turn = 0; turn < 3; turn += 1) assertEquals(await namingClient(kid, watched), 'a');
    assertEquals(scans, 1);
    await updateClient('a', { id_token_signed_response_key_id: null }, CLI, engine);
    assertEquals(await namingClient(kid, watched), 'b');
    await removeClient('b', CLI, engine);
    assertEquals(await namingClient(kid, watched), undefined);
    assertEquals(scans, 3);
  });
});
