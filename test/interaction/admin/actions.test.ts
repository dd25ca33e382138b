import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { updateClient } from '../../../src/engine/administration/clients.ts';
import { findClient } from '../../../src/engine/clients.ts';
import { assert, assertEquals, assertFalse, assertStringIncludes } from '../../support/assert.ts';
import { textOf } from '../../support/browser.ts';
import { auditOf, type ConsoleOp, openConsole, SECOND } from '../../support/console.ts';
import { filled, leaves, send } from '../../support/console_forms.ts';
import { basic, CLI, ISSUER, PASSWORD } from '../../support/op.ts';
import { leftOf } from '../../support/session_world.ts';

describe('the console: what is done leaves one record, by the person at the console', () => {
  let op: ConsoleOp;
  before(async () => {
    op = await openConsole();
  });
  after(() => op.close());

  it('a client is made, its secret shown once and good, then replaced, then the client is removed', async () => {
    const form = await op.admin.get('/admin/clients/new?kind=machine');
    const fields = {
      ...filled(form.text),
      client_id: 'robot',
      client_name: 'A Robot',
      scope: 'email',
    };
    const made = await leaves(
      op,
      'client.created',
      'robot',
      () => op.admin.submit(form, fields, {}, 'name="csrf"'),
    );
    assertEquals([made.status, made.headers.get('cache-control')], [200, 'no-store']);
    const secret = textOf(made, 'client_secret');
    const grant = { grant_type: 'client_credentials' };
    assertEquals((await op.post('/token', grant, basic('robot', secret))).status, 200);
    const shown = await op.admin.get('/admin/clients/robot');
    assertFalse(shown.text.includes(secret));
    assertFalse(op.log.join('').includes(secret));
    const all = { ...fields, client_id: 'a b', default_max_age: 'soon' };
    const wrong = await op.admin.submit(form, all, {}, 'name="csrf"');
    assertStringIncludes(wrong.text, 'id="client_id-problem"');
    assertStringIncludes(wrong.text, 'id="default_max_age-problem"');
    const twice = await op.admin.submit(form, fields, {}, 'name="csrf"');
    assertEquals(twice.status, 409);
    assertStringIncludes(twice.text, 'exists already');
    assertStringIncludes(twice.text, 'value="A Robot"');
    const again = await leaves(
      op,
      'client.changed',
      'robot',
      () => send(op, '/admin/clients/robot/secret'),
    );
    const next = textOf(again, 'client_secret');
    assertEquals((await op.post('/token', grant, basic('robot', secret))).status, 401);
    assertEquals((await op.post('/token', grant, basic('robot', next))).status, 200);
    await leaves(op, 'client.removed', 'robot', () => send(op, '/admin/clients/robot/remove'));
    assertEquals((await op.admin.get('/admin/clients/robot')).status, 404);
  });

  it('a message to a client is sent again, and only where it is that client’s', async () => {
    const id = op.examples['delivery'] ?? '';
    const shown = await op.admin.get('/admin/clients/shop/deliveries');
    assertStringIncludes(shown.text, `/admin/clients/shop/deliveries/${id}/retry`);
    assertEquals((await op.admin.get(`/admin/clients/app/deliveries/${id}/retry`)).status, 404);
    const path = `/admin/clients/shop/deliveries/${id}/retry`;
    const page = await leaves(op, 'delivery.retried', id, () => send(op, path));
    assertStringIncludes(page.text, 'The message is being sent.');
  });

  it('T072: a request that waits for a person is shown with all it asks for, and answered in their place once', async () => {
    const id = op.examples['request'] ?? '';
    const path = `/admin/backchannel-requests/${id}`;
    const list = await op.admin.get('/admin/backchannel-requests?user=bob');
    assertStringIncludes(list.text, `${path}/approve`);
    assertStringIncludes(list.text, 'W4SCT');
    const others = await op.admin.get('/admin/backchannel-requests?user=alice');
    assertStringIncludes(others.text, 'No request waits');
    const question = await op.admin.get(`${path}/approve`);
    for (const asked of ['bob', 'shop', 'W4SCT', 'openid email']) {
      assertStringIncludes(question.text, asked);
    }
    const page = await leaves(
      op,
      'backchannel_request.denied',
      id,
      () => send(op, `${path}/deny`),
    );
    assertEquals(page.url.pathname, '/admin/backchannel-requests');
    assertStringIncludes(page.text, 'The request is denied');
    assertFalse(page.text.includes(id));
    const late = await op.admin.submit(question, {}, {}, 'name="csrf"');
    assertEquals(late.status, 404);
  });

  it('every kind of client that the chooser offers can be made from what its form begins with', async () => {
    for (const kind of ['web', 'browser', 'native', 'machine', 'device']) {
      const form = await op.admin.get(`/admin/clients/new?kind=${kind}`);
      const fields = filled(form.text);
      if ('redirect_uris' in fields) fields['redirect_uris'] = 'https://made.example/cb';
      if (kind === 'machine' || kind === 'device') delete fields['redirect_uris'];
      await leaves(
        op,
        'client.created',
        `of-${kind}`,
        () => op.admin.submit(form, { ...fields, client_id: `of-${kind}` }, {}, 'name="csrf"'),
      );
    }
  });

  it('a client is edited: what the form shows is what is there, and what is wrong stands at its field', async () => {
    const form = await op.admin.get('/admin/clients/shop/edit');
    const fields = filled(form.text);
    const earlier = await findClient('shop', op.instance.engine());
    const wrong = await op.admin.submit(
      form,
      {
        ...fields,
        redirect_uris: 'not a uri',
        default_max_age: 'soon',
        jwks: '{',
        scope: 'openid nope',
      },
      {},
      'name="csrf"',
    );
    assertEquals(wrong.status, 400);
    assertStringIncludes(wrong.text, 'id="jwks-problem"');
    const rules = await op.admin.submit(
      form,
      { ...fields, redirect_uris: 'not a uri', default_max_age: 'soon', client_name: 'Kept' },
      {},
      'name="csrf"',
    );
    for (const id of ['redirect_uris-problem', 'default_max_age-problem']) {
      assertStringIncludes(rules.text, `id="${id}"`);
    }
    assertStringIncludes(rules.text, 'value="Kept"');
    assertEquals(await findClient('shop', op.instance.engine()), earlier);
    await leaves(
      op,
      'client.changed',
      'shop',
      () =>
        op.admin.submit(
          form,
          { ...fields, localized: '{"client_name#de":"Der Laden"}' },
          {},
          'name="csrf"',
        ),
    );
    const later = await findClient('shop', op.instance.engine());
    const updated_at = { updated_at: Math.floor(op.clock.now) };
    assertEquals({ ...later, ...updated_at } as unknown, {
      ...earlier,
      'client_name#de': 'Der Laden',
      ...updated_at,
    });
  });

  it('a client of the file is shown and left alone', async () => {
    const page = await op.admin.get('/admin/clients/app');
    assertStringIncludes(page.text, 'id="of-file"');
    for (const verb of ['edit', 'secret', 'remove']) {
      const { status, text } = await op.admin.get(`/admin/clients/app/${verb}`);
      assertEquals(status, 409, verb);
      assertStringIncludes(text, 'configuration file');
    }
  });

  it('grants, remembered answers and sessions end', async () => {
    const { examples } = op;
    const { grant = '', sid = '' } = examples;
    await leaves(op, 'grant.revoked', grant, () => send(op, `/admin/grants/${grant}/revoke`));
    assertEquals((await op.admin.get(`/admin/grants/${grant}/revoke`)).status, 404);
    await leaves(op, 'session.revoked', sid, () => send(op, `/admin/sessions/${sid}/revoke`));
  });

  it('everybody is signed out, the administrator, too', async () => {
    const other = await openConsole();
    await leaves(other, 'sessions.revoked', ISSUER, () => send(other, '/admin/sessions/revoke'));
    assertEquals((await other.admin.get('/admin/sessions')).url.pathname, '/login');
    assertEquals((await leftOf(other)).sessions, 0);
    await other.close();
  });

  it('a person is added, edited, disabled, enabled, given a link, and removed', async () => {
    const form = await op.admin.get('/admin/people/new');
    const typed = {
      ...filled(form.text),
      username: 'dora',
      email: 'dora@example.com',
      groups: 'staff\nnight',
    };
    const wrong = await op.admin.submit(
      form,
      { ...typed, birthdate: 'yesterday' },
      {},
      'name="csrf"',
    );
    assertEquals(wrong.status, 400);
    assertStringIncludes(wrong.text, 'id="birthdate-problem"');
    const weak = await op.admin.submit(form, { ...typed, password: 'short' }, {}, 'name="csrf"');
    assertEquals(weak.status, 400);
    assertFalse(weak.text.includes('value="short"'));
    op.clock.now += 1;
    await op.admin.submit(form, { ...typed, more: '{"department":"doors"}' }, {}, 'name="csrf"');
    const dora = await op.instance.directory.findByUsername('dora');
    assert(dora !== undefined);
    assertEquals([dora.groups, dora.attributes], [['staff', 'night'], { department: 'doors' }]);
    const [record] = await auditOf(op);
    assertEquals([record?.action, record?.actor], ['user.created', {
      kind: 'console',
      user: op.alice.id,
    }]);
    const path = `/admin/people/${dora.id}`;
    const edit = await op.admin.get(`${path}/edit`);
    const fields = { ...filled(edit.text), name: 'Dora', more: '', groups: 'staff' };
    await leaves(
      op,
      'user.changed',
      dora.id,
      () => op.admin.submit(edit, fields, {}, 'name="csrf"'),
    );
    const changed = await op.instance.directory.findById(dora.id);
    assertEquals(
      [changed?.claims, changed?.attributes, changed?.groups],
      [{ email: 'dora@example.com', name: 'Dora' }, {}, ['staff']],
    );
    await leaves(op, 'user.disabled', dora.id, () => send(op, `${path}/disable`));
    await leaves(op, 'user.enabled', dora.id, () => send(op, `${path}/enable`));
    const linked = await leaves(
      op,
      'user.reset_link_made',
      dora.id,
      () => send(op, `${path}/reset-link`),
    );
    const link = textOf(linked, 'reset-link');
    assertStringIncludes((await op.browser().get(link)).text, 'name="password"');
    await leaves(op, 'user.removed', dora.id, () => send(op, `${path}/remove`));
    assertEquals(await op.instance.directory.findById(dora.id), undefined);
  });

  it('factors are reset, and people are signed out', async () => {
    const path = `/admin/people/${op.bob.id}`;
    await leaves(op, 'user.factors_reset', op.bob.id, () => send(op, `${path}/reset-factors`));
    const bob = op.browser();
    await bob.submit(await bob.get('/login'), { username: 'bob', password: PASSWORD });
    await leaves(op, 'sessions.revoked', op.bob.id, () => send(op, `${path}/sign-out`));
    assertEquals((await bob.get('/account')).url.pathname, '/login');
  });

  it('keys are taken in, and no answer shows one', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const [, line = ''] = key.split('\n');
    const wrong = await send(op, '/admin/keys/import', { key: key.slice(0, 60), alg: 'ES256' });
    assertEquals(wrong.status, 400);
    assertStringIncludes(wrong.text, 'value="ES256"');
    const odd = await send(op, '/admin/keys/import', { key, use: 'seal' });
    assertEquals(odd.status, 400);
    assertFalse(odd.text.includes(line));
    await send(op, '/admin/keys/import', { key });
    const [record] = await auditOf(op);
    assertEquals([record?.action, record?.actor.kind], ['key.imported', 'console']);
    const page = await op.admin.get('/admin/keys');
    assertStringIncludes(page.text, 'imported');
    assertFalse(JSON.stringify([record, op.log]).includes(line));
    await send(op, `/admin/keys/${record?.target ?? ''}/remove`);
  });

  it('keys rotate, and go', async () => {
    const old = op.instance.engine().keys.describe().find(({ alg }) => alg === 'ES256');
    assert(old !== undefined);
    await send(op, '/admin/keys/ES256/rotate', { now: 'yes' });
    const [record] = await auditOf(op);
    assertEquals([record?.action, record?.actor.kind], ['key.rotated', 'console']);
    const next = op.instance.engine().keys.describe().find((each) =>
      each.alg === 'ES256' && each.state === 'active'
    );
    assert(next !== undefined && next.kid !== old.kid);
    await leaves(op, 'key.removed', old.kid, () => send(op, `/admin/keys/${old.kid}/remove`));
  });

  it('options are set and taken back; what is wrong is said at the field, and what was typed stays', async () => {
    const set = '/admin/configuration/set';
    const page = await send(op, set, { path: 'lifespans.access_token', value: 'for long' });
    assertEquals(page.status, 400);
    assertStringIncludes(page.text, 'id="value-problem"');
    assertStringIncludes(page.text, 'must be a duration');
    assertStringIncludes(page.text, 'for long');
    const broken = await send(op, set, { path: 'scopes.x', value: '{ a: [ }' });
    assertEquals(broken.status, 400);
    const clients = await send(op, set, { path: 'clients', value: '[]' });
    assertEquals(clients.status, 400);
    await leaves(
      op,
      'options.changed',
      'lifespans.access_token',
      () => send(op, set, { path: 'lifespans.access_token', value: '20m' }),
    );
    assertEquals(op.instance.engine().settings.lifespans.access_token, 1200);
    await leaves(
      op,
      'options.changed',
      'lifespans.access_token',
      () => send(op, '/admin/configuration/lifespans.access_token/unset'),
    );
  });

  it('issuers come and go', async () => {
    const odd = await send(op, '/admin/configuration/add-issuer', { url: 'nowhere' });
    assertEquals(odd.status, 400);
    await leaves(
      op,
      'issuer.removed',
      SECOND,
      () => send(op, `/admin/issuers/${encodeURIComponent(SECOND)}/remove`),
    );
    await leaves(
      op,
      'issuer.added',
      SECOND,
      () => send(op, '/admin/configuration/add-issuer', { url: SECOND }),
    );
  });

  it('registration tokens are made, shown once, and removed', async () => {
    const wrong = await send(op, '/admin/registration-tokens/new', { uses: 'some', note: 'kept' });
    assertEquals(wrong.status, 400);
    assertStringIncludes(wrong.text, 'value="kept"');
    const made = await send(op, '/admin/registration-tokens/new', {
      uses: '2',
      lifetime: '1d',
      note: 'n',
    });
    const token = textOf(made, 'registration-token');
    assertStringIncludes(token, '_');
    const [record] = await auditOf(op);
    assertEquals(record?.action, 'registration_token.created');
    const id = record?.target ?? '';
    assertFalse((await op.admin.get('/admin/registration-tokens')).text.includes(token));
    await leaves(
      op,
      'registration_token.removed',
      id,
      () => send(op, `/admin/registration-tokens/${id}/remove`),
    );
  });

  it('the preview says what a client would learn of a person', async () => {
    const query = new URLSearchParams({ user: 'bob', scope: 'openid email' });
    const page = await op.admin.get(`/admin/clients/shop/claims?${query}`);
    assertStringIncludes(page.text, 'bob@example.com');
    assertStringIncludes(page.text, 'may use the client at one factor');
    const engine = op.instance.engine();
    await updateClient('shop', { authorization_policy: 'deny' }, CLI, engine);
    assertStringIncludes(
      (await op.admin.get(`/admin/clients/shop/claims?${query}`)).text,
      'may not use the client',
    );
    await updateClient('shop', { authorization_policy: null }, CLI, engine);
    const nobody = await op.admin.get('/admin/clients/shop/claims?user=nobody&scope=openid');
    assertEquals(nobody.status, 404);
    const beyond = await op.admin.get('/admin/clients/shop/claims?user=bob&scope=openid+phone');
    assertEquals(beyond.status, 400);
  });

  it('health is told, and looked at from outside when that is asked for', async () => {
    const page = await op.admin.get('/admin/health');
    assertStringIncludes(page.text, 'takes writes');
    const probed = await send(op, '/admin/health');
    assertEquals(probed.status, 200);
    assertStringIncludes(probed.text, 'Requests were sent');
  });
});
