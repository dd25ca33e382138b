import { after, before, describe, it } from 'node:test';
import { findClient } from '../../../src/engine/clients.ts';
import { assert, assertEquals, assertFalse, assertStringIncludes } from '../../support/assert.ts';
import { type ConsoleOp, openConsole } from '../../support/console.ts';
import { filled, leaves } from '../../support/console_forms.ts';
import { newSigningKey } from '../../support/fapi.ts';

const JWKS = JSON.stringify({ keys: [(await newSigningKey()).jwk] });

describe('the console: clients of a security profile', () => {
  let op: ConsoleOp;
  before(async () => {
    op = await openConsole();
  });
  after(() => op.close());

  it('a new one is what the profile wants wherever its form was left as it began', async () => {
    const form = await op.admin.get('/admin/clients/new?kind=web');
    const fields = {
      ...filled(form.text),
      client_id: 'bank',
      redirect_uris: 'https://bank.example/cb',
      profile: 'fapi2_security',
    };
    const lacking = await op.admin.submit(form, fields, {}, 'name="csrf"');
    assertStringIncludes(lacking.text, 'id="jwks-problem"');
    assertFalse(lacking.text.includes('id="token_endpoint_auth_method-problem"'));
    await leaves(
      op,
      'client.created',
      'bank',
      () => op.admin.submit(form, { ...fields, jwks: JWKS }, {}, 'name="csrf"'),
    );
    const client = await findClient('bank', op.instance.engine());
    assertEquals(
      [
        client?.token_endpoint_auth_method,
        client?.dpop_bound_access_tokens,
        client?.client_secret,
      ],
      ['private_key_jwt', true, undefined],
    );
  });

  it('what the profile forbids stands at its field, with the clause', async () => {
    const form = await op.admin.get('/admin/clients/bank/edit');
    const wrong = await op.admin.submit(
      form,
      {
        ...filled(form.text),
        require_pushed_authorization_requests: 'false',
        require_pkce: 'false',
      },
      {},
      'name="csrf"',
    );
    assertStringIncludes(wrong.text, 'id="require_pkce-problem"');
    assert(wrong.text.includes('FAPI 2.0 SP §5.3.2.2-5'), wrong.text.slice(0, 3000));
  });
});
