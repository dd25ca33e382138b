/**
 * What may be used once, each by fifty requests at a time: T016, T024, T025, T032, T040, T055, T063, T068,
 * T072, T081, T083, T115.
 * The suite takes its store as an argument.
 */
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { tendBackchannelRequests } from '../../src/engine/ciba/push.ts';
import { backchannelPlaces, deliveries } from '../../src/store/collections.ts';
import type { Store } from '../../src/store/store.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { hiddenFields, type Page } from '../support/browser.ts';
import {
  assertionOf,
  ROBOT,
  showAssertion,
  TRUSTED,
  TRUSTED_JWKS,
} from '../support/assertion_grant.ts';
import { acknowledged, CIBA_GRANT, openRequests, pollCiba } from '../support/ciba.ts';
import { sentBy } from '../support/couriers.ts';
import { ALICE, answerOf, authorizationUrl, REDIRECT_URI } from '../support/flow.ts';
import { basic, CLIENT, ISSUER, type Op, openOp } from '../support/op.ts';
import { ask, PROXY } from '../support/proxied.ts';
import { METADATA, plantToken, register, registered, send } from '../support/registration.ts';

const ROUNDS = 200;
const PARALLEL = 50;

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

const pair = await generateKeyPair('EdDSA', { extractable: true });
const proofPair = await generateKeyPair('EdDSA', { extractable: true });
const JWKS = { keys: [{ ...await exportJWK(pair.publicKey), kid: 'k', use: 'sig' }] };
const proofJwk = await exportJWK(proofPair.publicKey);

const APP = {
  ...CLIENT,
  grant_types: [
    'authorization_code',
    'refresh_token',
    'client_credentials',
    DEVICE_GRANT,
    CIBA_GRANT,
  ],
  backchannel_token_delivery_mode: 'poll',
  jwks: JWKS,
  consent_mode: 'implicit',
  // Quick on every runtime.
  id_token_signed_response_alg: 'EdDSA',
};
const ASSERTING = {
  client_id: 'asserting',
  token_endpoint_auth_method: 'private_key_jwt',
  grant_types: ['client_credentials'],
  response_types: ['code'],
  scope: '',
  jwks: JWKS,
};

interface Race {
  readonly op: Op;
  /** A browser in which alice is signed in. */
  readonly browser: ReturnType<Op['browser']>;
}

async function openRace(store: Store, config: Readonly<Record<string, unknown>>): Promise<Race> {
  const op = await openOp({ store, config: { clients: [APP, ASSERTING], ...config } });
  const browser = op.browser();
  assert('code' in answerOf(await browser.authorize(authorizationUrl(), ALICE)));
  return { op, browser };
}

/** How many of fifty at once were successful, by what they said. */
async function successes(
  attempt: () => Promise<string | undefined>,
): Promise<readonly string[]> {
  const outcomes = await Promise.all(Array.from({ length: PARALLEL }, attempt));
  return outcomes.filter((outcome) => outcome !== undefined);
}

async function tokenOf(response: Response, name = 'access_token'): Promise<string | undefined> {
  const body = await response.json() as Record<string, string>;
  // Whoever loses gets a refusal of the protocol: never a failure of ours.
  if (response.status !== 200) {
    assert([400, 401, 503].includes(response.status), `${response.status} ${body['error']}`);
    assert(body['error'] !== 'server_error');
  }
  return response.status === 200 ? body[name] : undefined;
}

async function codeOf({ browser }: Race): Promise<string> {
  const { code = '' } = answerOf(await browser.get(authorizationUrl({ prompt: 'none' })));
  return code;
}

function codeIn(page: Page): string | undefined {
  return page.url.searchParams.get('code') ?? undefined;
}

/** A round: makes one artefact, uses it fifty times at once, and says which uses were successful. */
type Round = (race: Race) => Promise<readonly string[]>;

interface Artefact {
  readonly name: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly round: Round;
  /** Whether all may succeed, as long as they get the same. */
  readonly mayRepeat?: true;
}

const ARTEFACTS: readonly Artefact[] = [
  {
    name: 'T025: an authorization code',
    async round(race) {
      const code = await codeOf(race);
      const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
      return await successes(async () =>
        await tokenOf(await race.op.post('/token', form, basic('app')))
      );
    },
  },
  {
    name: 'T032: a refresh token without grace',
    config: { refresh_token_grace: '0s' },
    round: refreshRound,
  },
  { name: 'T032: a refresh token within its grace', mayRepeat: true, round: refreshRound },
  {
    name: 'T016: a pushed authorization request',
    async round({ op, browser }) {
      const pushed = await op.post('/par', {
        redirect_uri: REDIRECT_URI,
        response_type: 'code',
        scope: 'openid',
        prompt: 'none',
      }, basic('app'));
      const { request_uri } = await pushed.json() as { request_uri: string };
      const url = `/authorize?${new URLSearchParams({ client_id: 'app', request_uri })}`;
      return await successes(async () => codeIn(await browser.get(url)));
    },
  },
  {
    name: 'T063: a device code',
    async round(race) {
      const device = await newDevice(race);
      await race.browser.submit(await confirmation(race, device.user_code), ACCEPT);
      const form = { grant_type: DEVICE_GRANT, device_code: device.device_code };
      return await successes(async () =>
        await tokenOf(await race.op.post('/token', form, basic('app')))
      );
    },
  },
  {
    name: 'T072: a user code, answered by fifty at once',
    async round(race) {
      const device = await newDevice(race);
      const page = await confirmation(race, device.user_code);
      return await successes(async () => {
        const done = await race.browser.submit(page, ACCEPT);
        return done.text.includes('id="device-done"') ? 'done' : undefined;
      });
    },
  },
  {
    name: 'T068: an auth_req_id',
    async round(race) {
      const { auth_req_id } = await newBackchannelRequest(race);
      await race.browser.submit(await openRequests(race.browser), ACCEPT);
      return await successes(async () =>
        await tokenOf(await pollCiba(race.op, auth_req_id, {}, basic('app')))
      );
    },
  },
  {
    name: 'T072: a backchannel request, answered by fifty at once',
    async round(race) {
      await newBackchannelRequest(race);
      const page = await openRequests(race.browser);
      return await successes(async () => {
        const done = await race.browser.submit(page, ACCEPT);
        return done.url.searchParams.get('done') === 'request_approved' ? 'done' : undefined;
      });
    },
  },
  {
    name: 'CIBA §7.1.1: the jti of a signed request',
    async round({ op, browser }) {
      const request = await new SignJWT({
        scope: 'openid',
        login_hint: 'alice',
        jti: randomUUID(),
      }).setProtectedHeader({ alg: 'EdDSA' }).setIssuer('app').setAudience(ISSUER)
        .setIssuedAt(op.clock.now).setNotBefore(op.clock.now).setExpirationTime(op.clock.now + 60)
        .sign(pair.privateKey);
      const acknowledged = await successes(async () =>
        await tokenOf(
          await op.post('/backchannel_authentication', { request }, basic('app')),
          'auth_req_id',
        )
      );
      // So that the next one has a place.
      await browser.submit(await openRequests(browser), ACCEPT);
      return acknowledged;
    },
  },
  {
    name: 'CIBA §12: that nobody has answered in time, found by fifty processes',
    config: {
      clients: [{
        ...APP,
        backchannel_token_delivery_mode: 'push',
        backchannel_client_notification_endpoint: 'https://app.example/told',
      }],
    },
    round: lapseRound,
  },
  {
    name: 'RFC 9101: the jti of a request object',
    async round({ browser }) {
      const request = await new SignJWT({
        client_id: 'app',
        redirect_uri: REDIRECT_URI,
        response_type: 'code',
        scope: 'openid',
        prompt: 'none',
        jti: randomUUID(),
      }).setProtectedHeader({ alg: 'EdDSA', kid: 'k' }).setIssuer('app').setAudience(ISSUER)
        .setExpirationTime(FAR).sign(pair.privateKey);
      const url = `/authorize?${new URLSearchParams({ client_id: 'app', request })}`;
      return await successes(async () => codeIn(await browser.get(url)));
    },
  },
  {
    name: 'T040: the jti of a client assertion',
    async round({ op }) {
      const now = Math.floor(op.clock.now);
      const client_assertion = await new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: 'EdDSA', kid: 'k' }).setIssuer('asserting')
        .setSubject('asserting').setAudience(ISSUER).setExpirationTime(now + 60)
        .sign(pair.privateKey);
      const form = {
        grant_type: 'client_credentials',
        client_assertion,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      };
      return await successes(async () => await tokenOf(await op.post('/token', form)));
    },
  },
  ...[randomUUID, () => undefined].map((jtiOf) => ({
    name: `RFC 7523 §3: an assertion as a grant, ${
      jtiOf() === undefined ? 'without' : 'by its'
    } jti`,
    config: {
      trusted_issuers: { ci: { issuer: TRUSTED, jwks: TRUSTED_JWKS, subject_is: 'username' } },
      token_exchange_policies: { own: { assertion_issuers: ['ci'] } },
      clients: [APP, ASSERTING, { ...ROBOT, scope: 'openid', token_exchange_policy: 'own' }],
    },
    async round({ op }: Race) {
      const assertion = await assertionOf(op, { claims: { jti: jtiOf(), nonce: randomUUID() } });
      return await successes(async () => await tokenOf(await showAssertion(op, assertion)));
    },
  })),
  {
    name: 'T081: an initial access token with one use left',
    async round({ op }) {
      const token = await plantToken(op, { uses_left: 1 });
      return await successes(async () => await clientOf(await register(op, METADATA, token)));
    },
  },
  {
    name: 'T083: a registration access token, for updates that differ',
    async round({ op }) {
      const { client_id, registration_client_uri, registration_access_token } = await registered(
        op,
        METADATA,
        await plantToken(op),
      );
      return await successes(async () => {
        const body = { ...METADATA, client_id, client_name: randomUUID() };
        return await clientOf(
          await send(op, 'PUT', registration_client_uri, body, registration_access_token),
        );
      });
    },
  },
  {
    name: 'a ticket for a protected host',
    config: {
      trusted_proxies: [PROXY],
      access_control: { rules: [{ domain: 'guarded.example', policy: 'one_factor' }] },
    },
    async round({ op, browser }) {
      const started = await ask(op, 'https://guarded.example/.ostiary/sign-in?rd=%2F');
      const [state = ''] = started.headers.getSetCookie();
      const { url } = await browser.get(started.headers.get('location') ?? '');
      return await successes(async () => {
        const answer = await ask(op, url.href, { cookie: state.split(';')[0] ?? '' });
        assert([303, 503].includes(answer.status), String(answer.status));
        return answer.headers.getSetCookie()[0];
      });
    },
  },
  {
    name: 'T115: a message to a client’s server, found by fifty processes',
    config: { clients: [{ ...APP, backchannel_logout_uri: 'https://app.example/logout' }] },
    round: ({ op }) => sentBy(PARALLEL, op),
  },
  { name: 'T055: the jti of a DPoP proof', round: (race) => proofRound(race) },
  {
    name: 'RFC 9449 §8: a DPoP proof with a nonce of ours',
    config: { dpop_nonce: 'required' },
    async round(race) {
      const form = { grant_type: 'client_credentials' };
      const headers = { ...basic('app'), dpop: await proof(race.op) };
      const asked = await race.op.post('/token', form, headers);
      return await proofRound(race, asked.headers.get('dpop-nonce') ?? 'no nonce was given');
    },
  },
];

export function races(engine: string, open: () => Promise<{ store: Store; close(): void }>): void {
  describe(`${ROUNDS} rounds of ${PARALLEL} at once, ${engine} store`, () => {
    for (const { name, config = {}, round, mayRepeat } of ARTEFACTS) {
      it(`${name}: one success each round`, async () => {
        const { store, close } = await open();
        const race = await openRace(store, config);
        try {
          for (let count = 0; count < ROUNDS; count += 1) {
            const won = await round(race);
            const distinct = mayRepeat === true ? new Set(won).size : won.length;
            assertEquals(distinct, 1, `round ${count}: ${won.length} successes`);
            race.op.clock.now += 61;
          }
        } finally {
          await race.op.close();
          close();
        }
      });
    }
  });
}

/** Registered or updated. */
async function clientOf(response: Response): Promise<string | undefined> {
  const { client_id, error } = await response.json() as Record<string, string>;
  if (response.ok) return client_id;
  assert([401, 503].includes(response.status), `${response.status} ${error}`);
  return undefined;
}

const FAR = 4_000_000_000;
const ACCEPT = { decision: 'accept', scope: ['openid'] };

async function refreshRound(race: Race): Promise<readonly string[]> {
  const form = {
    grant_type: 'authorization_code',
    code: await codeOf(race),
    redirect_uri: REDIRECT_URI,
  };
  const redeemed = await race.op.post('/token', form, basic('app'));
  const refresh_token = await tokenOf(redeemed, 'refresh_token');
  return await successes(async () =>
    await tokenOf(
      await race.op.post('/token', { grant_type: 'refresh_token', refresh_token }, basic('app')),
      'refresh_token',
    )
  );
}

interface Device {
  readonly device_code: string;
  readonly user_code: string;
}

async function newDevice({ op }: Race): Promise<Device> {
  const response = await op.post('/device_authorization', { scope: 'openid' }, basic('app'));
  assertEquals(response.status, 200);
  return await response.json() as Device;
}

async function newBackchannelRequest({ op }: Race) {
  return await acknowledged(op, { scope: 'openid' }, basic('app'));
}

async function lapseRound({ op }: Race): Promise<readonly string[]> {
  const client_notification_token = randomUUID();
  const form = { scope: 'openid', requested_expiry: '1', client_notification_token };
  await acknowledged(op, form, basic('app'));
  op.clock.now += 1;
  const told: string[] = [];
  // The bare one, so that nothing is sent.
  const store: Store = {
    ...op.store,
    async commit(change) {
      const outcome = await op.store.commit(change);
      const tells = change.put?.some(({ key: [name] }) => name === deliveries.name) === true;
      if (tells && outcome === 'committed') told.push('told');
      return outcome;
    },
  };
  const engine = { ...op.instance.engine(), store };
  await Promise.all(Array.from({ length: PARALLEL }, () => tendBackchannelRequests(engine)));
  // The store goes by another clock, and the next one needs a place.
  for (const collection of [backchannelPlaces, deliveries]) {
    for await (const { key } of collection.list(op.store, [ISSUER])) {
      await op.store.commit({ remove: [key] });
    }
  }
  return told;
}

async function confirmation({ browser }: Race, user_code: string): Promise<Page> {
  const page = await browser.submit(await browser.get('/device'), { user_code });
  assert(page.text.includes('id="accept"'), page.text.slice(0, 500));
  assert(hiddenFields(page.text).length > 0);
  return page;
}

async function proof(op: Op, nonce?: string): Promise<string> {
  return await new SignJWT({
    jti: randomUUID(),
    htm: 'POST',
    htu: `${ISSUER}/token`,
    iat: Math.floor(op.clock.now),
    ...nonce === undefined ? {} : { nonce },
  }).setProtectedHeader({ alg: 'EdDSA', typ: 'dpop+jwt', jwk: proofJwk }).sign(
    proofPair.privateKey,
  );
}

async function proofRound({ op }: Race, nonce?: string): Promise<readonly string[]> {
  const headers = { ...basic('app'), dpop: await proof(op, nonce) };
  return await successes(async () =>
    await tokenOf(await op.post('/token', { grant_type: 'client_credentials' }, headers))
  );
}
