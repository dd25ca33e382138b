/** OAuth 2.1: what a client of profile oauth21 may not do that others may. */
import { describe, it } from 'node:test';
import { assert, assertEquals } from '../support/assert.ts';
import { textOf } from '../support/browser.ts';
import {
  ALICE,
  answerOf,
  assertRefused,
  authorizationUrl,
  CHALLENGE,
  REDIRECT_URI,
  type Tokens,
  tokensOf,
  VERIFIER,
} from '../support/flow.ts';
import { basic, CLIENT, type Op, openOp } from '../support/op.ts';

const WEB = { ...CLIENT, profile: 'oauth21' };
const SPA = {
  client_id: 'spa',
  profile: 'oauth21',
  token_endpoint_auth_method: 'none',
  redirect_uris: [REDIRECT_URI],
  grant_types: ['authorization_code', 'refresh_token'],
  scope: 'openid offline_access',
};
const PKCE = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };

function open(): Promise<Op> {
  return openOp({ config: { clients: [WEB, SPA], pkce: 'never', pkce_plain: true } });
}

async function answered(
  op: Op,
  changes: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const page = await op.browser().authorize(authorizationUrl(changes), ALICE);
  return answerOf(page)['error'];
}

async function tokensFor(
  op: Op,
  client_id: string,
  headers: Record<string, string>,
): Promise<Tokens> {
  const url = authorizationUrl({ client_id, scope: 'openid offline_access', ...PKCE });
  const { code } = answerOf(await op.browser().authorize(url, ALICE));
  const form = {
    grant_type: 'authorization_code',
    client_id,
    code,
    redirect_uri: REDIRECT_URI,
    code_verifier: VERIFIER,
  };
  return await tokensOf(await op.post('/token', form, headers));
}

describe('OAuth 2.1', () => {
  it('PKCE of every client, by S256 alone, whatever the issuer allows', async () => {
    const op = await open();
    for (const client_id of ['app', 'spa']) {
      assertEquals(await answered(op, { client_id }), 'invalid_request');
      const plain = { code_challenge: VERIFIER, code_challenge_method: 'plain' };
      assertEquals(await answered(op, { client_id, ...plain }), 'invalid_request');
      assertEquals(await answered(op, { client_id, ...PKCE }), undefined);
    }
  });

  for (const response_type of ['token', 'id_token', 'id_token token', 'code id_token']) {
    it(`no implicit grant: ${response_type}`, async () => {
      const error = await answered(await open(), { response_type, nonce: 'n', ...PKCE });
      assert(['unauthorized_client', 'unsupported_response_type'].includes(error ?? ''), error);
    });
  }

  it('redirect URIs are compared character by character', async () => {
    const url = authorizationUrl({ redirect_uri: `${REDIRECT_URI}/`, ...PKCE });
    assertEquals(textOf(await (await open()).browser().get(url), 'error'), 'invalid_request');
  });

  it('refresh tokens of public clients rotate, and one that comes again ends all', async () => {
    const op = await open();
    const first = await tokensFor(op, 'spa', {});
    const refresh = (refresh_token: string): Promise<Response> =>
      op.post('/token', { grant_type: 'refresh_token', client_id: 'spa', refresh_token });
    const second = await tokensOf(await refresh(first.refresh_token));
    op.clock.now += 60;
    await assertRefused(await refresh(first.refresh_token), 'invalid_grant');
    await assertRefused(await refresh(second.refresh_token), 'invalid_grant');
  });

  it('no token in the URL, and no password of a person', async () => {
    const op = await open();
    const { access_token } = await tokensFor(op, 'app', basic('app'));
    await assertRefused(
      await op.fetch(`/userinfo?access_token=${access_token}`),
      'invalid_request',
    );
    const form = { grant_type: 'password', username: 'alice', password: 'x' };
    await assertRefused(await op.post('/token', form, basic('app')), 'unsupported_grant_type');
  });
});
