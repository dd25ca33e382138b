import { describe, it } from 'node:test';
import { requireConfig } from '../../src/config/parse.ts';
import { addClient } from '../../src/engine/administration/clients.ts';
import { importKey, removeKey, rotateKeys } from '../../src/engine/administration/keys.ts';
import { longestOf, tendKeys } from '../../src/engine/key_rotation.ts';
import { LEAD_SECONDS } from '../../src/keys/key_state.ts';
import { audits } from '../../src/store/collections.ts';
import type { AuditRecord } from '../../src/store/records.ts';
import { assert, assertEquals, assertRejects, assertStringIncludes } from '../support/assert.ts';
import { ISSUER, type Op, openOp } from '../support/op.ts';
import { LEAF, LEAF_KEY, MIDDLE, ROOT } from '../keys/chain.ts';

const DAY = 86_400;
const CLI = { kind: 'cli' } as const;

async function recordsOf(op: Op): Promise<readonly AuditRecord[]> {
  const all: AuditRecord[] = [];
  for await (const { value } of audits.list(op.store, [ISSUER])) all.push(value);
  for await (const { value } of audits.list(op.store, [])) {
    if (!all.includes(value)) all.push(value);
  }
  return all;
}

function statesOf(op: Op, group: string): readonly string[] {
  return op.instance.engine().keys.describe().filter(({ alg, use }) => (alg ?? use) === group)
    .map(({ state }) => state);
}

async function tend(op: Op, seconds: number): Promise<void> {
  op.clock.now += seconds;
  await tendKeys(op.instance.engine());
}

describe('keys by the clock', () => {
  it('rotate by the algorithm’s own period or that of all, sealing keys every week, with a record', async () => {
    const op = await openOp({
      config: { keys: { rotate_every: '30d', algorithms: { EdDSA: '10d', RS256: 'off' } } },
    });
    await tend(op, 7 * DAY);
    assertEquals(statesOf(op, 'seal'), ['pending', 'active']);
    assertEquals(statesOf(op, 'EdDSA'), ['active']);
    await tend(op, 3 * DAY);
    assertEquals(statesOf(op, 'EdDSA'), ['pending', 'active']);
    assertEquals(statesOf(op, 'ES256'), ['active']);
    await tend(op, 20 * DAY);
    assertEquals(statesOf(op, 'ES256'), ['pending', 'active']);
    await tend(op, 300 * DAY);
    assertEquals(statesOf(op, 'RS256'), ['active']);
    const records = await recordsOf(op);
    for (const action of ['key.rotated', 'key.gone']) {
      const record = records.find((each) => each.action === action);
      assertEquals([record?.actor, record?.issuer], [{ kind: 'system' }, ISSUER], action);
    }
    assert(!/"(sealed|public_jwk|d)":/.test(JSON.stringify(records)));
    await op.close();
  });

  it('keep what a client names, and say which', async () => {
    const op = await openOp({ config: { keys: { rotate_every: '30d' } } });
    const engine = op.instance.engine();
    const kid = op.instance.engine().keys.describe().find(({ alg }) => alg === 'ES256')?.kid ?? '';
    const metadata = {
      grant_types: ['client_credentials'],
      id_token_signed_response_alg: 'ES256',
      id_token_signed_response_key_id: kid,
    };
    assertEquals((await addClient('naming', metadata, { kind: 'mint' }, CLI, engine)).kind, 'done');
    await tend(op, 30 * DAY);
    await tend(op, 200 * DAY);
    assert(op.instance.engine().keys.describe().some((key) => key.kid === kid));
    const refused = await removeKey(kid, CLI, engine);
    assert(refused.kind === 'refused');
    assertStringIncludes(refused.problem, 'client naming');
    await op.close();
  });

  it('live for the longest that anything configured lives, grants of custom lifespans included', () => {
    const settings = (config: object) =>
      requireConfig({ issuer: ISSUER, ...config }).issuers[0].settings;
    assertEquals(longestOf(settings({})), { sig: 30 * DAY, seal: 30 * DAY, enc: DAY });
    const short = {
      lifespans: { access_token: '1m', id_token: '1m', refresh_token: '1m' },
      sessions: { idle: '1m', absolute: '1m', remember: '1m' },
    };
    assertEquals(longestOf(settings(short)), { sig: 3600, seal: 3600, enc: DAY });
    const custom = { name: { grants: { client_credentials: { access_token: '2d' } } } };
    const lifespans = { ...short.lifespans, custom };
    assertEquals(longestOf(settings({ ...short, lifespans })).sig, 2 * DAY);
    const resources = [{ resource: 'https://api.example/', access_token_lifetime: '3d' }];
    assertEquals(longestOf(settings({ ...short, resources })).sig, 3 * DAY);
    assertEquals(longestOf(settings({ ...short, resources })).seal, 3 * DAY);
  });

  it('T145: periods that make no sense stop the start', async () => {
    for (
      const keys of [
        { rotate_every: '1h' },
        { rotate_every: 'never' },
        {
          algorithms: { HS256: '90d' },
        },
        { algorithms: { ES256: 90 } },
        { period: '90d' },
      ]
    ) await assertRejects(() => openOp({ config: { keys } }), TypeError, 'keys');
  });

  it('tell in time that certificates end', async () => {
    const op = await openOp();
    const engine = op.instance.engine();
    const imported = await importKey(
      `${LEAF_KEY}${LEAF}${MIDDLE}${ROOT}`,
      { isNow: false },
      CLI,
      engine,
    );
    assert(imported.kind === 'done');
    op.clock.now = (imported.value.chain_expires_at ?? 0) - 29 * DAY;
    const restarted = await openOp({ store: op.store });
    restarted.clock.now = op.clock.now;
    restarted.instance.reload(requireConfig({ issuer: ISSUER, storage: { engine: 'memory' } }));
    await restarted.close();
    assert(restarted.log.some((line) => line.includes('key.chain_ends_soon')));
  });
});

describe('keys on demand', () => {
  it('rotate as asked: all that we made, of a use, or of an algorithm', async () => {
    const op = await openOp();
    const engine = op.instance.engine();
    const imported = await importKey(LEAF_KEY, { isNow: true }, CLI, engine);
    assert(imported.kind === 'done');
    const ofUse = await rotateKeys({ use: 'seal', isNow: true }, CLI, engine);
    assert(ofUse.kind === 'done');
    assertEquals(ofUse.value.keys.map(({ use, state }) => [use, state]), [['seal', 'active']]);
    const all = await rotateKeys({ isNow: false }, CLI, engine);
    assert(all.kind === 'done');
    assertEquals(all.value.keys.map(({ alg, use }) => alg ?? use).sort(), [
      'EdDSA',
      'RS256',
      'seal',
    ]);
    assertEquals(all.value.skipped.map(({ kid }) => kid), [imported.value.kid]);
    const again = await rotateKeys({ isNow: false }, CLI, engine);
    assert(again.kind === 'done');
    assertEquals(again.value.keys, []);
    const named = await rotateKeys({ alg: 'ES256', isNow: false }, CLI, engine);
    assert(named.kind === 'done');
    assertEquals(named.value.keys.map(({ active_at }) => active_at), [
      op.clock.now + LEAD_SECONDS.sig,
    ]);
    assertEquals((await rotateKeys({ alg: 'PS512', isNow: false }, CLI, engine)).kind, 'refused');
    const records = (await recordsOf(op)).filter(({ actor }) => actor.kind === 'cli');
    assertEquals(records.filter(({ action }) => action === 'key.imported').length, 1);
    assertEquals(records.filter(({ action }) => action === 'key.rotated').length, 5);
    await op.close();
  });

  it('are removed with a record', async () => {
    const op = await openOp();
    const engine = op.instance.engine();
    const kid = op.instance.engine().keys.describe().find(({ alg }) => alg === 'EdDSA')?.kid ?? '';
    assertEquals((await removeKey(kid, CLI, engine)).kind, 'done');
    const record = (await recordsOf(op)).find(({ action }) => action === 'key.removed');
    assertEquals([record?.target, record?.actor], [kid, CLI]);
    await op.close();
  });
});
