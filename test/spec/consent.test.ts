import { describe, it } from 'node:test';
import { addClient, removeClient } from '../../src/engine/administration/clients.ts';
import { removePerson } from '../../src/engine/administration/people.ts';
import { withdrawApplication } from '../../src/engine/applications.ts';
import { clients, consents } from '../../src/store/collections.ts';
import type { ConsentRecord, StoredClient } from '../../src/store/records.ts';
import { assert, assertEquals, assertFalse, assertStringIncludes } from '../support/assert.ts';
import { type Browser, checkBoxes, has, hiddenFields, type Page } from '../support/browser.ts';
import {
  answer,
  approve,
  DEVICE_CODE_GRANT,
  enterCode,
  obtainDeviceCodes,
  openDeviceOp,
  poll,
} from '../support/device.ts';
import {
  ALICE,
  answerOf,
  authorizationUrl,
  CHALLENGE,
  claimsOf,
  redeem,
  refresh,
  type Tokens,
  tokensOf,
  userinfo,
} from '../support/flow.ts';
import { CLI, CLIENT, ISSUER, type Op, openOp, PASSWORD } from '../support/op.ts';

const SCOPE = 'openid profile email';
const SAVING = { consent_mode: 'pre-configured', pre_configured_consent_duration: '7d' } as const;

type Changes = Readonly<Record<string, unknown>>;

function open(client: Changes = {}, config: Changes = {}): Promise<Op> {
  return openOp({ config: { clients: [{ ...CLIENT, ...client }], ...config } });
}

/** Up to the consent page, signing alice in where needed. */
async function consentPage(
  browser: Browser,
  changes: Readonly<Record<string, string>> = {},
): Promise<Page> {
  let page = await browser.get(authorizationUrl({ scope: SCOPE, ...changes }));
  if (has(page, 'login')) page = await browser.submit(page, ALICE);
  assert(has(page, 'accept'), `${page.url} ${page.text.slice(0, 500)}`);
  return page;
}

type Said = Readonly<Record<string, string | readonly string[]>>;

function accept(browser: Browser, page: Page, said: Said = {}): Promise<Page> {
  return browser.submit(page, {
    decision: 'accept',
    scope: checkBoxes(page.text),
    claim: checkBoxes(page.text, 'claim'),
    ...said,
  });
}

async function tokensFrom(op: Op, page: Page): Promise<Tokens> {
  return await tokensOf(await redeem(op, answerOf(page)['code'] ?? ''));
}

/** What prompt=none answers: the scope granted, or the error. */
async function silently(
  op: Op,
  browser: Browser,
  changes: Readonly<Record<string, string>> = {},
): Promise<string> {
  const page = await browser.get(authorizationUrl({ scope: SCOPE, prompt: 'none', ...changes }));
  const { error } = answerOf(page);
  return error ?? (await tokensFrom(op, page)).scope;
}

/** A browser in which alice is signed in, and has said nothing yet. */
async function signedIn(op: Op): Promise<Browser> {
  const browser = op.browser();
  await browser.submit(await browser.get('/login'), ALICE);
  return browser;
}

async function saved(op: Op): Promise<readonly ConsentRecord[]> {
  const found: ConsentRecord[] = [];
  for await (const { value } of consents.list(op.store, [ISSUER])) found.push(value);
  return found;
}

async function aliceOf({ instance }: Op) {
  const user = await instance.directory.findByUsername('alice');
  assert(user !== undefined);
  return user;
}

describe('consent_mode explicit', () => {
  it('T109: asks once in a browser session, remembers nothing beyond it, and saves nothing', async () => {
    const op = await open();
    const browser = op.browser();
    const page = await consentPage(browser);
    assertFalse(has(page, 'remember'));
    await accept(browser, page, { remember: 'yes' });
    assertEquals(await silently(op, browser), SCOPE);
    assertEquals(await silently(op, await signedIn(op)), 'consent_required');
    assertEquals(await saved(op), []);
  });

  it('T109: a browser that comes for less in between is not asked again', async () => {
    const op = await open();
    const browser = op.browser();
    await accept(browser, await consentPage(browser));
    assertEquals(await silently(op, browser, { scope: 'openid' }), 'openid');
    assertEquals(await silently(op, browser), SCOPE);
  });

  it('T112: declining is access_denied, and leaves session and earlier consent as they were', async () => {
    const op = await open();
    const browser = op.browser();
    await accept(browser, await consentPage(browser));
    const cookies = new Map(browser.cookies);
    const page = await consentPage(browser, { prompt: 'consent' });
    const answered = answerOf(await browser.submit(page, { decision: 'deny' }));
    assertEquals([answered['error'], answered['state']], ['access_denied', 'xyz']);
    assertEquals(browser.cookies, cookies);
    assertEquals(await silently(op, browser), SCOPE);
  });
});

describe('consent_mode implicit', () => {
  it('never asks, also silently, and gives no offline_access', async () => {
    const op = await open({ consent_mode: 'implicit' });
    const browser = await signedIn(op);
    const scope = `${SCOPE} offline_access`;
    assertEquals(await silently(op, browser, { scope }), SCOPE);
    const page = await browser.get(authorizationUrl({ scope }));
    assertEquals((await tokensFrom(op, page)).scope, SCOPE);
  });

  it('Core §3.1.2.1: prompt=consent is consent_required, sent to the client, also with offline_access', async () => {
    const op = await open({ consent_mode: 'implicit' });
    const browser = await signedIn(op);
    for (const scope of [SCOPE, `${SCOPE} offline_access`]) {
      const page = await browser.get(authorizationUrl({ scope, prompt: 'consent' }));
      const { error, state } = answerOf(page);
      assertEquals([error, state], ['consent_required', 'xyz']);
    }
  });

  it('T036: force_consent asks for offline_access after all, and for nothing else', async () => {
    const op = await open({ consent_mode: 'implicit', implicit_offline_access: 'force_consent' });
    const browser = await signedIn(op);
    assertEquals(await silently(op, browser), SCOPE);
    const scope = `${SCOPE} offline_access`;
    assertEquals(await silently(op, browser, { scope }), 'consent_required');
    const page = await consentPage(browser, { scope, prompt: 'consent' });
    const tokens = await tokensFrom(op, await accept(browser, page, { scope: [] }));
    assertEquals(tokens.scope, SCOPE);
    const again = await consentPage(browser, { scope, prompt: 'consent' });
    assertEquals((await tokensFrom(op, await accept(browser, again))).scope, scope);
    assertEquals(await silently(op, browser, { scope }), scope);
  });
});

describe('consent_mode pre-configured', () => {
  it('saves nothing unless the person ticks it, and is explicit then', async () => {
    const op = await open(SAVING);
    const browser = op.browser();
    const page = await consentPage(browser);
    assertStringIncludes(page.text, '7 days');
    assertFalse(/id="remember"[^>]*checked/.test(page.text));
    await accept(browser, page);
    assertEquals(await saved(op), []);
    assertEquals(await silently(op, browser), SCOPE);
    assertEquals(await silently(op, await signedIn(op)), 'consent_required');
  });

  it('T109: what is saved answers exactly the same elsewhere, also silently, until it expires', async () => {
    const op = await open(SAVING);
    const browser = op.browser();
    await accept(browser, await consentPage(browser), { remember: 'yes' });
    const elsewhere = await signedIn(op);
    assertEquals(await silently(op, elsewhere), SCOPE);
    assertEquals(
      await silently(op, elsewhere, { scope: 'email openid profile' }),
      'email openid profile',
    );
    const claims = JSON.stringify({ userinfo: { name: null } });
    const others: readonly Readonly<Record<string, string>>[] = [{ scope: 'openid profile' }, {
      scope: `${SCOPE} phone`,
    }, { claims }];
    for (const changes of others) {
      assertEquals(await silently(op, elsewhere, changes), 'consent_required');
    }
    op.clock.now += 7 * 86_400;
    assertEquals(await silently(op, await signedIn(op)), 'consent_required');
  });

  it('T109: what was left out is left out of what is saved', async () => {
    const op = await open(SAVING);
    const browser = op.browser();
    const claims = JSON.stringify({ userinfo: { phone_number: null, gender: null } });
    const page = await consentPage(browser, { claims });
    await accept(browser, page, { remember: 'yes', scope: 'profile', claim: 'gender' });
    const elsewhere = await signedIn(op);
    const url = authorizationUrl({ scope: SCOPE, claims, prompt: 'none' });
    const tokens = await tokensFrom(op, await elsewhere.get(url));
    assertEquals(tokens.scope, 'openid profile');
    const told = await (await userinfo(op, tokens.access_token)).json() as Changes;
    assertFalse('email' in told || 'phone_number' in told);
    assert('gender' in told);
  });

  it('prompt=consent asks again, and the new answer takes the place of the saved one', async () => {
    const op = await open(SAVING);
    const browser = op.browser();
    await accept(browser, await consentPage(browser), { remember: 'yes' });
    op.clock.now += 10;
    const page = await consentPage(browser, { prompt: 'consent' });
    await accept(browser, page, { remember: 'yes', scope: 'email' });
    assertEquals(await silently(op, await signedIn(op)), 'openid email');
    assertEquals((await saved(op)).length, 1);
    op.clock.now += 10;
    await accept(browser, await consentPage(browser, { prompt: 'consent' }));
    assertEquals(await saved(op), []);
    assertEquals(await silently(op, await signedIn(op)), 'consent_required');
  });

  it('T112: declining leaves what is saved as it was', async () => {
    const op = await open(SAVING);
    const browser = op.browser();
    await accept(browser, await consentPage(browser), { remember: 'yes' });
    const page = await consentPage(browser, { prompt: 'consent' });
    await browser.submit(page, { decision: 'deny', remember: 'yes' });
    assertEquals((await saved(op)).length, 1);
  });

  it('resources are part of it', async () => {
    const resources = [
      { resource: 'https://a.example/', scope: 'read' },
      { resource: 'https://b.example/', scope: 'read' },
    ];
    const op = await open({ ...SAVING, scope: 'openid read' }, { resources });
    const browser = op.browser();
    const asked = { scope: 'openid read', resource: 'https://a.example/' };
    const page = await consentPage(browser, asked);
    assertStringIncludes(page.text, 'https://a.example/');
    await accept(browser, page, { remember: 'yes' });
    const elsewhere = await signedIn(op);
    assertEquals(await silently(op, elsewhere, asked), 'openid read');
    const other = { ...asked, resource: 'https://b.example/' };
    assertEquals(await silently(op, elsewhere, other), 'consent_required');
    assertEquals(await silently(op, elsewhere, { scope: 'openid read' }), 'consent_required');
  });

  it('authorization_details are part of it', async () => {
    const types = { payment: { fields: ['amount'], required: ['amount'] } };
    const op = await open(
      { ...SAVING, authorization_details_types: ['payment'] },
      { authorization_details_types: types },
    );
    const browser = op.browser();
    const asked = (amount: string) => ({
      authorization_details: JSON.stringify([{ type: 'payment', amount }]),
    });
    const page = await consentPage(browser, asked('10'));
    assertStringIncludes(page.text, 'amount: 10');
    await accept(browser, page, { remember: 'yes' });
    const elsewhere = await signedIn(op);
    assertEquals(await silently(op, elsewhere, asked('10')), SCOPE);
    assertEquals(await silently(op, elsewhere, asked('1000')), 'consent_required');
    assertEquals(await silently(op, elsewhere), 'consent_required');
  });

  it('goes with the application that the person takes everything back from, in every session', async () => {
    const op = await open(SAVING);
    const browser = op.browser();
    await accept(browser, await consentPage(browser), { remember: 'yes' });
    op.clock.now += 1;
    await withdrawApplication((await aliceOf(op)).id, 'app', op.instance.engine());
    for (const each of [browser, await signedIn(op)]) {
      assertEquals(await silently(op, each), 'consent_required');
    }
    op.clock.now += 1;
    await accept(browser, await consentPage(browser), { remember: 'yes' });
    assertEquals(await silently(op, await signedIn(op)), SCOPE);
  });

  it('T086: goes with the client, and a new one of the same name asks anew, in every session', async () => {
    const op = await openOp({ config: { clients: [] } });
    const engine = op.instance.engine();
    const { client_id: _, client_secret: _secret, ...rest } = CLIENT;
    const metadata = { ...rest, ...SAVING, client_name: 'The App' };
    const add = () => addClient('app', metadata, { kind: 'mint' }, CLI, engine);
    assertEquals((await add()).kind, 'done');
    const browser = op.browser();
    await accept(browser, await consentPage(browser), { remember: 'yes' });
    assertEquals((await saved(op)).length, 1);
    op.clock.now += 1;
    assertEquals((await removeClient('app', CLI, engine)).kind, 'done');
    assertEquals(await saved(op), []);
    assertEquals((await add()).kind, 'done');
    for (const each of [browser, await signedIn(op)]) {
      const page = await each.get(authorizationUrl({ scope: SCOPE, prompt: 'none' }));
      assertEquals(answerOf(page)['error'], 'consent_required');
    }
  });

  it('goes with the person', async () => {
    const op = await open(SAVING);
    const browser = op.browser();
    await accept(browser, await consentPage(browser), { remember: 'yes' });
    await removePerson(await aliceOf(op), CLI, op.instance.engine());
    assertEquals(await saved(op), []);
  });
});

describe('consent_mode auto', () => {
  it('lets people save where there is a duration, and is explicit without', async () => {
    for (
      const [client, isOffered] of [
        [{ consent_mode: 'auto', pre_configured_consent_duration: '2h' }, true],
        [{ consent_mode: 'auto' }, false],
      ] as const
    ) {
      const op = await open(client);
      const browser = op.browser();
      const page = await consentPage(browser);
      assertEquals(has(page, 'remember'), isOffered);
      await accept(browser, page, { remember: 'yes' });
      assertEquals(await silently(op, browser), SCOPE);
      const elsewhere = await silently(op, await signedIn(op));
      assertEquals(elsewhere, isOffered ? SCOPE : 'consent_required');
    }
  });
});

describe('what a person leaves out', () => {
  const CLAIMS = JSON.stringify({
    userinfo: { name: null, gender: { essential: true } },
    id_token: { email: null, nickname: null },
  });

  it('each voluntary claim is a box, an essential one cannot be unticked', async () => {
    const op = await open();
    const page = await consentPage(op.browser(), { claims: CLAIMS });
    assertEquals(checkBoxes(page.text, 'claim'), ['name', 'gender', 'email', 'nickname']);
    assertEquals(page.text.match(/name="claim" value="(\w+)" checked disabled/g)?.length, 1);
    assert(/name="claim" value="gender" checked disabled/.test(page.text));
    const hidden = hiddenFields(page.text).filter(([name]) => name === 'claim');
    assertEquals(hidden, [['claim', 'gender']]);
  });

  it('T109: claims that were unticked are nowhere, after refreshing, too, and stay out silently', async () => {
    const op = await open();
    const browser = op.browser();
    const page = await consentPage(browser, { scope: 'openid', claims: CLAIMS });
    const first = await tokensFrom(op, await accept(browser, page, { claim: ['nickname'] }));
    const url = authorizationUrl({ claims: CLAIMS, prompt: 'none' });
    const second = await tokensFrom(op, await browser.get(url));
    const third = await tokensOf(await refresh(op, first.refresh_token));
    for (const { id_token, access_token } of [first, second, third]) {
      const inToken = claimsOf(id_token);
      assertFalse('email' in inToken);
      assert('nickname' in inToken);
      const told = await (await userinfo(op, access_token)).json() as Changes;
      assertEquals(Object.keys(told).sort(), ['gender', 'sub']);
    }
  });

  it('T110: a form neither adds claims nor drops essential ones', async () => {
    const op = await open();
    const browser = op.browser();
    const page = await consentPage(browser, { scope: 'openid', claims: CLAIMS });
    const body = new URLSearchParams(
      hiddenFields(page.text).filter(([name]) => name === 'csrf' || name === 'pending')
        .map((pair) => [...pair]),
    );
    body.append('decision', 'accept');
    for (const claim of ['phone_number', 'address', 'name']) body.append('claim', claim);
    const tokens = await tokensFrom(op, await browser.post('/consent', body));
    assertFalse('email' in claimsOf(tokens.id_token));
    const told = await (await userinfo(op, tokens.access_token)).json() as Changes;
    assertEquals(Object.keys(told).sort(), ['gender', 'name', 'sub']);
  });

  it('T110: what the client marks cannot be left out, and only that', async () => {
    const op = await open({ required_scope: 'email' });
    const browser = op.browser();
    const page = await consentPage(browser);
    assert(/name="scope" value="email" checked disabled/.test(page.text));
    const body = new URLSearchParams(
      hiddenFields(page.text).filter(([name]) => name === 'csrf' || name === 'pending')
        .map((pair) => [...pair]),
    );
    body.append('decision', 'accept');
    assertEquals(
      (await tokensFrom(op, await browser.post('/consent', body))).scope,
      'openid email',
    );
  });

  it('no policy of the client brings back a claim whose scope was unticked', async () => {
    const op = await open(
      { claims_policy: 'trusted', access_token_format: 'jwt' },
      { claims_policies: { trusted: { id_token: ['email'], access_token: ['email', 'groups'] } } },
    );
    const browser = op.browser();
    const page = await consentPage(browser, { scope: `${SCOPE} groups offline_access` });
    const scope = ['groups', 'offline_access'];
    const first = await tokensFrom(op, await accept(browser, page, { scope }));
    assertEquals(first.scope, 'openid groups offline_access');
    const second = await tokensOf(await refresh(op, first.refresh_token));
    assertEquals(second.scope, 'openid groups offline_access');
    for (const { id_token, access_token } of [first, second]) {
      assertFalse('email' in claimsOf(id_token));
      assertFalse('email' in claimsOf(access_token));
      assert('groups' in claimsOf(access_token));
      const told = await (await userinfo(op, access_token)).json() as Changes;
      assertFalse('email' in told);
    }
  });

  it('T036: without offline_access, refreshing ends with the session', async () => {
    const op = await open();
    const browser = op.browser();
    const page = await consentPage(browser, { scope: 'openid offline_access' });
    const tokens = await tokensFrom(op, await accept(browser, page, { scope: [] }));
    assertEquals(tokens.scope, 'openid');
    op.clock.now += 20 * 86_400;
    assertEquals((await refresh(op, tokens.refresh_token)).status, 400);
  });

  it('RFC 6749 §4.2.2: is missing from the scope of an answer without a code', async () => {
    const op = await open({
      grant_types: ['implicit'],
      response_types: ['id_token token'],
    });
    const browser = op.browser();
    const page = await consentPage(browser, {
      response_type: 'id_token token',
      nonce: 'a nonce of this test',
    });
    const answered = answerOf(await accept(browser, page, { scope: 'profile' }));
    assertEquals(answered['scope'], 'openid profile');
  });
});

describe('RFC 8252 §8.6: native clients that prove nothing', () => {
  const { client_secret: _, ...rest } = CLIENT;
  const native = {
    ...rest,
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['com.example.app:/callback'],
  } as const;
  const ask = {
    redirect_uri: native.redirect_uris[0],
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
  };

  async function openNative(changes: Changes = {}): Promise<Op> {
    return await openOp({ config: { clients: [{ ...native, ...changes }] } });
  }

  it('are asked about each time, and silently refused', async () => {
    const op = await openNative();
    const browser = op.browser();
    for (let i = 0; i < 2; i += 1) {
      const page = await consentPage(browser, ask);
      assert('code' in answerOf(await accept(browser, page)));
      const silent = await browser.get(authorizationUrl({ scope: SCOPE, ...ask, prompt: 'none' }));
      assertEquals(answerOf(silent)['error'], 'consent_required');
    }
  });

  it('unless the person saved an answer as the administrator lets them', async () => {
    const op = await openNative(SAVING);
    const browser = op.browser();
    await accept(browser, await consentPage(browser, ask));
    await accept(browser, await consentPage(browser, ask), { remember: 'yes' });
    assert('code' in answerOf(await browser.get(authorizationUrl({ scope: SCOPE, ...ask }))));
  });

  it('or the administrator has answered for everybody', async () => {
    const op = await openNative({ consent_mode: 'implicit' });
    const browser = await signedIn(op);
    assert('code' in answerOf(await browser.get(authorizationUrl({ scope: SCOPE, ...ask }))));
  });
});

describe('RFC 8628 §5.4: devices', () => {
  const shared = { ...CLIENT, grant_types: [...CLIENT.grant_types, DEVICE_CODE_GRANT] };
  const { client_secret: _, ...rest } = shared;
  const tv2 = {
    ...rest,
    client_id: 'tv2',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['https://tv.example/callback'],
  };

  it('T064: are asked about each time, whatever the client’s mode and whatever was saved', async () => {
    for (const mode of [SAVING, { consent_mode: 'implicit' }, { consent_mode: 'auto' }]) {
      const op = await openDeviceOp([{ ...tv2, ...mode }]);
      const browser = op.browser();
      for (let i = 0; i < 2; i += 1) {
        const { user_code } = await obtainDeviceCodes(op, { client_id: 'tv2' });
        const page = await enterCode(browser, user_code);
        assertFalse(has(page, 'remember'));
        await answer(browser, page, 'accept');
      }
      assertEquals(await saved(op), []);
    }
  });

  it('T110: cannot be denied what their client marks as required', async () => {
    const op = await openDeviceOp([{ ...tv2, required_scope: 'email' }]);
    const browser = op.browser();
    const { user_code, device_code } = await obtainDeviceCodes(op, {
      client_id: 'tv2',
      scope: SCOPE,
    });
    const page = await enterCode(browser, user_code);
    assert(/name="scope" value="email" checked disabled/.test(page.text));
    const body = new URLSearchParams(
      hiddenFields(page.text).filter(([name]) => name === 'csrf' || name === 'device')
        .map((pair) => [...pair]),
    );
    body.append('decision', 'accept');
    assert(has(await browser.post('/device/confirm', body), 'device-done'));
    const tokens = await tokensOf(await poll(op, device_code, { client_id: 'tv2' }));
    assertEquals(tokens.scope, 'openid email');
  });

  it('T109: and what was saved for the client in a browser is not the device’s', async () => {
    const op = await openDeviceOp([{ ...tv2, ...SAVING }]);
    const browser = op.browser();
    const { user_code } = await obtainDeviceCodes(op, { client_id: 'tv2', scope: SCOPE });
    await approve(op, user_code, browser);
    const url = authorizationUrl({
      client_id: 'tv2',
      redirect_uri: 'https://tv.example/callback',
      scope: SCOPE,
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
      prompt: 'none',
    });
    assertEquals(answerOf(await browser.get(url))['error'], 'consent_required');
  });
});

describe('the consent page', () => {
  const shown = {
    logo_uri: 'https://app.example/logo.png',
    policy_uri: 'https://app.example/policy',
    tos_uri: 'https://app.example/terms',
  };

  it('shows the client’s name, logo, policy and terms, and the host it returns to', async () => {
    const op = await open(shown);
    const page = await consentPage(op.browser());
    assert(has(page, 'client-logo') && has(page, 'client-policy') && has(page, 'client-tos'));
    for (const text of ['The App', 'app.example', ...Object.values(shown)]) {
      assertStringIncludes(page.text, text);
    }
  });

  it('warns of a client that is new in the store, for a day, and of none of the file', async () => {
    const op = await openOp({ config: { clients: [{ ...CLIENT, client_id: 'file' }] } });
    const { client_id: _, client_secret: _secret, ...metadata } = CLIENT;
    await addClient('app', metadata, { kind: 'mint' }, CLI, op.instance.engine());
    assert(has(await consentPage(op.browser()), 'new-client'));
    assertFalse(has(await consentPage(op.browser(), { client_id: 'file' }), 'new-client'));
    op.clock.now += 86_400;
    assertFalse(has(await consentPage(op.browser()), 'new-client'));
  });

  it('warns of a client that registered itself, however long ago, on devices, too', async () => {
    const op = await openOp({ config: { clients: [] } });
    const { client_id: _, client_secret: _secret, ...rest } = CLIENT;
    const metadata = {
      ...rest,
      token_endpoint_auth_method: 'none',
      grant_types: [...CLIENT.grant_types, DEVICE_CODE_GRANT],
    };
    await addClient('app', metadata, { kind: 'mint' }, CLI, op.instance.engine());
    const entry = await clients.get(op.store, ISSUER, 'app');
    assert(entry !== undefined);
    const record: StoredClient = { ...entry.value, provenance: 'dcr' };
    await op.store.commit({ put: [clients.put([ISSUER, 'app'], record)] });
    op.clock.now += 90 * 86_400;
    const browser = op.browser();
    const page = await consentPage(browser, {
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
    });
    assert(has(page, 'new-client'));
    const { user_code } = await obtainDeviceCodes(op, { client_id: 'app' });
    assert(has(await enterCode(browser, user_code), 'new-client'));
  });

  it('T110: asks whom the answer is of, when several people are signed in', async () => {
    const op = await open();
    const digest = await op.instance.hasher.hash(PASSWORD) ?? '';
    await op.instance.directory.create({ username: 'bob', password: digest, provenance: 'cli' });
    const browser = op.browser();
    for (const username of ['alice', 'bob']) {
      const page = await browser.get('/login?switch=yes');
      await browser.submit(page, { username, password: PASSWORD }, {}, 'id="username"');
      op.clock.now += 1;
    }
    const hinted = await consentPage(browser, { login_hint: 'alice' });
    const away = await browser.get('/login?switch=yes');
    await browser.submit(away, { username: 'bob', password: PASSWORD }, {}, 'id="username"');
    const page = await browser.get(hinted.url.href);
    assertStringIncludes(page.text, '<bdi>alice</bdi>');
    const { id_token } = await tokensFrom(op, await accept(browser, page));
    const own = await tokensFrom(op, await op.browser().authorize(authorizationUrl(), ALICE));
    assertEquals(claimsOf(id_token)['sub'], claimsOf(own.id_token)['sub']);
    assertEquals(await silently(op, browser, { login_hint: 'bob' }), 'consent_required');
  });
});
