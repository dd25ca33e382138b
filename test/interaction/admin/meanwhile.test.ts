import { describe, it } from 'node:test';
import { updateClient } from '../../../src/engine/administration/clients.ts';
import { updatePerson } from '../../../src/engine/administration/people.ts';
import { findClient } from '../../../src/engine/clients.ts';
import { assert, assertEquals, assertFalse, assertStringIncludes } from '../../support/assert.ts';
import { auditOf, codeOf, openConsole } from '../../support/console.ts';
import { filled, send } from '../../support/console_forms.ts';
import { CLI } from '../../support/op.ts';

describe('the console: somebody else at the same time', () => {
  it('a form for a version that is gone saves nothing, loses nothing, and shows both', async () => {
    const op = await openConsole();
    try {
      const engine = () => op.instance.engine();
      const form = await op.admin.get('/admin/clients/shop/edit');
      await updateClient('shop', { client_name: 'Theirs' }, CLI, engine());
      const fields = { ...filled(form.text), client_name: 'Mine' };
      const both = await op.admin.submit(form, fields, {}, 'name="csrf"');
      assertEquals(both.status, 409);
      assertStringIncludes(both.text, 'id="changed-meanwhile"');
      assertStringIncludes(both.text, 'value="Mine"');
      assertStringIncludes(both.text, 'Theirs');
      assertFalse(both.text.includes('id="redirect_uris-theirs"'));
      assertEquals(both.text.split('id="changed-meanwhile"').length, 2);
      assertEquals((await findClient('shop', engine()))?.client_name, 'Theirs');
      await op.admin.submit(both, filled(both.text), {}, 'name="csrf"');
      assertEquals((await findClient('shop', engine()))?.client_name, 'Mine');

      const person = await op.admin.get(`/admin/people/${op.bob.id}/edit`);
      await updatePerson(op.bob.id, { claims: { name: 'Theirs' } }, CLI, engine());
      const typed = { ...filled(person.text), nickname: 'Mine' };
      const two = await op.admin.submit(person, typed, {}, 'name="csrf"');
      assertEquals(two.status, 409);
      assertStringIncludes(two.text, 'id="name-theirs"');
      await op.admin.submit(two, { ...filled(two.text), name: 'Theirs' }, {}, 'name="csrf"');
      const bob = await op.instance.directory.findById(op.bob.id);
      assertEquals([bob?.claims['name'], bob?.claims['nickname']], ['Theirs', 'Mine']);

      const option = await op.admin.get('/admin/configuration/set');
      await engine().configuration.change([{ path: 'lifespans.refresh_token', value: '9d' }], CLI);
      const value = { path: 'lifespans.refresh_token', value: '8d' };
      const kept = await op.admin.submit(option, value, {}, 'name="csrf"');
      assertEquals(kept.status, 409);
      assertStringIncludes(kept.text, '9d');
      assertStringIncludes(kept.text, '8d');

      const remove = await op.admin.get('/admin/clients/shop/remove');
      await updateClient('shop', { client_name: 'Again' }, CLI, engine());
      assertEquals((await op.admin.submit(remove, {}, {}, 'name="csrf"')).status, 409);
      assert(await findClient('shop', engine()) !== undefined);
    } finally {
      await op.close();
    }
  });
});

describe('T100: the console asks anew who one is before anything changes', () => {
  it('what ends something leads to the proof and back; a filled form stays, and is saved after it', async () => {
    const op = await openConsole();
    try {
      const edit = await op.admin.get('/admin/clients/shop/edit');
      const remove = await op.admin.get('/admin/clients/shop/remove');
      op.clock.now += 700;
      const records = (await auditOf(op)).length;
      const detour = await op.admin.submit(remove, {}, {}, 'name="csrf"');
      assertEquals(detour.url.pathname, '/login/second-factor');
      assertEquals(
        (await op.admin.get('/admin/clients/shop/secret')).url.pathname,
        '/login/second-factor',
      );
      const fields = { ...filled(edit.text), client_name: 'Typed with care' };
      const stale = await op.admin.submit(edit, fields, {}, 'name="csrf"');
      assertEquals(stale.status, 403);
      assertStringIncludes(stale.text, 'id="proof-needed"');
      assertStringIncludes(stale.text, 'value="Typed with care"');
      assertEquals((await auditOf(op)).length, records);
      for (const path of ['/admin/people/new', `/admin/people/${op.bob.id}/edit`]) {
        const form = await op.admin.get(path);
        const { status } = await op.admin.submit(
          form,
          { ...filled(form.text), username: 'eve' },
          {},
          'name="csrf"',
        );
        assertEquals(status, 403, path);
      }
      for (
        const path of ['configuration/set', 'configuration/add-issuer', 'registration-tokens/new']
      ) {
        const page = await send(op, `/admin/${path}`, {
          path: 'name',
          value: 'x',
          url: 'https://x.example',
        });
        assertEquals(page.status, 403, path);
      }
      assertEquals((await auditOf(op)).length, records);
      const proof = await op.admin.get(
        '/login/second-factor?console=%2Fadmin%2Fclients%2Fshop%2Fedit',
      );
      await op.admin.submit(proof, { totp: codeOf(op.secret, op) }, {}, 'name="totp"');
      const saved = await op.admin.submit(stale, filled(stale.text), {}, 'name="csrf"');
      assertEquals(saved.url.pathname, '/admin/clients/shop');
      assertStringIncludes(saved.text, 'Typed with care');
    } finally {
      await op.close();
    }
  });
});
