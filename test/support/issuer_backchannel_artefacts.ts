/** What backchannel authentication gives away or is shown. */
import { assert, assertEquals } from './assert.ts';
import { CIBA_GRANT } from './ciba.ts';
import type { Artefact } from './issuer_artefacts.ts';
import { authOf, isGood, signed } from './issuer_world.ts';
import { answerAt, type Issuers, jsonOf, redeemAt } from './issuers.ts';
import { tokensOf } from './flow.ts';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Over before the next one, of which there may be one every 15 seconds. */
const ASKED = { scope: 'openid', requested_expiry: '10' };

export async function newBackchannelRequest(issuers: Issuers, at: string): Promise<string> {
  issuers.clock.now += 15;
  const form = { ...ASKED, login_hint: 'alice' };
  const response = await issuers.post(`${at}/backchannel_authentication`, form, authOf('app'));
  assertEquals(response.status, 200);
  return String((await jsonOf(response))['auth_req_id']);
}

/** Whether it asks for somebody, shown by a client that proves itself to that very issuer. */
async function asks(
  issuers: Issuers,
  at: string,
  form: Readonly<Record<string, string>>,
): Promise<boolean> {
  issuers.clock.now += 15;
  const client_assertion = await signed('signing', at, {}, issuers.clock.now);
  const own = { client_assertion_type: ASSERTION_TYPE, client_assertion };
  return await isGood(
    await issuers.post(`${at}/backchannel_authentication`, { ...form, ...own }),
    [400],
  );
}

/** Time passes while it is shown everywhere. */
function lasting(now: number): Readonly<Record<string, unknown>> {
  return { iat: now, nbf: now, exp: now + 600, sub: undefined };
}

export const BACKCHANNEL_ARTEFACTS: readonly Artefact[] = [
  {
    name: 'an auth_req_id',
    async begin(at, issuers) {
      const auth_req_id = await newBackchannelRequest(issuers, at);
      return async (other) => {
        const form = { grant_type: CIBA_GRANT, auth_req_id };
        const { error } = await jsonOf(await issuers.post(`${other}/token`, form, authOf('app')));
        assert(['authorization_pending', 'invalid_grant'].includes(String(error)), String(error));
        return error === 'authorization_pending';
      };
    },
  },
  {
    name: 'a signed backchannel authentication request',
    async begin(at, issuers) {
      const now = issuers.clock.now;
      const claims = { ...ASKED, ...lasting(now), login_hint: 'alice' };
      const request = await signed('signing', at, claims, now);
      return (other) => asks(issuers, other, { request });
    },
  },
  {
    name: 'a login_hint_token',
    async begin(at, issuers) {
      const sub_id = { format: 'opaque', id: 'alice' };
      const claims = { ...lasting(issuers.clock.now), sub_id };
      const login_hint_token = await signed('signing', at, claims, issuers.clock.now);
      return (other) => asks(issuers, other, { ...ASKED, login_hint_token });
    },
  },
  {
    name: 'an id_token_hint of a backchannel authentication request',
    async begin(at, issuers) {
      const { code } = await answerAt(issuers.browser(at), at, { prompt: 'consent' });
      const { id_token } = await tokensOf(await redeemAt(issuers, at, code));
      const form = { ...ASKED, id_token_hint: id_token };
      return async (other) => {
        issuers.clock.now += 15;
        const path = `${other}/backchannel_authentication`;
        return await isGood(await issuers.post(path, form, authOf('app')), [400]);
      };
    },
  },
];
