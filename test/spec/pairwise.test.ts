/** Core §8, §17.3: what clients of several sectors could tell each other, and what nobody tells them. */
import { describe, it } from 'node:test';
import { addClient, updateClient } from '../../src/engine/administration/clients.ts';
import { removePerson } from '../../src/engine/administration/people.ts';
import { exportSubjects, importSubjects } from '../../src/engine/administration/subjects.ts';
import { assert, assertEquals, assertFalse, assertNotEquals } from '../support/assert.ts';
import type { Browser } from '../support/browser.ts';
import { approve, DEVICE_CODE_GRANT, obtainDeviceCodes, TV } from '../support/device.ts';
import {
  ALICE,
  answerOf,
  authorizationUrl,
  claimsOf,
  type Tokens,
  tokensOf,
  userinfo,
} from '../support/flow.ts';
import {
  addAlice,
  basic,
  CLI,
  CLIENT,
  CLIENT_SECRET,
  ISSUER,
  type Op,
  openOp,
} from '../support/op.ts';

const API = 'https://api.example/';

interface TestClient {
  readonly client_id: string;
  readonly redirect_uris: readonly string[];
  readonly subject_type: 'pairwise' | 'public';
}

function pairwise(client_id: string, host: string): TestClient {
  const redirect_uris = [`https://${host}/cb`];
  const scope = `${CLIENT.scope} read`;
  const shared = { ...CLIENT, consent_mode: 'implicit', scope };
  return { ...shared, client_id, redirect_uris, subject_type: 'pairwise' };
}

const A = pairwise('a', 'a.example');
const TWIN = pairwise('twin', 'a.example');
const B = pairwise('b', 'b.example');
const OPEN: TestClient = { ...pairwise('open', 'open.example'), subject_type: 'public' };

function openHouse(config: Readonly<Record<string, unknown>> = {}): Promise<Op> {
  return openOp({
    config: {
      clients: [A, TWIN, B, OPEN],
      resources: [{ resource: API, scope: 'read', introspection_clients: ['b', 'open', 'twin'] }],
      ...config,
    },
  });
}

function requestOf(
  { client_id, redirect_uris: [redirect_uri] }: TestClient,
  changes: Readonly<Record<string, string>> = {},
): string {
  return authorizationUrl({ client_id, redirect_uri, ...changes });
}

async function tokensAt(
  op: Op,
  client: TestClient,
  browser: Browser,
  changes: Readonly<Record<string, string>> = {},
): Promise<Tokens> {
  const { code = '' } = answerOf(await browser.authorize(requestOf(client, changes), ALICE));
  const { client_id, redirect_uris: [redirect_uri] } = client;
  const form = { grant_type: 'authorization_code', code, redirect_uri };
  return await tokensOf(await op.post('/token', form, basic(client_id)));
}

async function introspectBy(
  op: Op,
  { client_id }: TestClient,
  token: string,
): Promise<Record<string, unknown>> {
  return await (await op.post('/introspect', { token }, basic(client_id))).json() as Record<
    string,
    unknown
  >;
}

/** Another person, in the same browser from then on. */
async function signInBob({ instance }: Op, browser: Browser): Promise<string> {
  const password = await instance.hasher.hash('the password of bob') ?? '';
  const made = await instance.directory.create({ username: 'bob', password, provenance: 'cli' });
  assert(made.kind === 'created');
  const page = await browser.get('/login?switch=yes');
  const form = { username: 'bob', password: 'the password of bob' };
  await browser.submit(page, form, {}, 'id="username"');
  return made.user.id;
}

describe('Front-Channel Logout §3: sid', () => {
  it('Core §17.3: is another in each sector, so that no session makes two subs one person', async () => {
    const op = await openHouse();
    const browser = op.browser();
    const sids: unknown[] = [];
    for (const client of [A, TWIN, B, OPEN]) {
      sids.push(claimsOf((await tokensAt(op, client, browser)).id_token)['sid']);
    }
    const [a, twin, b, open] = sids;
    assertEquals(twin, a);
    const own = browser.cookies.get('__Host-ostiary_session')?.split('.')[0];
    assertEquals(new Set([a, b, open, own]).size, 4);
    await op.close();
  });

  it('stays in a session, at refresh and at a new request, and goes with it', async () => {
    const op = await openHouse();
    const browser = op.browser();
    const sidOf = ({ id_token }: Tokens) => claimsOf(id_token)['sid'];
    const offline = { scope: 'openid offline_access' };
    const first = await tokensAt(op, A, browser, offline);
    const form = { grant_type: 'refresh_token', refresh_token: first.refresh_token };
    assertEquals(sidOf(await tokensOf(await op.post('/token', form, basic('a')))), sidOf(first));
    assertEquals(sidOf(await tokensAt(op, A, browser)), sidOf(first));
    assertNotEquals(sidOf(await tokensAt(op, A, op.browser())), sidOf(first));
    await op.close();
  });
});

describe('Core §8.1: a sub of another sector', () => {
  it('in id_token_hint neither selects nor tells, even where the ID token names both clients', async () => {
    const merging = { ...A, claims_policy: 'merging' };
    const audience = { ...B, client_id: API };
    const op = await openHouse({
      clients: [merging, { ...TWIN, client_id: 'https://twin.example/' }, audience],
      resources: [
        { resource: API, scope: 'read' },
        { resource: 'https://twin.example/', scope: 'read' },
      ],
      claims_policies: { merging: { id_token_audience_mode: 'merged' } },
    });
    const browser = op.browser();
    const bob = await signInBob(op, op.browser());
    // What alice is in one sector, bob is in the other.
    const row = (sector: string, username: string) =>
      JSON.stringify({ issuer: ISSUER, sector, username, sub: 'same' });
    const engine = op.instance.engine();
    const rows = `${row('a.example', 'alice')}\n${row('b.example', 'bob')}\n`;
    assertEquals((await importSubjects(rows, CLI, engine)).kind, 'done');
    assert((await op.instance.directory.findById(bob)) !== undefined);
    const reading = (resource: string) =>
      tokensAt(op, merging, browser, { scope: 'openid read', resource });
    const hinted = async (client: TestClient, { id_token }: Tokens) =>
      answerOf(await browser.get(requestOf(client, { prompt: 'none', id_token_hint: id_token })));
    const forApi = await reading(API);
    assertEquals(claimsOf(forApi.id_token)['sub'], 'same');
    assert((claimsOf(forApi.id_token)['aud'] as string[]).includes(API));
    await browser.submit(
      await browser.get('/login?switch=yes'),
      { username: 'bob', password: 'the password of bob' },
      {},
      'id="username"',
    );
    assertEquals((await hinted(audience, forApi))['error'], 'invalid_request');
    // The same of a client of the sector counts.
    const twin = { ...TWIN, client_id: 'https://twin.example/' };
    const answer = await hinted(twin, await reading('https://twin.example/'));
    assertEquals([answer['error'], typeof answer['code']], [undefined, 'string']);
    await op.close();
  });

  it('in id_token_hint of another client is refused like any text', async () => {
    const op = await openHouse();
    const browser = op.browser();
    const { id_token } = await tokensAt(op, A, browser);
    for (const hint of [id_token, 'x']) {
      const url = requestOf(B, { prompt: 'none', id_token_hint: hint });
      const { error, error_description } = answerOf(await browser.get(url));
      assertEquals(error, 'invalid_request');
      assertEquals(
        error_description,
        'id_token_hint is not an ID token of this issuer for this client',
      );
    }
    await op.close();
  });

  it('in the claims parameter answers like one of nobody', async () => {
    const op = await openHouse();
    const browser = op.browser();
    const { sub } = claimsOf((await tokensAt(op, A, browser)).id_token);
    await tokensAt(op, B, browser);
    const answers = [];
    for (const value of [sub, 'of nobody']) {
      const claims = JSON.stringify({ id_token: { sub: { value } } });
      const page = await browser.get(requestOf(B, { prompt: 'none', claims }));
      // Each has its own salt.
      const { session_state: _, ...answer } = answerOf(page);
      answers.push(answer);
    }
    assertEquals(answers[0]?.['error'], 'login_required');
    assertEquals(answers[0], answers[1]);
    await op.close();
  });
});

describe('Core §17.3: a login_hint', () => {
  it('asked in silence does not tell a pairwise client that it knows one of several by name', async () => {
    const op = await openHouse();
    const browser = op.browser();
    await tokensAt(op, A, browser);
    await tokensAt(op, OPEN, browser);
    await signInBob(op, browser);
    await browser.get(requestOf(A));
    await browser.get(requestOf(OPEN));
    const asked = async (client: TestClient) =>
      answerOf(await browser.get(requestOf(client, { prompt: 'none', login_hint: 'alice' })));
    assertEquals((await asked(A))['error'], 'account_selection_required');
    assertEquals('code' in await asked(OPEN), true);
    await op.close();
  });
});

describe('RFC 7662 §5: introspection by others than the client', () => {
  it('tells the sub of the asking client’s sector, and the username only where no sub is pairwise', async () => {
    for (const access_token_format of ['opaque', 'jwt']) {
      const ofA = { ...A, access_token_format };
      const op = await openHouse({ clients: [ofA, TWIN, B, OPEN] });
      const browser = op.browser();
      const subOf = async (client: TestClient) =>
        claimsOf((await tokensAt(op, client, browser)).id_token)['sub'];
      const subs = [await subOf(ofA), await subOf(TWIN), await subOf(B), await subOf(OPEN)];
      assertEquals(new Set(subs).size, 3);
      const reading = { scope: 'openid read', resource: API };
      const token = (await tokensAt(op, ofA, browser, reading)).access_token;
      const told: unknown[] = [];
      for (const client of [ofA, TWIN, B, OPEN]) {
        const answer = await introspectBy(op, client, token);
        assertEquals([answer['active'], answer['client_id']], [true, 'a']);
        assertFalse('username' in answer);
        told.push(answer['sub']);
      }
      assertEquals(told, subs);
      const open = (await tokensAt(op, OPEN, browser, reading)).access_token;
      assertEquals((await introspectBy(op, OPEN, open))['username'], 'alice');
      assertEquals((await introspectBy(op, B, open))['sub'], subs[2]);
      assertFalse('username' in await introspectBy(op, B, open));
      await op.close();
    }
  });

  it('RFC 9068 §6: in a JWT that the client can read stands its own sub, and no sid', async () => {
    const ofA = { ...A, access_token_format: 'jwt' };
    const op = await openHouse({ clients: [ofA, B] });
    const tokens = await tokensAt(op, ofA, op.browser(), { scope: 'openid read', resource: API });
    const { sub, sid } = claimsOf(tokens.access_token);
    assertEquals([sub, sid], [claimsOf(tokens.id_token)['sub'], undefined]);
    await op.close();
  });
});

describe('Core §8: a pairwise sub', () => {
  it('is one and the same in code flow, device flow and UserInfo', async () => {
    const tv = { ...TV, subject_type: 'pairwise', redirect_uris: ['https://a.example/tv'] };
    const op = await openHouse({ clients: [A, tv] });
    const { device_code, user_code } = await obtainDeviceCodes(op, { scope: 'openid' });
    await approve(op, user_code);
    const form = { grant_type: DEVICE_CODE_GRANT, device_code, client_id: 'tv' };
    const { id_token, access_token } = await tokensOf(await op.post('/token', form));
    const { sub } = claimsOf((await tokensAt(op, A, op.browser())).id_token);
    assertEquals(claimsOf(id_token)['sub'], sub);
    assertEquals((await (await userinfo(op, access_token)).json() as { sub: string }).sub, sub);
    await op.close();
  });

  it('is nobody else’s when its person is gone, whoever takes the name', async () => {
    const op = await openHouse();
    const subNow = async () => claimsOf((await tokensAt(op, A, op.browser())).id_token)['sub'];
    const before = await subNow();
    const alice = await op.instance.directory.findByUsername('alice');
    assert(alice !== undefined);
    await removePerson(alice, CLI, op.instance.engine());
    await addAlice(op.instance);
    const after = await subNow();
    assertNotEquals(after, before);
    assert(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(`${after}`),
    );
    assertEquals(await subNow(), after);
    await op.close();
  });

  it('goes along into another sector when it is carried over before the client moves', async () => {
    const op = await openHouse({ clients: [] });
    const engine = op.instance.engine();
    const { client_id, client_secret: _, redirect_uris, ...metadata } = A as unknown as
      & Record<
        string,
        unknown
      >
      & TestClient;
    const secret = { kind: 'given', secret: CLIENT_SECRET } as const;
    const first = { ...metadata, redirect_uris };
    assertEquals((await addClient(client_id, first, secret, CLI, engine)).kind, 'done');
    const browser = op.browser();
    const { sub } = claimsOf((await tokensAt(op, A, browser)).id_token);
    let rows = '';
    for await (const piece of exportSubjects(engine)) rows += piece;
    rows = rows.replaceAll('"sector":"a.example"', '"sector":"b.example"');
    assertEquals((await importSubjects(rows, CLI, engine)).kind, 'done');
    const moved = { redirect_uris: ['https://b.example/cb'] };
    const options = { newSubs: true };
    assertEquals((await updateClient(client_id, moved, CLI, engine, options)).kind, 'done');
    const there = { ...A, ...moved };
    assertEquals(claimsOf((await tokensAt(op, there, browser)).id_token)['sub'], sub);
    await op.close();
  });

  it('stands on no page, nor does what it is made of', async () => {
    const op = await openHouse();
    const browser = op.browser();
    const secrets = [];
    for (const client of [A, B, OPEN]) {
      const { sub, sid } = claimsOf((await tokensAt(op, client, browser)).id_token);
      secrets.push(String(sub), String(sid));
    }
    for (const path of ['', '/applications', '/sessions', '/activity', '/profile', '/factors']) {
      const { status, text } = await browser.get(`/account${path}`);
      assertEquals(status, 200, path);
      for (const secret of secrets) assertFalse(text.includes(secret), `${path} ${secret}`);
    }
    await op.close();
  });
});
