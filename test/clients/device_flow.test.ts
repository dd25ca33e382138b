import { after, before, describe, it } from 'node:test';
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { assert, assertEquals, assertRejects } from '../support/assert.ts';
import { answer, approve, DEVICE_CODE_GRANT, enterCode, TV } from '../support/device.ts';
import { createHolder } from '../support/holder.ts';
import { CLIENT, CLIENT_SECRET } from '../support/op.ts';
import { type RunningOp, startOp } from '../support/running_op.ts';
import { discoverServer, INSECURE } from './with_oauth4webapi.ts';

const BOX = { ...CLIENT, client_id: 'box', grant_types: [DEVICE_CODE_GRANT, 'refresh_token'] };
const SCOPE = 'openid profile offline_access';

const holder = createHolder();
let op: RunningOp;

describe('RFC 8628 with client libraries', () => {
  before(() =>
    holder.open(async (hold) => {
      op = await hold(startOp({ clients: [TV, BOX] }));
    })
  );
  after(() => holder.close());

  for (
    const [client_id, authentication] of [
      ['tv', oidc.None()],
      ['box', oidc.ClientSecretBasic(CLIENT_SECRET)],
    ] as const
  ) {
    it(`openid-client: ${client_id} gets codes, polls, and has tokens`, async () => {
      const config = await discover(client_id, authentication);
      const codes = await oidc.initiateDeviceAuthorization(config, { scope: SCOPE });
      await approve(op, codes.user_code);
      const tokens = await oidc.pollDeviceAuthorizationGrant(config, { ...codes, interval: 0 });
      const sub = tokens.claims()?.sub ?? '';
      const userinfo = await oidc.fetchUserInfo(config, tokens.access_token, sub);
      assertEquals(userinfo.name, 'Alice Example');
      const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
      assertEquals([fresh.claims()?.sub, fresh.scope], [sub, SCOPE]);
    });
  }

  it('openid-client: is told that the person declined', async () => {
    const config = await discover('tv', oidc.None());
    const codes = await oidc.initiateDeviceAuthorization(config, { scope: SCOPE });
    const browser = op.browser();
    await answer(browser, await enterCode(browser, codes.user_code), 'deny');
    const error = await assertRejects(
      () => oidc.pollDeviceAuthorizationGrant(config, { ...codes, interval: 0 }),
      oidc.ResponseBodyError,
    );
    assertEquals([error.error, error.status], ['access_denied', 400]);
  });

  it('oauth4webapi: authorization_pending, slow_down, then tokens', async () => {
    const as = await discoverServer(op);
    const client = { client_id: 'tv' };
    const codes = await oauth.processDeviceAuthorizationResponse(
      as,
      client,
      await oauth.deviceAuthorizationRequest(as, client, oauth.None(), { scope: SCOPE }, INSECURE),
    );
    const poll = async () =>
      await oauth.processDeviceCodeResponse(
        as,
        client,
        await oauth.deviceCodeGrantRequest(as, client, oauth.None(), codes.device_code, INSECURE),
      );
    for (const code of ['authorization_pending', 'slow_down']) {
      const error = await assertRejects(poll, oauth.ResponseBodyError);
      assertEquals([error.error, error.status], [code, 400]);
    }
    await approve(op, codes.user_code);
    const tokens = await poll();
    assert(tokens.refresh_token !== undefined);
    assertEquals(oauth.getValidatedIdTokenClaims(tokens)?.aud, 'tv');
    assertEquals(
      (await assertRejects(poll, oauth.ResponseBodyError)).error,
      'invalid_grant',
    );
  });
});

async function discover(client_id: string, authentication: oidc.ClientAuth) {
  return await oidc.discovery(new URL(op.issuer), client_id, undefined, authentication, {
    execute: [oidc.allowInsecureRequests],
  });
}
