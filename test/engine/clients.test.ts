import { describe, it } from 'node:test';
import { findClient } from '../../src/engine/clients.ts';
import { addClient } from '../../src/engine/administration/clients.ts';
import { clients } from '../../src/store/collections.ts';
import type { StoredClient } from '../../src/store/records.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { has } from '../support/browser.ts';
import { ALICE, authorizationUrl } from '../support/flow.ts';
import { CLI, ISSUER, openOp } from '../support/op.ts';

describe('a client that an earlier version wrote', () => {
  it('has the defaults of what that version did not know, and works', async () => {
    const op = await openOp();
    const redirect_uris = ['https://old.example/callback'];
    const metadata = { redirect_uris, token_endpoint_auth_method: 'none' };
    const added = await addClient('old', metadata, { kind: 'mint' }, CLI, op.instance.engine());
    assertEquals(added.kind, 'done');
    const entry = await clients.get(op.store, ISSUER, 'old');
    assert(entry !== undefined);
    const { required_scope: _, implicit_offline_access: __, ...older } = entry.value;
    await op.store.commit({ put: [clients.put([ISSUER, 'old'], older as StoredClient)] });
    const client = await findClient('old', op.instance.engine());
    assertEquals([client?.required_scope, client?.implicit_offline_access], ['', 'drop']);
    const browser = op.browser();
    const url = authorizationUrl({
      client_id: 'old',
      redirect_uri: redirect_uris[0],
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    });
    const page = await browser.submit(await browser.get(url), ALICE, {}, 'id="username"');
    assert(has(page, 'accept'));
  });
});
