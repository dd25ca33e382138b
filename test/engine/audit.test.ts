import { describe, it } from 'node:test';
import { audit } from '../../src/engine/audit.ts';
import { METADATA_DEFAULTS } from '../../src/spec/client_metadata.ts';
import { audits } from '../../src/store/collections.ts';
import type { AuditRecord } from '../../src/store/records.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { CLI, ISSUER, type Op, openOp } from '../support/op.ts';

async function recordsOf(op: Op): Promise<readonly AuditRecord[]> {
  const all: AuditRecord[] = [];
  for await (const { value } of audits.list(op.store, [])) all.push(value);
  return all;
}

describe('T150: the audit record of a change', () => {
  it('tells who changed what, from what, to what', async () => {
    const op = await openOp();
    const engine = op.instance.engine();
    const change = {
      action: 'client.changed',
      target: 'app',
      before: { client_name: 'Old', scope: 'openid', updated_at: 1, contacts: ['a'] },
      after: { client_name: 'New', scope: 'openid', updated_at: 2, tos_uri: 'https://tos.example' },
    };
    await engine.store.commit({ put: [audit(change, CLI, engine)] });
    const [record] = await recordsOf(op);
    assertEquals(record?.actor, CLI);
    assertEquals([record?.action, record?.target, record?.issuer, record?.at], [
      'client.changed',
      'app',
      ISSUER,
      op.clock.now,
    ]);
    assertEquals(record?.changes, {
      client_name: { before: 'Old', after: 'New' },
      contacts: { before: ['a'] },
      tos_uri: { after: 'https://tos.example' },
    });
    assert(op.log.some((line) => line.includes('"event":"audit"') && line.includes('tos_uri')));
    await op.close();
  });

  it('is logged when its commit has held, and not when it has not', async () => {
    const op = await openOp();
    const engine = op.instance.engine();
    const put = () => [audit({ action: 'x.y', target: 'unlucky' }, CLI, engine)];
    const check = [audits.absent('nothing-is-here')];
    const wrong = [{ key: ['nobody'] as const, version: 'never' }];
    assertEquals(await engine.store.commit({ check: wrong, put: put() }), 'conflict');
    assert(!op.log.some((line) => line.includes('unlucky')));
    assertEquals(await engine.store.commit({ check, put: put() }), 'committed');
    assertEquals(op.log.filter((line) => line.includes('unlucky')).length, 1);
    await op.close();
  });

  it('says of secrets only that they changed, at any depth', async () => {
    const op = await openOp();
    const engine = op.instance.engine();
    const change = {
      action: 'client.changed',
      target: 'app',
      before: { client_secret: 'hidden one', jwks: { keys: [{ kid: 'k', d: 'hidden two' }] } },
      after: { client_secret: 'hidden three', secret_digest: 'hidden four' },
    };
    await engine.store.commit({ put: [audit(change, CLI, engine)] });
    const [record] = await recordsOf(op);
    const text = JSON.stringify([record, op.log]);
    assert(!text.includes('hidden'), text);
    assertEquals(record?.changes['client_secret'], { before: '(secret)', after: '(secret)' });
    await op.close();
  });

  it('T144: of a client’s metadata all is told, and of its secret nothing', async () => {
    const op = await openOp();
    const engine = op.instance.engine();
    const change = { action: 'client.created', target: 'app', after: METADATA_DEFAULTS };
    await engine.store.commit({ put: [audit(change, CLI, engine)] });
    const [record] = await recordsOf(op);
    const told = Object.entries(record?.changes ?? {});
    assert(told.length > 20);
    assertEquals(told.filter(([, { after }]) => after === '(secret)'), []);
    await op.close();
  });

  it('lists the newest first, and ends after 400 days', async () => {
    const op = await openOp();
    const engine = op.instance.engine();
    for (const target of ['first', 'second', 'third']) {
      await engine.store.commit({ put: [audit({ action: 'x.y', target }, CLI, engine)] });
      op.clock.now += 0.002;
    }
    assertEquals((await recordsOf(op)).map(({ target }) => target), ['third', 'second', 'first']);
    op.clock.now += 400 * 86_400 + 1;
    assertEquals(await recordsOf(op), []);
    await op.close();
  });

  it('tells a long value by its length, and always fits into a record', async () => {
    const op = await openOp();
    const engine = op.instance.engine();
    for (const length of [90_000, 3_000, 7_000]) {
      const after = Object.fromEntries(
        Array.from({ length: 200 }, (_, index) => [`field_${index}`, 'ü'.repeat(length)]),
      );
      const change = { action: 'x.y', target: 'big', after };
      assertEquals(await engine.store.commit({ put: [audit(change, CLI, engine)] }), 'committed');
      op.clock.now += 1;
    }
    const [, medium, long] = await recordsOf(op);
    assertEquals(medium?.changes['field_0'], { after: 'ü'.repeat(3_000) });
    assertEquals(medium?.changes['field_50'], { after: '(6002 bytes)' });
    assertEquals(long?.changes['field_0'], { after: '(180002 bytes)' });
    await op.close();
  });
});
