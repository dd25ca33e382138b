/** RFC 8693 §2.2.2, T075: what an exchanged token is made from must count, then and afterwards. */
import { describe, it } from 'node:test';
import { requireConfig } from '../../src/config/parse.ts';
import { removePerson } from '../../src/engine/administration/people.ts';
import { withdrawApplication } from '../../src/engine/applications.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { sessions } from '../../src/store/collections.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { type Browser, has } from '../support/browser.ts';
import {
  exchange,
  exchangeConfig,
  exchanged,
  GATEWAY,
  introspected,
  ownToken,
  POLICY,
  subjectTokens,
  typeOf,
} from '../support/exchange.ts';
import { assertRefused, headerOf, redeem, refresh, tokensOf, userinfo } from '../support/flow.ts';
import { basic, CLI, ISSUER, type Op, openOp, PASSWORD } from '../support/op.ts';

/** app → gateway, by a token of worker → second. */
const CONFIG = exchangeConfig({
  policy: { actors: ['client:worker'] },
  clients: [
    { ...GATEWAY, client_id: 'second', token_exchange_policy: 'second' },
    { ...GATEWAY, client_id: 'worker', grant_types: ['client_credentials'] },
  ],
  config: {
    token_exchange_policies: {
      gateway: { ...POLICY, actors: ['client:worker'] },
      second: { allow: ['impersonation'], subject_clients: ['gateway'] },
    },
  },
});

interface Chain {
  readonly op: Op;
  readonly user: string;
  readonly app: Awaited<ReturnType<typeof subjectTokens>>;
  readonly browser: Browser;
  readonly worker: string;
  readonly gateway: string;
  readonly second: string;
}

async function openChain(): Promise<Chain> {
  const op = await openOp({ config: CONFIG });
  const browser = op.browser();
  const app = await subjectTokens(op, {}, browser);
  const worker = await ownToken(op, 'worker');
  const asked = { actor_token: worker, actor_token_type: typeOf('access_token') };
  const gateway = (await exchanged(op, app.access_token, asked)).access_token;
  const second = (await exchanged(op, gateway, {}, basic('second'))).access_token;
  const user = (await op.instance.directory.findByUsername('alice'))?.id ?? '';
  return { op, user, app, browser, worker, gateway, second };
}

/** The configuration again, with other clients. */
async function reconfigure(
  op: Op,
  change: (
    client: Readonly<Record<string, unknown>>,
  ) => readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const clients = CONFIG['clients'] as readonly Readonly<Record<string, unknown>>[];
  const config = { issuer: ISSUER, storage: { engine: 'memory' }, ...CONFIG };
  assertEquals(
    await op.instance.reload(requireConfig({ ...config, clients: clients.flatMap(change) })),
    [],
  );
}

async function without(op: Op, gone: string): Promise<void> {
  await reconfigure(op, (client) => client['client_id'] === gone ? [] : [client]);
}

async function denying(op: Op, denied: string): Promise<void> {
  await reconfigure(
    op,
    (
      client,
    ) => [client['client_id'] === denied ? { ...client, authorization_policy: 'deny' } : client],
  );
}

async function revoke(op: Op, token: string, client_id: string): Promise<void> {
  assertEquals((await op.post('/revoke', { token }, basic(client_id))).status, 200);
}

async function signOut(browser: Browser, id_token_hint: string): Promise<void> {
  const page = await browser.get(`/end_session?${new URLSearchParams({ id_token_hint })}`);
  assert(has(page, 'logged-out'), page.text);
}

type Name = 'app' | 'gateway' | 'second';

interface End {
  readonly name: string;
  end(chain: Chain): Promise<unknown> | void;
  /** What is over then. */
  readonly over: readonly Name[];
}

const ALL = ['app', 'gateway', 'second'] as const;
const MADE = ['gateway', 'second'] as const;

const ENDS: readonly End[] = [
  {
    name: 'the grant, by its refresh token',
    end: ({ op, app }) => revoke(op, app.refresh_token, 'app'),
    over: ALL,
  },
  {
    name: 'the subject token, and it alone',
    end: ({ op, app }) => revoke(op, app.access_token, 'app'),
    over: ALL,
  },
  {
    name: 'the token in the middle',
    end: ({ op, gateway }) => revoke(op, gateway, 'gateway'),
    over: MADE,
  },
  {
    name: 'the token at the end',
    end: ({ op, second }) => revoke(op, second, 'second'),
    over: ['second'],
  },
  { name: 'the actor’s token', end: ({ op, worker }) => revoke(op, worker, 'worker'), over: MADE },
  {
    name: 'the session',
    async end({ op }) {
      for await (const { key } of sessions.list(op.store, [ISSUER])) {
        assertEquals(await op.store.commit({ remove: [key] }), 'committed');
      }
    },
    over: ALL,
  },
  {
    name: 'the session, by the clock',
    end({ op }) {
      op.clock.now += 30 * 60;
    },
    // It is idle for longer than the policy lets tokens live.
    over: MADE,
  },
  {
    name: 'the person, disabled',
    end: ({ op, user }) => op.instance.directory.disable(user),
    over: ALL,
  },
  {
    name: 'the person, by a new password',
    end: ({ op, user }) => op.instance.directory.setPassword(user, 'quick:another password'),
    over: ALL,
  },
  {
    name: 'the person, removed',
    async end({ op, user }) {
      const alice = await op.instance.directory.findById(user);
      assert(alice !== undefined);
      assertEquals((await removePerson(alice, CLI, op.instance.engine())).kind, 'done');
    },
    over: ALL,
  },
  {
    name: 'what the person lets the app do',
    end: ({ op, user }) => withdrawApplication(user, 'app', op.instance.engine()),
    over: ALL,
  },
  {
    name: 'what the person lets the client in the middle do',
    end: ({ op, user }) => withdrawApplication(user, 'gateway', op.instance.engine()),
    over: MADE,
  },
  { name: 'the client of the subject token', end: ({ op }) => without(op, 'app'), over: ALL },
  { name: 'the client in the middle', end: ({ op }) => without(op, 'gateway'), over: MADE },
  { name: 'the client at the end', end: ({ op }) => without(op, 'second'), over: ['second'] },
  { name: 'the acting client', end: ({ op }) => without(op, 'worker'), over: MADE },
  { name: 'the app’s policy lets nobody in', end: ({ op }) => denying(op, 'app'), over: ALL },
  {
    name: 'the policy of the client in the middle lets nobody in',
    end: ({ op }) => denying(op, 'gateway'),
    over: MADE,
  },
  {
    name: 'the grant, as its refresh token came twice',
    async end({ op, app: { refresh_token } }) {
      assertEquals((await refresh(op, refresh_token)).status, 200);
      op.clock.now += 60;
      await assertRefused(await refresh(op, refresh_token), 'invalid_grant');
    },
    over: ALL,
  },
  {
    name: 'the grant, as its code came twice',
    async end({ op, app: { code } }) {
      await assertRefused(await redeem(op, code), 'invalid_grant');
    },
    over: ALL,
  },
  {
    name: 'the session, as the person signs out',
    end: ({ app: { id_token }, browser }) => signOut(browser, id_token),
    over: ALL,
  },
  {
    name: 'the last client’s policy lets nobody in',
    end: ({ op }) => denying(op, 'second'),
    over: ['second'],
  },
];

async function isAlive({ op }: Chain, token: string, client_id: string): Promise<boolean> {
  const isShown = (await userinfo(op, token)).status === 200;
  const response = await op.post('/introspect', { token }, basic(client_id));
  const { active } = await response.json() as { active?: boolean };
  // A client that is gone cannot ask.
  assert(response.status === 401 || active === isShown, `${client_id}: ${active} ${isShown}`);
  return isShown;
}

describe('T075: with what it is made from, an exchanged token ends', () => {
  for (const { name, end, over } of ENDS) {
    it(name, async () => {
      const chain = await openChain();
      const tokens = { app: chain.app.access_token, gateway: chain.gateway, second: chain.second };
      for (const each of ALL) assert(await isAlive(chain, tokens[each], each), each);
      await end(chain);
      for (const each of ALL) {
        assertEquals(await isAlive(chain, tokens[each], each), !over.includes(each), each);
      }
    });
  }

  for (const { name, end, over } of ENDS) {
    if (!over.includes('app')) continue;
    it(`nor is anything made of it: ${name}`, async () => {
      const chain = await openChain();
      await end(chain);
      const asked = {
        actor_token: await ownToken(chain.op, 'worker'),
        actor_token_type: typeOf('access_token'),
      };
      const { app, gateway, op } = chain;
      await assertRefused(await exchange(op, app.access_token, asked), 'invalid_request');
      await assertRefused(await exchange(op, gateway, {}, basic('second')), 'invalid_request');
    });
  }

  it('a client from which the person has taken back what it may do gets nothing for their tokens', async () => {
    const { op, user, app, worker } = await openChain();
    await withdrawApplication(user, 'gateway', op.instance.engine());
    const asked = { actor_token: worker, actor_token_type: typeOf('access_token') };
    const body = await assertRefused(
      await exchange(op, app.access_token, asked),
      'invalid_request',
    );
    assertEquals(body['error_description'], 'the person has taken back what the client may do');
  });

  it('nor later, for what was granted before; for what is granted afterwards it does', async () => {
    const config = exchangeConfig({ app: { consent_mode: 'explicit' } });
    const op = await openOp({ config });
    const scope = { scope: 'openid read offline_access', prompt: 'consent' };
    const browser = op.browser();
    const { refresh_token } = await subjectTokens(op, scope, browser);
    const alice = await op.instance.directory.findByUsername('alice');
    await withdrawApplication(alice?.id ?? '', 'gateway', op.instance.engine());
    op.clock.now += 20 * 86_400;
    const { access_token } = await tokensOf(await refresh(op, refresh_token));
    const body = await assertRefused(await exchange(op, access_token), 'invalid_request');
    assertEquals(body['error_description'], 'the person has taken back what the client may do');
    await exchanged(op, (await subjectTokens(op, scope, browser)).access_token);
  });

  it('a dead actor_token is refused as a dead subject_token is', async () => {
    const { op, app, worker } = await openChain();
    await revoke(op, worker, 'worker');
    const asked = { actor_token: worker, actor_token_type: typeOf('access_token') };
    await assertRefused(await exchange(op, app.access_token, asked), 'invalid_request');
  });

  it('a client’s own token, exchanged, ends with the token and with the client', async () => {
    for (const end of ['token', 'client'] as const) {
      const op = await openOp({ config: exchangeConfig() });
      const token = await ownToken(op, 'app', { scope: 'read' });
      const made = (await exchanged(op, token, { scope: 'read' })).access_token;
      assertEquals((await introspected(op, made))['active'], true);
      if (end === 'token') await revoke(op, token, 'app');
      else {
        const config = exchangeConfig();
        const clients = (config['clients'] as readonly { readonly client_id: string }[])
          .filter(({ client_id }) => client_id !== 'app');
        await op.instance.reload(
          requireConfig({ issuer: ISSUER, storage: { engine: 'memory' }, ...config, clients }),
        );
      }
      assertEquals((await introspected(op, made))['active'], false, end);
    }
  });
});

describe('T075: with the grant of a person who acts, an exchanged token ends', () => {
  const BOB = { username: 'bob', password: PASSWORD };

  interface Actor {
    readonly op: Op;
    readonly id: string;
    readonly tokens: Awaited<ReturnType<typeof subjectTokens>>;
    readonly browser: Browser;
  }

  const ENDS_OF_ACTOR: readonly (readonly [string, (actor: Actor) => Promise<unknown>])[] = [
    ['the person is disabled', ({ op, id }) => op.instance.directory.disable(id)],
    ['a new password', ({ op, id }) => op.instance.directory.setPassword(id, 'quick:new')],
    ['its refresh token is revoked', ({ op, tokens }) => revoke(op, tokens.refresh_token, 'app')],
    [
      'the person takes it back',
      ({ op, id }) => withdrawApplication(id, 'app', op.instance.engine()),
    ],
    ['the person signs out', ({ browser, tokens }) => signOut(browser, tokens.id_token)],
  ];

  for (const [name, end] of ENDS_OF_ACTOR) {
    it(name, async () => {
      const op = await openOp({ config: exchangeConfig({ policy: { actors: ['user:bob'] } }) });
      const { directory } = op.instance;
      const none = { provenance: 'cli', groups: [], attributes: {}, claims: {} } as const;
      await directory.create({ ...none, username: 'bob', password: `quick:${PASSWORD}` });
      const id = (await directory.findByUsername('bob'))?.id ?? '';
      const { access_token } = await subjectTokens(op);
      const browser = op.browser();
      const tokens = await subjectTokens(op, {}, browser, BOB);
      const asked = { actor_token: tokens.access_token, actor_token_type: typeOf('access_token') };
      const made = (await exchanged(op, access_token, asked)).access_token;
      assertEquals((await introspected(op, made))['active'], true);
      await end({ op, id, tokens, browser });
      assertEquals((await introspected(op, made))['active'], false);
      assertEquals((await introspected(op, access_token, 'app'))['active'], true);
    });
  }
});

describe('T075: with the key that signed what it is made of, an exchanged token ends', () => {
  for (const kind of ['access_token', 'id_token'] as const) {
    it(`${kind}: when that is taken away, and not when it rotates`, async () => {
      const policy = { subject_token_types: ['access_token', 'id_token'] };
      const app = { access_token_format: 'jwt' };
      const op = await openOp({ config: exchangeConfig({ policy, app }) });
      const subject = (await subjectTokens(op))[kind];
      const asked = { subject_token_type: typeOf(kind) };
      const made = (await exchanged(op, subject, asked)).access_token;
      const { keys } = op.instance.engine();
      assertEquals((await keys.rotate('EdDSA')).kind, 'done');
      assertEquals((await introspected(op, made))['active'], true);
      assertEquals((await keys.remove(String(headerOf(subject)['kid']))).kind, 'done');
      assertEquals((await introspected(op, made))['active'], false);
    });
  }
});

describe('design.md §7: what exchange costs those who do not use it', () => {
  it('nothing: an ordinary token is looked up as before, and only one that was made of others by all of these', async () => {
    const reads: string[] = [];
    const clock = { now: 1_800_000_000 };
    const memory = openMemoryStore({ now: () => clock.now });
    const store: Store = {
      ...memory,
      get: (key) => {
        reads.push(key[0]);
        return memory.get(key);
      },
    };
    const op = await openOp({ config: CONFIG, store });
    const app = await subjectTokens(op);
    const asked = {
      actor_token: await ownToken(op, 'worker'),
      actor_token_type: typeOf('access_token'),
    };
    const made = (await exchanged(op, app.access_token, asked)).access_token;
    const readFor = async (token: string, client_id: string) => {
      reads.length = 0;
      assertEquals((await introspected(op, token, client_id))['active'], true);
      return reads.filter((name) => !['user', 'pepper'].includes(name)).toSorted();
    };
    assertEquals(await readFor(app.access_token, 'app'), ['grant', 'revoked', 'session']);
    const ofMade = await readFor(made, 'gateway');
    assertEquals(ofMade.filter((name) => name === 'grant'), ['grant'], 'the same grant, once');
    assertEquals(ofMade.filter((name) => name === 'revoked').length, 3, 'itself, subject, actor');
  });
});

describe('RFC 8693 §2.2.1: nothing outlives what it is made from', () => {
  it('not the subject token, not the actor token, not the policy’s bound', async () => {
    const op = await openOp({ config: CONFIG });
    const app = await subjectTokens(op);
    const actor_token = await ownToken(op, 'worker');
    const asked = { actor_token, actor_token_type: typeOf('access_token') };
    const first = await exchanged(op, app.access_token, asked);
    assertEquals(first.expires_in, 600, 'the policy');
    op.clock.now += 3500;
    const late = await exchanged(op, app.access_token, asked);
    assertEquals(late.expires_in, 100, 'the subject token');
    const second = await exchanged(op, late.access_token, {}, basic('second'));
    assertEquals(second.expires_in, 100, 'the token in the middle');
    op.clock.now += 101;
    assertEquals((await introspected(op, second.access_token, 'second'))['active'], false);
    await assertRefused(await exchange(op, app.access_token, asked), 'invalid_request');
  });

  it('an actor token that ends sooner', async () => {
    const worker = {
      ...GATEWAY,
      client_id: 'worker',
      grant_types: ['client_credentials'],
      lifespan: 'short',
    };
    const op = await openOp({
      config: exchangeConfig({
        policy: { actors: ['client:worker'] },
        clients: [worker],
        config: { lifespans: { custom: { short: { access_token: '1m' } } } },
      }),
    });
    const { access_token } = await subjectTokens(op);
    const asked = {
      actor_token: await ownToken(op, 'worker'),
      actor_token_type: typeOf('access_token'),
    };
    assertEquals((await exchanged(op, access_token, asked)).expires_in, 60);
  });

  it('lifespans of the grant are the client’s own, and shorter ones count', async () => {
    const op = await openOp({
      config: exchangeConfig({
        gateway: { lifespan: 'short' },
        config: {
          lifespans: { custom: { short: { grants: { token_exchange: { access_token: '2m' } } } } },
        },
      }),
    });
    const { access_token } = await subjectTokens(op);
    assertEquals((await exchanged(op, access_token)).expires_in, 120);
  });
});
