import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { findClient } from '../../src/engine/clients.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import type { Change, Store } from '../../src/store/store.ts';
import { assert, assertEquals, assertRejects } from '../support/assert.ts';
import { type Tokens, tokensOf } from '../support/flow.ts';
import {
  HOST,
  type Issuers,
  jsonOf,
  openIssuers,
  PATH,
  PORT,
  ROOT,
  tokensAt,
  userinfoStatus,
} from '../support/issuers.ts';
import { basic, CLI, CLIENT } from '../support/op.ts';

const listOf = (...urls: readonly string[]) => ({
  issuers: urls.map((issuer) => ({ issuer, clients: [CLIENT] })),
});

async function kidsAt(issuers: Issuers, issuer: string): Promise<readonly string[]> {
  const { keys } = await jsonOf(await issuers.fetch(`${issuer}/jwks`));
  return (keys as readonly { readonly kid: string }[]).map(({ kid }) => kid);
}

async function issuerAt(issuers: Issuers, url: string): Promise<unknown> {
  const response = await issuers.fetch(`${url}/.well-known/openid-configuration`);
  return response.status === 200 ? (await jsonOf(response))['issuer'] : response.status;
}

/** A refresh whose body arrives when the test says so. */
function slowRefresh({ refresh_token }: Tokens, issuer: string) {
  const held = Promise.withResolvers<void>();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await held.promise;
      const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token });
      controller.enqueue(new TextEncoder().encode(form.toString()));
      controller.close();
    },
  });
  const init = {
    method: 'POST',
    headers: { ...basic(CLIENT.client_id), 'content-type': 'application/x-www-form-urlencoded' },
    body,
    duplex: 'half',
  };
  return { request: new Request(`${issuer}/token`, init), release: () => held.resolve() };
}

/** A store that does something before each change to an issuer's keys. */
function watchedStore(
  clock: { readonly now: number },
  before: (change: Change) => void | Promise<void>,
): Store {
  const inner = openMemoryStore({ now: () => clock.now });
  return {
    get: (key) => inner.get(key),
    list: (prefix, options) => inner.list(prefix, options),
    async commit(change) {
      if (change.put?.some(({ key }) => key[0] === 'key' && key[1] === PATH)) await before(change);
      return await inner.commit(change);
    },
    close: () => inner.close(),
  };
}

describe('a reload with other issuers', () => {
  it('serves one that is new, with keys of its own, and leaves the others as they are', async () => {
    const issuers = await openIssuers(listOf(ROOT, HOST));
    const before = await tokensAt(issuers, ROOT);
    const kids = await kidsAt(issuers, ROOT);
    // Until then the path is one of the issuer above it.
    assertEquals(await issuerAt(issuers, PATH), 404);
    await issuers.reload(listOf(ROOT, HOST, PATH));
    assertEquals(await issuerAt(issuers, PATH), PATH);
    const own = await kidsAt(issuers, PATH);
    assert(own.length > 0);
    assertEquals(own.filter((kid) => kids.includes(kid)), []);
    assertEquals(await kidsAt(issuers, ROOT), kids);
    const { access_token } = await tokensAt(issuers, PATH);
    assertEquals(await userinfoStatus(issuers, PATH, access_token), 200);
    assertEquals(await userinfoStatus(issuers, ROOT, before.access_token), 200);
    for (const engine of issuers.instance.engines()) assertEquals(engine.engines().length, 3);
    await issuers.close();
  });

  it('no longer serves what is gone, at once; what was begun there ends well', async () => {
    const issuers = await openIssuers(listOf(ROOT, PORT, HOST, PATH));
    const gone = await tokensAt(issuers, HOST);
    const stays = await tokensAt(issuers, ROOT);
    const slow = slowRefresh(gone, HOST);
    const answer = issuers.fetch(slow.request);
    await issuers.reload(listOf(ROOT, PORT));
    for (const url of [HOST, PATH]) {
      for (const path of ['', '/jwks', '/login', '/token', '/.well-known/openid-configuration']) {
        assertEquals((await issuers.fetch(url + path)).status, 404, url + path);
      }
    }
    slow.release();
    const refreshed = await tokensOf(await answer);
    for (const token of [gone.access_token, refreshed.access_token]) {
      assertEquals(await userinfoStatus(issuers, ROOT, token), 401);
      assertEquals(await userinfoStatus(issuers, HOST, token), 404);
    }
    assertEquals(await userinfoStatus(issuers, ROOT, stays.access_token), 200);
    assertEquals(issuers.instance.engine().engines().length, 2);
    await issuers.close();
  });

  for (
    const { name, fails } of [
      { name: 'made', fails: () => true },
      {
        name: 'kept for as long as they are needed',
        fails: ({ put = [] }: Change) =>
          put.some(({ value }) => JSON.stringify(value).includes('"longest":2592000')),
      },
    ]
  ) {
    it(`changes nothing when the keys of a new issuer cannot be ${name}`, async () => {
      const clock = { now: 1_800_000_000 };
      let isBroken = true;
      const store = watchedStore(clock, (change) => {
        if (isBroken && fails(change)) throw new TypeError('no room');
      });
      const issuers = await openIssuers(listOf(ROOT, HOST), store, clock);
      const tokens = await tokensAt(issuers, HOST);
      const next = { ...listOf(ROOT, PATH), pkce: 'always' };
      await assertRejects(() => issuers.reload(next), TypeError, 'no room');
      assertEquals(issuers.instance.engines().map(({ settings }) => settings.issuer), [ROOT, HOST]);
      assertEquals(issuers.engine(ROOT).settings.pkce, 'public');
      assertEquals(await userinfoStatus(issuers, HOST, tokens.access_token), 200);
      assertEquals(await issuerAt(issuers, PATH), 404);
      isBroken = false;
      await issuers.reload(next);
      assertEquals(await issuerAt(issuers, PATH), PATH);
      assertEquals(issuers.engine(ROOT).settings.pkce, 'always');
      await issuers.close();
    });
  }

  it('an issuer whose keys cannot be made does not come into the store, and hinders no other change', async () => {
    const clock = { now: 1_800_000_000 };
    const store = watchedStore(clock, () => {
      throw new TypeError('no room');
    });
    const issuers = await openIssuers(listOf(ROOT, HOST), store, clock);
    const { configuration } = issuers.engine(ROOT);
    await assertRejects(() => configuration.addIssuer(PATH, CLI), TypeError, 'no room');
    assertEquals((await configuration.issuers()).map(({ issuer }) => issuer), [ROOT, HOST]);
    const changed = await configuration.change([{ path: 'name', value: 'Root' }], CLI);
    assertEquals(changed.kind, 'done');
    assertEquals((await configuration.addIssuer(PORT, CLI)).kind, 'done');
    assertEquals(await issuerAt(issuers, PORT), PORT);
    const names = await Promise.all([ROOT, HOST, PORT].map(async (issuer) => {
      const { text } = await issuers.browser(issuer).get(`${issuer}/login`);
      return /<title>[^<]*Root[^<]*<\/title>/.test(text);
    }));
    assertEquals(names, [true, false, false]);
    await issuers.close();
  });

  it('brings in what a new issuer is to begin with; one that cannot be brought in is told of in the log', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ostiary-reload-'));
    const file = join(directory, 'clients.json');
    const bootstrap = { file };
    const issuers = await openIssuers(listOf(ROOT, HOST));
    const next = { issuers: [...listOf(ROOT, HOST).issuers, { issuer: PATH, bootstrap }] };
    await issuers.reload(next);
    assert(issuers.log.some((line) => line.includes('"event":"bootstrap.failed"')));
    await issuers.reload(listOf(ROOT, HOST));
    const brought = {
      client_id: 'brought',
      redirect_uris: ['https://brought.example/'],
      token_endpoint_auth_method: 'none',
    };
    await writeFile(file, JSON.stringify([brought]));
    await issuers.reload(next);
    const clientsAt = async (issuer: string) => await findClient('brought', issuers.engine(issuer));
    assertEquals((await clientsAt(PATH))?.redirect_uris, brought.redirect_uris);
    assertEquals(await clientsAt(ROOT), undefined);
    await issuers.close();
    await rm(directory, { recursive: true });
  });

  it('waits for the one before it, so that the last word counts', async () => {
    const clock = { now: 1_800_000_000 };
    const held = Promise.withResolvers<void>();
    const issuers = await openIssuers(
      listOf(ROOT, HOST),
      watchedStore(clock, () => held.promise),
      clock,
    );
    const slow = issuers.reload(listOf(ROOT, HOST, PATH));
    const quick = issuers.reload(listOf(ROOT, PORT));
    // Time enough for a second one that does not wait.
    await new Promise((resolve) => setTimeout(resolve, 50));
    held.resolve();
    await Promise.all([slow, quick]);
    assertEquals(issuers.instance.engines().map(({ settings }) => settings.issuer), [ROOT, PORT]);
    assertEquals(await issuerAt(issuers, PATH), 404);
    await issuers.close();
  });

  it('ends before the store is closed under it', async () => {
    const clock = { now: 1_800_000_000 };
    const [reached, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const store = watchedStore(clock, () => {
      reached.resolve();
      return held.promise;
    });
    const issuers = await openIssuers(listOf(ROOT, HOST), store, clock);
    const reloading = issuers.reload(listOf(ROOT, HOST, PATH));
    await reached.promise;
    const closing = issuers.close();
    held.resolve();
    await Promise.all([reloading, closing]);
    assertEquals(issuers.instance.engines().length, 3);
  });
});
