import { describe, it } from 'node:test';
import { addRegistrationToken } from '../../src/engine/administration/registration_tokens.ts';
import { clients } from '../../src/store/collections.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { HOST, type Issuers, openIssuers, PAIRS, ROOT } from '../support/issuers.ts';
import { bearer, type Information, METADATA } from '../support/registration.ts';
import { basic } from '../support/op.ts';

function registerAt(issuers: Issuers, issuer: string, token?: string): Promise<Response> {
  return issuers.fetch(`${issuer}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...bearer(token) },
    body: JSON.stringify(METADATA),
  });
}

async function tokenAt(issuers: Issuers, issuer: string): Promise<string> {
  const made = await addRegistrationToken({}, { kind: 'cli' }, issuers.engine(issuer));
  assert(made.kind === 'done');
  return made.value.token;
}

describe('registration at several issuers', () => {
  it('T083: initial tokens, registration tokens and clients of one are nothing at another', async () => {
    const issuers = await openIssuers();
    for (const { own, other } of PAIRS) {
      const token = await tokenAt(issuers, own);
      assertEquals((await registerAt(issuers, other, token)).status, 401, `${own} at ${other}`);
      const client = await (await registerAt(issuers, own, token)).json() as Information;
      assertEquals(client.registration_client_uri, `${own}/register/${client.client_id}`);
      const headers = bearer(client.registration_access_token);
      const read = (issuer: string) =>
        issuers.fetch(`${issuer}/register/${client.client_id}`, { headers });
      assertEquals((await read(own)).status, 200);
      assertEquals((await read(other)).status, 401);
      const credentials = basic(client.client_id, client.client_secret);
      const introspect = (issuer: string) =>
        issuers.post(`${issuer}/introspect`, { token: 'x' }, credentials);
      assertEquals((await introspect(own)).status, 200);
      assertEquals((await introspect(other)).status, 401);
      // Nor where somebody has copied the record there.
      const entry = await clients.get(issuers.store, own, client.client_id);
      assert(entry !== undefined);
      await issuers.store.commit({
        put: [clients.put([other, client.client_id], entry.value)],
      });
      assertEquals((await read(other)).status, 401);
      await issuers.store.commit({ remove: [clients.key(other, client.client_id)] });
    }
    await issuers.close();
  });

  it('T081: each has places of its own, and its own mode', async () => {
    const issuers = await openIssuers({
      issuers: [
        { issuer: ROOT, registration: { mode: 'open', max_clients: 1 } },
        { issuer: HOST, registration: { mode: 'open', max_clients: 1 } },
        { issuer: `${HOST}/closed` },
      ],
    });
    assertEquals((await registerAt(issuers, ROOT)).status, 201);
    assertEquals((await registerAt(issuers, ROOT)).status, 503);
    assertEquals((await registerAt(issuers, HOST)).status, 201);
    assertEquals((await registerAt(issuers, `${HOST}/closed`)).status, 401);
    await issuers.close();
  });
});
