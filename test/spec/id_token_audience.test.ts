/** Core §2: whom an ID token is for, and the mode of a claims policy that lets the audience of the access token in. */
import { describe, it } from 'node:test';
import { assertEquals, assertFalse } from '../support/assert.ts';
import {
  ALICE,
  answerOf,
  authorizationUrl,
  claimsOf,
  isActive,
  obtainTokens,
  refresh,
  tokensOf,
  userinfo,
} from '../support/flow.ts';
import { basic, CLIENT, ISSUER, type Op, openOp } from '../support/op.ts';

const API = 'https://api.example/';
const OTHER_API = 'https://other-api.example/';

function open(claims_policy: 'merging' | 'plain', changes: object = {}): Promise<Op> {
  return openOp({
    config: {
      clients: [{ ...CLIENT, scope: `${CLIENT.scope} read`, claims_policy, ...changes }],
      claims_policies: {
        merging: { id_token_audience_mode: 'merged' },
        plain: { id_token_audience_mode: 'specification' },
      },
      resources: [{ resource: API, scope: 'read' }, { resource: OTHER_API, scope: 'read' }],
    },
  });
}

function audience(id_token: string): unknown {
  const { aud, azp } = claimsOf(id_token);
  assertEquals(azp, 'app');
  return aud;
}

const READ = { scope: 'openid read offline_access', resource: API };

describe('id_token_audience_mode: specification', () => {
  it('the client alone, whatever the access token is for', async () => {
    const { id_token } = await obtainTokens(await open('plain'), READ);
    assertEquals(audience(id_token), 'app');
  });
});

describe('id_token_audience_mode: merged', () => {
  it('the client first, then the audience of the access token; azp says who asked', async () => {
    const { id_token } = await obtainTokens(await open('merging'), READ);
    assertEquals(audience(id_token), ['app', API, ISSUER]);
  });

  it('without resources: the provider itself', async () => {
    const { id_token } = await obtainTokens(await open('merging'));
    assertEquals(audience(id_token), ['app', ISSUER]);
  });

  it('at refresh, the audience of the new access token', async () => {
    const op = await open('merging');
    const url = authorizationUrl({ scope: READ.scope }) +
      [API, OTHER_API].map((each) => `&resource=${encodeURIComponent(each)}`).join('');
    const { code } = answerOf(await op.browser().authorize(url, ALICE));
    const form = { grant_type: 'authorization_code', code, redirect_uri: CLIENT.redirect_uris[0] };
    const first = await tokensOf(await op.post('/token', form, basic('app')));
    assertEquals(audience(first.id_token), ['app', API, OTHER_API, ISSUER]);
    const next = await tokensOf(await refresh(op, first.refresh_token, { resource: OTHER_API }));
    assertEquals(audience(next.id_token), ['app', OTHER_API, ISSUER]);
  });

  const FRONT = {
    response_types: ['id_token token', 'id_token'],
    grant_types: ['implicit'],
  };

  it('from the authorization endpoint, that of the token beside it', async () => {
    const op = await open('merging', FRONT);
    const url = authorizationUrl({
      ...READ,
      scope: 'openid read',
      response_type: 'id_token token',
      nonce: 'n',
    });
    assertEquals(audience(answerOf(await op.browser().authorize(url, ALICE))['id_token'] ?? ''), [
      'app',
      API,
      ISSUER,
    ]);
  });

  it('from the authorization endpoint, the client alone where there is no access token', async () => {
    const op = await open('merging', FRONT);
    const url = authorizationUrl({ response_type: 'id_token', nonce: 'n' });
    const { id_token = '' } = answerOf(await op.browser().authorize(url, ALICE));
    assertEquals(audience(id_token), 'app');
  });

  it('it is a hint all the same', async () => {
    const op = await open('merging');
    const browser = op.browser();
    const { id_token } = await obtainTokens(op, READ, browser);
    const url = authorizationUrl({ prompt: 'none', id_token_hint: id_token });
    const { error, code } = answerOf(await browser.get(url));
    assertEquals([error, typeof code], [undefined, 'string']);
  });

  it('T050: though the provider is in its audience, it is no access token', async () => {
    const op = await open('merging', { access_token_format: 'jwt' });
    const { id_token, access_token } = await obtainTokens(op, READ);
    assertEquals((await userinfo(op, access_token)).status, 200);
    assertEquals((await userinfo(op, id_token)).status, 401);
    assertFalse(await isActive(op, id_token));
  });
});
