import { TOTP } from 'otpauth';
import { describe, it } from 'node:test';
import { listActivity } from '../../src/engine/activity.ts';
import { enrolTotp, newTotp } from '../../src/engine/factors/totp.ts';
import { api, openAdminOp, ROBOT } from '../support/admin.ts';
import { assert, assertEquals, assertFalse } from '../support/assert.ts';
import { ALICE, answerOf, authorizationUrl, redeem, tokensOf } from '../support/flow.ts';
import { basic, CLIENT, type Op } from '../support/op.ts';

const ADDRESS = '203.0.113.7';

type Event = Readonly<Record<string, unknown>>;

/** The lines of the log that an event has written since the last time. */
function watch(op: Op): (event: string) => readonly Event[] {
  let seen = 0;
  return (event) => {
    const lines = op.log.slice(seen).map((line) => JSON.parse(line) as Event);
    seen = op.log.length;
    return lines.filter((line) => line['event'] === event);
  };
}

/** One line, with these fields among its own. */
function assertEvent(lines: readonly Event[], fields: Event, name: string): Event {
  assertEquals(lines.length, 1, `${name}: ${JSON.stringify(lines)}`);
  const [line = {}] = lines;
  for (const [field, value] of Object.entries(fields)) {
    assertEquals(line[field], value, `${name} ${field}: ${JSON.stringify(line)}`);
  }
  return line;
}

describe('T150: audit events', () => {
  it('sign-ins, failures, consents, grants, reuse, revocations and changes are told, by whom, of what, from where', async () => {
    const client = { ...CLIENT, authorization_policy: 'two_factor' };
    const op = await openAdminOp({ config: { clients: [client, ROBOT] } });
    const engine = op.instance.engine();
    const alice = await op.instance.directory.findByUsername('alice');
    assert(alice !== undefined);
    const { sealed, secret } = newTotp(alice, engine);
    const codeNow = () => new TOTP({ secret }).generate({ timestamp: op.clock.now * 1000 });
    await enrolTotp(alice, { sealed, code: codeNow(), name: '' }, engine);
    op.clock.now += 60;
    const user = alice.id;
    const since = watch(op);
    const browser = op.browser();
    const secrets: string[] = [ALICE.password, 'a wrong password', secret];

    let page = await browser.get(authorizationUrl({ scope: 'openid profile offline_access' }));
    since('');
    page = await browser.submit(page, { username: 'alice', password: 'a wrong password' });
    const refused = { kind: 'refused', user, address: ADDRESS };
    assertEvent(since('sign_in.refused'), refused, 'a wrong password');
    page = await browser.submit(page, { username: 'nobody-here', password: 'a wrong password' });
    const stranger = assertEvent(since('sign_in.refused'), { address: ADDRESS }, 'nobody');
    assertEquals(stranger['user'], undefined);
    op.clock.now += 60;
    page = await browser.submit(page, { username: 'alice', password: ALICE.password });
    const accepted = { user, address: ADDRESS, amr: ['pwd'] };
    const { sid } = assertEvent(since('sign_in.accepted'), accepted, 'a sign-in');
    page = await browser.submit(page, { totp: '000000' }, {}, 'totp');
    assertEvent(since('second_factor.refused'), { user, sid, address: ADDRESS }, 'a wrong code');
    op.clock.now += 60;
    const code6 = codeNow();
    secrets.push(`"${code6}"`);
    page = await browser.submit(page, { totp: code6 }, {}, 'totp');
    assertEvent(since('session.raised'), { user, sid, address: ADDRESS }, 'a second factor');

    const about = { client_id: 'app', user, address: ADDRESS };
    const scope = ['profile', 'offline_access'];
    page = await browser.submit(page, { decision: 'accept', scope });
    assertEvent(since('consent.given'), about, 'a consent');
    const { code = '' } = answerOf(page);
    secrets.push(code);
    const tokens = await tokensOf(await redeem(op, code));
    secrets.push(tokens.access_token, tokens.refresh_token, tokens.id_token);
    const { grant } = assertEvent(
      since('grant.issued'),
      { client_id: 'app', user, sid, scope: ['openid', ...scope] },
      'a grant',
    );
    const refresh = (refresh_token: string) =>
      op.post('/token', { grant_type: 'refresh_token', refresh_token }, basic('app'));
    const next = await tokensOf(await refresh(tokens.refresh_token));
    secrets.push(next.access_token, next.refresh_token);
    assertEquals(since('grant.issued'), []);
    op.clock.now += 60;
    const last = await tokensOf(await refresh(next.refresh_token));
    await refresh(tokens.refresh_token);
    const reused = { grant, client_id: 'app', user, reason: 'refresh token used twice' };
    assertEvent(since('grant.revoked'), reused, 'a refresh token used twice');
    secrets.push(last.refresh_token);

    const again = await browser.authorize(authorizationUrl({ prompt: 'consent' }), ALICE);
    const second = answerOf(again)['code'] ?? '';
    const { access_token } = await tokensOf(await redeem(op, second));
    await redeem(op, second);
    const twice = { client_id: 'app', user, reason: 'code used twice' };
    assertEvent(since('grant.revoked'), twice, 'a code used twice');
    secrets.push(second, access_token);

    const third = answerOf(await browser.authorize(authorizationUrl(), ALICE))['code'] ?? '';
    const ended = await tokensOf(await redeem(op, third));
    since('');
    await op.post('/revoke', { token: ended.access_token }, basic('app'));
    assertEvent(since('access_token.revoked'), { client_id: 'app' }, 'a token revoked');
    secrets.push(third, ended.access_token);

    await op.post(
      '/token',
      { grant_type: 'client_credentials' },
      basic('robot', 'Wr0ng-cl1ent-secret'),
    );
    const unproven = { client_id: 'robot', endpoint: 'token', source: ADDRESS };
    assertEvent(since('client.not_proven'), unproven, 'a wrong client secret');
    secrets.push('Wr0ng-cl1ent-secret');
    const pasted = 'a-secret-pasted-as-client-id';
    await op.post('/token', { grant_type: 'client_credentials' }, basic(pasted, 'x'));
    assertEvent(since('client.not_proven'), { client_id: undefined }, 'no client');

    const made = await api(op, 'POST', '/clients', {
      body: { client_id: 'new', redirect_uris: ['https://new.example/'] },
    });
    secrets.push(made.body.client_secret, op.token);
    const actor = { kind: 'api', client_id: 'robot' };
    assertEvent(since('audit'), { action: 'client.created', target: 'new', actor }, 'a change');

    page = await browser.get(authorizationUrl({ prompt: 'consent' }));
    since('');
    await browser.submit(page, { decision: 'deny' });
    assertEvent(since('consent.declined'), about, 'a consent declined');

    const log = op.log.join('\n');
    secrets.push(
      pasted,
      'quick:',
      ...[...browser.cookies.values()].flatMap((value) => value.split('.').slice(1)),
    );
    for (const each of secrets) assertFalse(log.includes(each), each.slice(0, 24));
    const kinds = (await listActivity(user, engine)).map(({ kind, address }) => [kind, address]);
    for (const kind of ['signed_in', 'sign_in_failed', 'second_factor_failed']) {
      assert(kinds.some((each) => each[0] === kind && each[1] === ADDRESS), kind);
    }
    await op.close();
  });
});
