import { describe, it } from 'node:test';
import { startStorageRotation } from '../../src/engine/storage_rotation.ts';
import { type Keys, openKeys } from '../../src/keys/keys.ts';
import type { StorageKeySource } from '../../src/keys/storage_key.ts';
import { openVault, type Vault } from '../../src/keys/vault.ts';
import {
  audits,
  backchannelRequests,
  clients,
  factors,
  keyRecords,
  peppers,
} from '../../src/store/collections.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import type {
  BackchannelRequestRecord,
  FactorRecord,
  StoredClient,
} from '../../src/store/records.ts';
import type { Change, Entry, JsonValue, Store } from '../../src/store/store.ts';
import { assert, assertEquals, assertRejects } from '../support/assert.ts';
import { basic, CLIENT, openOp } from '../support/op.ts';

const ISSUERS = ['https://op.example', 'https://other.example'] as const;
const PEOPLE = Array.from({ length: 100 }, (_, index) => `user-${index}`);
const CLI = { kind: 'cli' } as const;
const now = (): number => 1_800_000_000;

/** What stands in secret.key, which lives longer than a process. */
interface File {
  keys: readonly Uint8Array[];
}

interface Running {
  readonly vault: Vault;
  readonly keys: readonly Keys[];
  readonly log: string[];
  readonly parts: Parameters<typeof startStorageRotation>[0];
}

class Killed extends Error {}

/** Ends a process at its n-th write, be it to the store or to the file. */
function mortal(store: Store, file: File, writes: number) {
  let left = writes;
  const live = (): void => {
    if (left-- <= 0) throw new Killed();
  };
  const source: StorageKeySource = {
    keys: file.keys,
    save: (keys) => {
      live();
      file.keys = keys;
      return Promise.resolve();
    },
  };
  const commit = async (change: Change) => {
    live();
    return await store.commit(change);
  };
  return { source, store: { ...store, commit } };
}

async function start(store: Store, source: StorageKeySource): Promise<Running> {
  const vault = await openVault(store, source);
  const keys = await Promise.all(
    ISSUERS.map((issuer) => openKeys({ store, issuer, vault, now })),
  );
  for (const each of keys) await each.jwksText();
  const log: string[] = [];
  const parts = { store, vault, now, log: (_level: unknown, event: string) => log.push(event) };
  return { vault, keys, log, parts: parts as Running['parts'] };
}

interface Filled {
  readonly store: Store;
  readonly file: File;
  /** Fails unless everything is had back by the keys of the file. */
  readonly checkAll: () => Promise<void>;
}

interface Contents {
  readonly records: readonly Entry<JsonValue>[];
  readonly jwt: string;
  readonly token: string;
  readonly mark: string;
  readonly digest: string;
}

const FIRST_KEY = new Uint8Array(32).fill(1);

let contents: Promise<Contents> | undefined;

/** A store with something of each kind; made once, as RSA keys take their time. */
async function filled(): Promise<Filled> {
  const { records, jwt, token, mark, digest } = await (contents ??= fill());
  const store = openMemoryStore({ now });
  for (const { key, value, expiresAtSeconds } of records) {
    const put = { key, value, ...expiresAtSeconds !== undefined && { expiresAtSeconds } };
    await store.commit({ put: [put] });
  }
  const file: File = { keys: [FIRST_KEY] };
  return {
    store,
    file,
    async checkAll() {
      const running = await start(store, { keys: file.keys });
      const [first] = running.keys as [Keys];
      assertEquals((await first.verifyOwn(jwt, 'JWT'))?.sub, 's');
      assertEquals(first.open('access token', token), 'x');
      assertEquals(first.digest('registration access tokens', 'x'), mark);
      assert(first.matchesSecret('a secret', digest));
      for (const [index, issuer] of ISSUERS.entries()) {
        const entry = await clients.get(store, issuer, 'raw');
        assertEquals(entry?.expiresAtSeconds, 2_000_000_000);
        const secret = running.keys[index]?.openSecret(entry?.value.client_secret ?? '');
        assertEquals(secret, 'raw secret');
        const request = (await backchannelRequests.get(store, issuer, 'r'))?.value;
        const told = running.keys[index]?.openNotification(request?.sealed ?? '');
        assertEquals(told, 'what the client is told');
      }
      for (const user of PEOPLE) {
        const factor = (await factors.get(store, user, 'f'))?.value;
        assert(factor?.kind === 'totp');
        assertEquals(first.openFactor(factor.sealed, user), `seed of ${user}`);
      }
    },
  };
}

async function fill(): Promise<Contents> {
  const store = openMemoryStore({ now });
  const { keys } = await start(store, { keys: [FIRST_KEY] });
  const [own] = keys as [Keys];
  const digest = own.digestSecret('a secret');
  for (const [index, issuer] of ISSUERS.entries()) {
    const client = { client_id: 'raw', client_secret: keys[index]?.sealSecret('raw secret') };
    await store.commit({
      put: [
        clients.put([issuer, 'raw'], client as StoredClient, 2_000_000_000),
        backchannelRequests.put([issuer, 'r'], {
          client_id: 'raw',
          sealed: keys[index]?.sealNotification('what the client is told'),
        } as BackchannelRequestRecord),
      ],
    });
  }
  const digested = { client_id: 'digested', client_secret: digest } as StoredClient;
  await store.commit({ put: [clients.put([ISSUERS[0], 'digested'], digested)] });
  for (const user of PEOPLE) {
    const factor = { kind: 'totp', id: 'f', sealed: own.sealFactor(`seed of ${user}`, user) };
    await store.commit({ put: [factors.put([user, 'f'], factor as FactorRecord)] });
  }
  const records: Entry<JsonValue>[] = [];
  for await (const entry of store.list<JsonValue>([])) records.push(entry);
  return {
    records,
    jwt: await own.sign('ES256', 'JWT', { iss: ISSUERS[0], sub: 's' }),
    token: own.seal('access token', 'x'),
    mark: own.digest('registration access tokens', 'x'),
    digest,
  };
}

async function auditedActions(store: Store): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const { value } of audits.list(store, [])) {
    all.push(`${value.action} ${value.actor.kind}`);
  }
  return all;
}

describe('a new storage key', () => {
  it('seals everything anew, and then the old one opens nothing', async () => {
    const { store, file, checkAll } = await filled();
    const [old] = file.keys;
    assert(old !== undefined);
    const { source } = mortal(store, file, Infinity);
    const { parts, vault, log } = await start(store, source);
    const rotation = startStorageRotation(parts);
    assertEquals(await rotation.rotate(CLI, 60), { kind: 'done', value: { finished: true } });
    assertEquals([file.keys.length, vault.isRotating], [1, false]);
    await checkAll();
    assert(log.includes('storage_key.rotated'));
    assertEquals(await auditedActions(store), ['storage_key.rotated cli']);
    const error = await assertRejects(() => openVault(store, { keys: [old] }), TypeError);
    assert(error.message.includes('"storage key" must be the one'));
    await rotation.close();
    // Once more: what was left of the first time is no hindrance.
    const again = startStorageRotation(
      (await start(store, mortal(store, file, Infinity).source)).parts,
    );
    assertEquals((await again.rotate(CLI, 60)).kind, 'done');
    await checkAll();
  });

  it('is taken up where a process was killed, at whichever write, and nothing is lost meanwhile', async () => {
    let isFinished = false;
    let writes = 0;
    for (; !isFinished; writes += 1) {
      const { store, file, checkAll } = await filled();
      const dying = mortal(store, file, Infinity);
      // All that it needs is there before it may be killed.
      const { parts } = await start(dying.store, dying.source);
      const limited = mortal(store, file, writes);
      const vault = await openVault(limited.store, limited.source);
      const killed = startStorageRotation({ ...parts, store: limited.store, vault });
      const outcome = await killed.rotate(CLI, 60).catch((error: unknown) => {
        assert(error instanceof Killed);
        return undefined;
      });
      isFinished = outcome?.kind === 'done' && outcome.value.finished;
      await killed.close();
      await checkAll();
      const next = await start(store, mortal(store, file, Infinity).source);
      await startStorageRotation(next.parts).close();
      // Closing waits for what runs, and stops it between two batches: the start after that goes on.
      for (let starts = 0; file.keys.length > 1; starts += 1) {
        assert(starts < 3, `still not done after ${writes} writes`);
        const later = await start(store, mortal(store, file, Infinity).source);
        const rotation = startStorageRotation(later.parts);
        while (later.vault.isRotating) await new Promise((resolve) => setTimeout(resolve, 1));
        await rotation.close();
      }
      await checkAll();
      const actions = (await auditedActions(store)).map((each) => each.split(' ')[0]);
      assertEquals(actions, writes === 0 ? [] : ['storage_key.rotated'], `after ${writes} writes`);
    }
    assert(writes > 6, `only ${writes} writes`);
  });

  it('loses to whoever writes at the same time, and seals what they wrote', async () => {
    const { store, file, checkAll } = await filled();
    const { source } = mortal(store, file, Infinity);
    let meddled = 0;
    const contested = factors.key('user-7', 'f');
    const meddling: Store = {
      ...store,
      async commit(change) {
        // Somebody is quicker with one record of the batch, also when it is the last that is left.
        const isContested = change.put?.some(({ key }) => key.join() === contested.join()) === true;
        if (isContested && meddled < 6) {
          meddled += 1;
          const entry = await store.get<FactorRecord>(contested);
          assert(entry?.value.kind === 'totp');
          await store.commit({
            check: [factors.check(entry)],
            put: [factors.put(['user-7', 'f'], { ...entry.value, last_step: meddled })],
          });
        }
        return await store.commit(change);
      },
    };
    const { parts } = await start(meddling, source);
    const rotation = startStorageRotation(parts);
    assertEquals(await rotation.rotate(CLI, 60), { kind: 'done', value: { finished: true } });
    assertEquals(meddled, 6);
    await checkAll();
    const factor = (await factors.get(store, 'user-7', 'f'))?.value;
    assert(factor?.kind === 'totp');
    assertEquals(factor.last_step, 6);
  });

  it('that cannot be written down seals nothing', async () => {
    const { store, file, checkAll } = await filled();
    const full = () => Promise.reject(new Error('ENOSPC'));
    const { parts, vault } = await start(store, { keys: file.keys, save: full });
    const rotation = startStorageRotation(parts);
    await assertRejects(() => rotation.rotate(CLI, 60), Error, 'ENOSPC');
    const sealed = vault.seal('second factors at rest', 'x', 'alice');
    const restarted = await openVault(store, { keys: file.keys });
    assertEquals(restarted.open('second factors at rest', sealed, 'alice'), 'x');
    assertEquals(vault.isRotating, false);
    await checkAll();
    await rotation.close();
  });

  it('from the environment stands before the old one, which can then be taken away', async () => {
    const { store, file, checkAll } = await filled();
    const [old] = file.keys;
    assert(old !== undefined);
    const fresh = new Uint8Array(32).fill(9);
    const unsavable = 'it comes from the environment';
    const { parts, vault } = await start(store, { keys: [fresh, old], unsavable });
    const rotation = startStorageRotation(parts);
    while (vault.isRotating) await new Promise((resolve) => setTimeout(resolve, 1));
    assertEquals(await rotation.rotate(CLI, 1), { kind: 'refused', problem: unsavable });
    file.keys = [fresh];
    await checkAll();
    assertEquals(await auditedActions(store), ['storage_key.rotated system']);
    await rotation.close();
  });

  it('is not the last word on what nobody can open: the rest goes on', async () => {
    const { store, file, checkAll } = await filled();
    const damaged = { kind: 'totp', id: 'f', sealed: 'AAAA' } as FactorRecord;
    await store.commit({ put: [factors.put(['nobody', 'f'], damaged)] });
    const { parts, log } = await start(store, mortal(store, file, Infinity).source);
    assertEquals((await startStorageRotation(parts).rotate(CLI, 60)).kind, 'done');
    assert(log.includes('storage_key.unreadable'));
    await checkAll();
  });

  it('leaves nothing sealed out of account: every record with something sealed is walked', async () => {
    const { store, file } = await filled();
    const before = new Map<string, string>();
    const sealedIn = (value: unknown): string | undefined =>
      /"(?:sealed|client_secret)":"((?!\$ostiary)[^"]+)"/.exec(JSON.stringify(value))?.[1];
    for await (const { key, value } of store.list([])) {
      const sealed = sealedIn(value);
      if (sealed !== undefined) before.set(JSON.stringify(key), sealed);
    }
    const { parts } = await start(store, mortal(store, file, Infinity).source);
    await startStorageRotation(parts).rotate(CLI, 60);
    assert(before.size > 100);
    for await (const { key, value } of store.list([])) {
      const sealed = sealedIn(value);
      if (sealed !== undefined) {
        assert(before.get(JSON.stringify(key)) !== sealed, JSON.stringify(key));
      }
    }
    for (const { name } of [keyRecords, peppers, clients, factors]) {
      assert([...before.keys()].some((key) => key.startsWith(`["${name}"`)), name);
    }
  });
});

describe('digests of secrets, after the storage key has changed', () => {
  it('get the new pepper when the secret is next shown; the old one goes when the last has', async () => {
    const store: Store = { ...openMemoryStore({ now }), close: () => Promise.resolve() };
    const file: File = { keys: [new Uint8Array(32)] };
    const op = await openOp({ store, config: { clients: [CLIENT] } });
    const engine = op.instance.engine();
    const { addClient } = await import('../../src/engine/administration/clients.ts');
    const added = await addClient(
      'own',
      { grant_types: ['client_credentials'] },
      { kind: 'mint' },
      CLI,
      engine,
    );
    assert(added.kind === 'done');
    const secret = added.value.client_secret ?? '';
    const pepperOf = async (): Promise<string | undefined> => {
      const record = (await clients.get(store, engine.settings.issuer, 'own'))?.value;
      return record?.client_secret?.split('$')[2];
    };
    assertEquals(await pepperOf(), 'root');
    await op.close();
    const rotate = async (): Promise<void> => {
      const vault = await openVault(store, mortal(store, file, Infinity).source);
      const parts = { store, vault, now, log: () => {} };
      assertEquals((await startStorageRotation(parts).rotate(CLI, 60)).kind, 'done');
    };
    const shown = async (storageKey: string): Promise<number> => {
      const restarted = await openOp({ store, storageKey });
      const form = { grant_type: 'client_credentials' };
      const { status } = await restarted.post('/token', form, basic('own', secret));
      await restarted.close();
      return status;
    };
    const ids = async (): Promise<readonly string[]> => {
      const all: string[] = [];
      for await (const { value } of peppers.list(store, [])) all.push(value.id);
      return all;
    };
    const text = (): string => Buffer.from(file.keys[0] ?? '').toString('base64url');
    await rotate();
    assertEquals(await pepperOf(), 'root');
    assertEquals(await shown(text()), 200);
    const second = await pepperOf();
    assert(second !== 'root' && (await ids()).includes(second ?? ''));
    assertEquals(await shown(text()), 200);
    assertEquals(await pepperOf(), second);
    await rotate();
    assertEquals((await ids()).length, 3);
    assertEquals(await shown(text()), 200);
    await rotate();
    assertEquals((await ids()).includes(second ?? ''), false);
    assertEquals((await ids()).length, 3);
    assertEquals(await shown(text()), 200);
  });
});
