import { describe, it } from 'node:test';
import { createObservations, type Observations } from '../../src/engine/observations.ts';
import type { ObservationRecord, Sighting } from '../../src/store/records.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import type { Change, Store } from '../../src/store/store.ts';
import { assert, assertEquals } from '../support/assert.ts';

const ISSUER = 'https://op.example';
const OTHER = 'https://other.example';
const DAY = 86_400;

interface Scene {
  readonly observations: Observations;
  readonly clock: { now: number };
  readonly store: Store;
  /** Of each commit, how much it wrote. */
  readonly commits: number[];
  recordOf(client_id: string): Promise<ObservationRecord>;
}

function open(before?: Scene): Scene {
  const clock = before?.clock ?? { now: 1_800_000_000 };
  const now = (): number => clock.now;
  const store = before?.store ?? openMemoryStore({ now });
  const commits: number[] = [];
  const counting: Store = {
    ...store,
    commit(change: Change) {
      commits.push(change.put?.length ?? 0);
      return store.commit(change);
    },
  };
  const observations = createObservations({ store: counting, now, log: () => {} });
  return {
    observations,
    clock,
    store,
    commits,
    async recordOf(client_id) {
      const record = (await observations.read(ISSUER)).get(client_id);
      if (record === undefined) throw new Error(`nothing is known of ${client_id}`);
      return record;
    },
  };
}

describe('observations', () => {
  it('equal ones are one with a count, and outlive the process', async () => {
    const scene = open();
    const seen = { kind: 'redirect_uri', client_id: 'app', value: 'https://a.example/' } as const;
    scene.observations.saw(ISSUER, seen);
    scene.clock.now += 10;
    scene.observations.saw(ISSUER, seen);
    const expected: Sighting = {
      kind: 'redirect_uri',
      value: 'https://a.example/',
      count: 2,
      first_at: 1_800_000_000,
      at: 1_800_000_010,
    };
    assertEquals((await scene.recordOf('app')).sightings, [expected], 'before it is written');
    await scene.observations.close();
    const next = open(scene);
    next.observations.saw(ISSUER, seen);
    assertEquals((await next.recordOf('app')).sightings, [{ ...expected, count: 3 }]);
  });

  it('nothing of one issuer counts at another', async () => {
    const { observations } = open();
    observations.saw(ISSUER, { kind: 'host', value: 'x.example' });
    observations.issued(OTHER, 'app', ['openid']);
    await observations.flush();
    assertEquals([...(await observations.read(ISSUER)).keys()], ['']);
    assertEquals([...(await observations.read(OTHER)).keys()], ['app']);
  });

  it('T127: a flood of values fills five places, and leaves what was seen more than once', async () => {
    const { observations, recordOf } = open();
    const value = 'https://honest.example/';
    const honest = { kind: 'redirect_uri', client_id: 'app', value } as const;
    for (let i = 0; i < 3; i += 1) observations.saw(ISSUER, honest);
    for (let i = 0; i < 2000; i += 1) {
      const value = `https://evil.example/${i}${'x'.repeat(5000)}`;
      observations.saw(ISSUER, { kind: 'redirect_uri', client_id: 'app', value });
      observations.saw(ISSUER, { kind: 'unknown_client', value: `${i}` });
    }
    const { sightings } = await recordOf('app');
    assertEquals(sightings.length, 5);
    assertEquals(sightings.find(({ value }) => value === honest.value)?.count, 3);
    assertEquals(Math.max(...sightings.map(({ value }) => value.length)), 250);
    assertEquals((await recordOf('')).sightings.length, 10);
  });

  it('T127: the worst values of all kinds fit into records of the store', async () => {
    const { observations, recordOf, commits } = open();
    for (let i = 0; i < 20; i += 1) {
      const value = `${i}${'\u0000'.repeat(500)}`;
      for (const kind of ['unknown_client', 'host', 'proto', 'forwarded', 'notifier'] as const) {
        observations.saw(ISSUER, { kind, value });
      }
      for (const kind of ['redirect_uri', 'auth_method', 'proof', 'pkce', 'scope'] as const) {
        observations.saw(ISSUER, { kind, client_id: 'app', value, endpoint: 'token' });
      }
    }
    await observations.flush();
    assertEquals(commits, [2]);
    assertEquals((await recordOf('')).sightings.length, 30);
    assertEquals((await recordOf('app')).sightings.length, 25);
  });

  it('T127: no more than a thousand clients wait to be written', async () => {
    const { observations } = open();
    for (let i = 0; i < 3000; i += 1) observations.askedUserinfo(ISSUER, `client-${i}`);
    observations.saw(ISSUER, { kind: 'host', value: 'x.example' });
    const known = await observations.read(ISSUER);
    assertEquals(known.size, 1001, 'there is always room for what concerns all');
    await observations.flush();
    observations.askedUserinfo(ISSUER, 'client-2999');
    assert((await observations.read(ISSUER)).has('client-2999'));
  });

  it('T127: a flood from many clients is no flood of records', async () => {
    const { observations, commits } = open();
    for (let i = 0; i < 900; i += 1) {
      const seen = { kind: 'proof', client_id: `client-${i}`, value: 'wrong secret' } as const;
      observations.saw(ISSUER, seen);
    }
    observations.saw(ISSUER, { kind: 'proof', client_id: 'client-0', value: 'wrong secret' });
    await observations.flush();
    assertEquals(commits.reduce((sum, writes) => sum + writes), 200);
    observations.saw(ISSUER, { kind: 'proof', client_id: 'client-899', value: 'wrong secret' });
    const known = await observations.read(ISSUER);
    assertEquals(known.size, 201, 'there is room again');
    assertEquals(known.get('client-0')?.sightings[0]?.count, 2);
  });

  it('a busy client is written of some twenty times, then once a day', async () => {
    const { observations, clock, commits, recordOf } = open();
    for (let i = 0; i < 60; i += 1) {
      observations.issued(ISSUER, 'app', ['openid', 'email']);
      observations.askedUserinfo(ISSUER, 'app');
      clock.now += 60;
      await observations.flush();
    }
    assertEquals(commits.length, 20);
    clock.now += DAY;
    observations.issued(ISSUER, 'app', ['openid', 'email']);
    observations.askedUserinfo(ISSUER, 'app');
    await observations.flush();
    assertEquals(commits.length, 21);
    assertEquals((await recordOf('app')).use?.scope, ['openid', 'email']);
    assertEquals((await recordOf('app')).userinfo_at, clock.now);
  });

  it('after a fortnight nothing is left', async () => {
    const { observations, clock, recordOf } = open();
    observations.saw(ISSUER, { kind: 'proof', client_id: 'app', value: 'wrong secret' });
    observations.saw(ISSUER, { kind: 'host', value: 'x.example' });
    await observations.flush();
    clock.now += 13 * DAY;
    observations.saw(ISSUER, { kind: 'host', value: 'y.example' });
    await observations.flush();
    clock.now += 2 * DAY;
    observations.delivered(ISSUER);
    assertEquals([...(await observations.read(ISSUER)).keys()], ['']);
    assertEquals((await recordOf('')).sightings.map(({ value }) => value), ['y.example']);
  });

  it('a store that takes no writes costs what is new, and no request', async () => {
    const { store, clock } = open();
    const events: string[] = [];
    const observations = createObservations({
      store: { ...store, commit: () => Promise.reject(new Error('full')) },
      now: () => clock.now,
      log: (_level, event) => events.push(event),
    });
    observations.saw(ISSUER, { kind: 'host', value: 'x.example' });
    await observations.close();
    assertEquals(events, ['observations.not_written']);
  });
});
