import { describe, it } from 'node:test';
import { commandNamed } from '../../src/cli/commands.ts';
import { noteActivity } from '../../src/engine/activity.ts';
import { tendSessions } from '../../src/engine/logout/tend_sessions.ts';
import { listFactors } from '../../src/engine/factors/factors.ts';
import { enrolPasskey, registrationOptions } from '../../src/engine/factors/passkey.ts';
import { newRecoveryCodes, remainingRecoveryCodes } from '../../src/engine/factors/recovery.ts';
import { assert, assertEquals, assertFalse, assertStringIncludes } from '../support/assert.ts';
import { createAuthenticator } from '../support/authenticator.ts';
import { obtainCode } from '../support/flow.ts';
import { ISSUER, type Op, openOp } from '../support/op.ts';

async function run(op: Op, name: string, ...positionals: string[]) {
  const command = await commandNamed(name);
  assert(command?.kind === 'engine');
  const invocation = { positionals, flags: {}, files: {}, directory: '/' };
  return { command, result: await command.run(op.instance.engine(), invocation) };
}

/** Alice, signed in, with a passkey and recovery codes. */
async function withPasskey() {
  const op = await openOp();
  const engine = op.instance.engine();
  const alice = await engine.directory.findByUsername('alice');
  assert(alice !== undefined);
  await obtainCode(op);
  const authenticator = createAuthenticator({ origin: ISSUER });
  const response = authenticator.create(await registrationOptions(alice, 'b', engine));
  await enrolPasskey(alice, { response, name: 'Key' }, 'b', engine);
  await newRecoveryCodes(alice.id, engine);
  return { op, engine, alice };
}

describe('ostiary user factors', () => {
  it('lists them, and nothing that proves anything', async () => {
    const { op } = await withPasskey();
    const { command, result } = await run(op, 'user factors', 'alice');
    assert(result.kind === 'done');
    const text = JSON.stringify(result.value);
    assertFalse(text.includes('public_key') || text.includes('credential_id'));
    const printed = command.print(result.value);
    for (const word of ['passkey', 'Key', '10']) assertStringIncludes(printed, word);
  });

  it('of nobody there are none', async () => {
    const { op } = await withPasskey();
    assertEquals((await run(op, 'user factors', 'nobody')).result.kind, 'refused');
  });
});

describe('ostiary user reset-factors', () => {
  it('removes all of them, and signs the person out', async () => {
    const { op, engine, alice } = await withPasskey();
    const { result } = await run(op, 'user reset-factors', 'alice');
    assertEquals(result, { kind: 'done', value: { factors: 1, sessions: 1 } });
    assertEquals(await listFactors(alice.id, engine), []);
    assertEquals(await remainingRecoveryCodes(alice.id, engine), 0);
  });
});

describe('ostiary user remove', () => {
  it('in the end leaves nothing behind but the subject identifier, both ways, and the record of it', async () => {
    const { op, engine, alice } = await withPasskey();
    const place = { address: undefined, user_agent: undefined };
    await noteActivity(alice.id, { kind: 'signed_in', ...place }, engine);
    await run(op, 'user remove', 'alice');
    op.clock.now += engine.settings.sessions.absolute;
    await tendSessions(engine, { isWhole: true });
    const left = new Set<string>();
    for await (const { key, value } of op.store.list([])) {
      if (JSON.stringify([key, value]).includes(alice.id)) left.add(key[0]);
    }
    left.delete('code');
    assertEquals([...left], ['audit', 'subject', 'subject_owner']);
  });
});
