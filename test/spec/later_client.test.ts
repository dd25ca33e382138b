/** T086: what an earlier client of the same name was given, or asks for, is nothing to a later one. RFC 7592 §2.3 */
import { describe, it } from 'node:test';
import { addClient, removeClient } from '../../src/engine/administration/clients.ts';
import { assertEquals, assertRejects } from '../support/assert.ts';
import { approve, DEVICE_CODE_GRANT } from '../support/device.ts';
import { assertRefused, obtainCode, REDIRECT_URI, tokensOf } from '../support/flow.ts';
import { CLI, type Op, openOp } from '../support/op.ts';

/** A public one: nothing but its name tells it from the next. */
const METADATA = {
  redirect_uris: [REDIRECT_URI],
  grant_types: ['authorization_code', DEVICE_CODE_GRANT],
  scope: 'openid',
  token_endpoint_auth_method: 'none',
};

async function add(op: Op): Promise<void> {
  const added = await addClient('named', METADATA, { kind: 'mint' }, CLI, op.instance.engine());
  assertEquals(added.kind, 'done', JSON.stringify(added));
}

/** The client gives way to another of its name. */
async function replace(op: Op): Promise<void> {
  op.clock.now += 2;
  assertEquals((await removeClient('named', CLI, op.instance.engine())).kind, 'done');
  op.clock.now += 2;
  await add(op);
}

async function withClient(work: (op: Op) => Promise<void>): Promise<void> {
  const op = await openOp();
  await add(op);
  op.clock.now += 2;
  await work(op);
  await op.close();
}

interface Device {
  readonly device_code: string;
  readonly user_code: string;
}

async function deviceOf(op: Op): Promise<Device> {
  const answer = await op.post('/device_authorization', { client_id: 'named', scope: 'openid' });
  return await answer.json() as Device;
}

function poll(op: Op, { device_code }: Device): Promise<Response> {
  return op.post('/token', { client_id: 'named', grant_type: DEVICE_CODE_GRANT, device_code });
}

describe('T086: a later client of the same name', () => {
  const PKCE = {
    client_id: 'named',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  };
  const code_verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
  const spend = (op: Op, code: string): Promise<Response> =>
    op.post('/token', {
      client_id: 'named',
      grant_type: 'authorization_code',
      code,
      code_verifier,
      redirect_uri: REDIRECT_URI,
    });

  it('redeems no code of the earlier one', () =>
    withClient(async (op) => {
      await tokensOf(await spend(op, await obtainCode(op, PKCE)));
      const code = await obtainCode(op, PKCE);
      await replace(op);
      await assertRefused(await spend(op, code), 'invalid_grant');
    }));

  it('gets nothing for a device that was approved for the earlier one', () =>
    withClient(async (op) => {
      const device = await deviceOf(op);
      await approve(op, device.user_code);
      await replace(op);
      await assertRefused(await poll(op, device), 'invalid_grant');
    }));

  it('is not what a person approves for a device that asked by the earlier one', () =>
    withClient(async (op) => {
      const device = await deviceOf(op);
      await replace(op);
      await assertRejects(() => approve(op, device.user_code));
      await assertRefused(await poll(op, device), 'authorization_pending');
      const next = await deviceOf(op);
      await approve(op, next.user_code);
      await tokensOf(await poll(op, next));
    }));
});
