/** FAPI 2.0 Attacker Model: what each attacker of it tries, and does not get. */
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { assert, assertEquals, assertNotEquals, assertStringIncludes } from '../support/assert.ts';
import { has, textOf } from '../support/browser.ts';
import { newProofKey, proofFor } from '../support/dpop.ts';
import {
  ASSERTION_TYPE,
  type FapiClient,
  fapiClient,
  openFapi,
  OTHER_KEY,
  urlOf,
} from '../support/fapi.ts';
import {
  ALICE,
  answerOf,
  assertRefused,
  authorizationUrl,
  CHALLENGE,
  claimsOf,
  REDIRECT_URI,
  tokensOf,
  VERIFIER,
} from '../support/flow.ts';
import { createHolder } from '../support/holder.ts';
import { ISSUER, type Op } from '../support/op.ts';

const EVIL = 'https://evil.example';

const holder = createHolder();
let op: Op;
let honest: FapiClient;
/** A client of the attacker's own, registered as well as any. */
let mallory: FapiClient;

/** What an attacker holds of somebody's code: all but keys and the verifier. */
function malloryRedeems(code: string, changes: Readonly<Record<string, string | undefined>> = {}) {
  return mallory.redeem(code, { code_verifier: 'M'.repeat(43), ...changes });
}

describe('FAPI 2.0 Attacker Model', () => {
  before(() =>
    holder.open(async (hold) => {
      op = await hold(openFapi());
      honest = await fapiClient(op);
      mallory = await fapiClient(op, { client_id: 'mallory', key: OTHER_KEY });
    })
  );
  after(() => holder.close());

  it('A1: mix-up: the response names us, and a code that went astray is nobody else’s', async () => {
    const { code = '', iss } = answerOf(await honest.visit(await honest.pushed()));
    const metadata = await (await op.fetch('/.well-known/openid-configuration')).json() as {
      readonly issuer: string;
      readonly authorization_response_iss_parameter_supported: boolean;
    };
    assertEquals([iss, metadata.issuer], [ISSUER, ISSUER]);
    assertEquals(metadata.authorization_response_iss_parameter_supported, true);
    await assertRefused(await malloryRedeems(code), 'invalid_grant');
    await assertRefused(await malloryRedeems(code, { code_verifier: VERIFIER }), 'invalid_grant');
    assertEquals((await honest.redeem(code)).status, 200);
  });

  it('A1: mix-up: refusals name us, too', async () => {
    const url = authorizationUrl({ client_id: 'fapi' });
    assertEquals(answerOf(await op.browser().get(url))['iss'], ISSUER);
  });

  it('A1: leaked code: without the client’s key, the verifier and its DPoP key it is worth nothing', async () => {
    const code = await honest.code();
    const stolen = { assertion: { iss: 'fapi', sub: 'fapi' }, making: { key: OTHER_KEY } };
    await assertRefused(await honest.redeem(code, {}, stolen), 'invalid_client', 401);
    await assertRefused(await honest.redeem(code, {}, { assertion: null }), 'invalid_client', 401);
    await assertRefused(
      await honest.redeem(code, { code_verifier: 'x'.repeat(43) }),
      'invalid_grant',
    );
    const proofKey = await newProofKey();
    await assertRefused(await honest.redeem(code, {}, { proofKey }), 'invalid_grant');
    assertEquals((await honest.redeem(code)).status, 200);
  });

  it('A1: code injection: a code of another session does not fit the verifier of this one', async () => {
    const verifier = 'a verifier of the session of the attacker'.replaceAll(' ', '-').padEnd(
      43,
      '-',
    );
    const code_challenge = createHash('sha256').update(verifier).digest('base64url');
    const code = await honest.code({ code_challenge });
    await assertRefused(await honest.redeem(code), 'invalid_grant');
  });

  it('A1: PKCE chosen challenge: nobody chooses the challenge of a client but itself', async () => {
    const code_challenge = createHash('sha256').update('E'.repeat(43)).digest('base64url');
    await assertRefused(
      await honest.push({ code_challenge }, { making: { key: OTHER_KEY } }),
      'invalid_client',
      401,
    );
    const unpushed = authorizationUrl({
      client_id: 'fapi',
      code_challenge,
      code_challenge_method: 'S256',
    });
    assertEquals(answerOf(await honest.visit(unpushed))['error'], 'invalid_request');
    const beside = `${await honest
      .pushed()}&code_challenge=${code_challenge}&code_challenge_method=S256`;
    const { code = '' } = answerOf(await honest.visit(beside));
    await assertRefused(
      await honest.redeem(code, { code_verifier: 'E'.repeat(43) }),
      'invalid_grant',
    );
    assertEquals((await honest.redeem(code)).status, 200);
  });

  it('A1: client impersonation by PAR: whoever pushes is whoever has proven it', async () => {
    const own = {
      client_assertion: await mallory.assertion(),
      client_assertion_type: ASSERTION_TYPE,
    };
    await assertRefused(await honest.push(own, { assertion: null }), 'invalid_client', 401);
    const request = await honest.requestObject({}, { key: OTHER_KEY });
    await assertRefused(await mallory.push({ request }), 'invalid_request_object');
    const url = new URL(await mallory.pushed(), ISSUER);
    url.searchParams.set('client_id', 'fapi');
    assertEquals(textOf(await op.browser().get(url.href), 'error'), 'invalid_request_uri');
  });

  it('A1: request parameter tampering: what was pushed is what counts', async () => {
    const url = `${await honest.pushed()}&${new URLSearchParams({
      redirect_uri: EVIL,
      response_type: 'code id_token',
      response_mode: 'form_post',
      scope: 'openid profile',
      state: 'forged',
      prompt: 'none',
    })}`;
    const page = await honest.visit(url);
    assertEquals([page.url.href.split('?')[0], answerOf(page)['state']], [REDIRECT_URI, 'a state']);
    const { scope } = await tokensOf(await honest.redeem(answerOf(page)['code'] ?? ''));
    assertEquals(scope, 'openid offline_access');
  });

  it('A1: request parameter tampering: a signed request that was touched is refused', async () => {
    const signed = await fapiClient(op, { client_id: 'signed' });
    const request = await signed.requestObject({ response_mode: 'jwt' });
    const [header, , signature] = request.split('.');
    const payload = { ...claimsOf(request), redirect_uri: EVIL };
    const forged = `${header}.${
      Buffer.from(JSON.stringify(payload)).toString('base64url')
    }.${signature}`;
    await assertRefused(await signed.push({ request: forged }), 'invalid_request_object');
  });

  it('A1: open redirector: an error goes to nobody’s address but a registered one', async () => {
    for (
      const params of [
        { client_id: 'fapi', redirect_uri: EVIL },
        {
          client_id: 'fapi',
          redirect_uri: EVIL,
          request_uri: 'urn:ietf:params:oauth:request_uri:x',
        },
        { client_id: 'fapi', redirect_uri: `${REDIRECT_URI}.evil.example` },
        { client_id: 'nobody', redirect_uri: EVIL },
      ]
    ) {
      const page = await op.browser().get(`/authorize?${new URLSearchParams(params)}`);
      assertEquals(page.url.origin, ISSUER, JSON.stringify(params));
      assert(has(page, 'error'));
    }
  });

  it('A1: session fixation: a sign-in that began in one browser ends in no other', async () => {
    const login = await op.browser().get(await honest.pushed());
    assert(has(login, 'username'));
    const victim = op.browser();
    const elsewhere = await victim.get(login.url.href);
    assertEquals(has(elsewhere, 'username'), false);
    assert(has(elsewhere, 'error'), elsewhere.text);
    const posted = await victim.submit(login, ALICE);
    assertEquals('code' in answerOf(posted), false);
  });

  it('A1: browser swapping: the response of a request is given once, and to one session', async () => {
    const url = await honest.pushed();
    const { code = '' } = answerOf(await honest.visit(url));
    assertNotEquals(code, '');
    assertEquals(textOf(await op.browser().get(url), 'error'), 'invalid_request_uri');
    assertEquals((await honest.redeem(code)).status, 200);
    await assertRefused(await honest.redeem(code), 'invalid_grant');
  });

  it('A1a: audience injection: an assertion made for another server is none for us', async () => {
    for (
      const aud of [
        EVIL,
        `${ISSUER}/token`,
        `${ISSUER}/par`,
        [ISSUER],
        [EVIL, ISSUER],
        `${ISSUER}/`,
      ]
    ) {
      const form = { grant_type: 'client_credentials' };
      await assertRefused(await honest.token(form, { assertion: { aud } }), 'invalid_client', 401);
      await assertRefused(await honest.push({}, { assertion: { aud } }), 'invalid_client', 401);
    }
  });

  it('A1a: a request object that was made for another server is none for us', async () => {
    const signed = await fapiClient(op, { client_id: 'signed' });
    const request = await signed.requestObject({ response_mode: 'jwt', aud: EVIL });
    await assertRefused(await signed.push({ request }), 'invalid_request_object');
  });

  it('A1a: cuckoo’s token: a token that was fed back needs the key that it was got with', async () => {
    const { access_token } = await honest.tokens();
    // RFC 9449 §11.7: the client has another key for each server that it knows.
    const proofKey = await newProofKey();
    await assertRefused(await honest.userinfo(access_token, { proofKey }), 'invalid_token', 401);
    const told = await op.post('/introspect', {
      token: access_token,
      client_id: 'fapi',
      client_assertion: await honest.assertion(),
      client_assertion_type: ASSERTION_TYPE,
    });
    const { iss, cnf } = await told.json() as { iss: string; cnf: unknown };
    assertEquals([iss, cnf], [ISSUER, { jkt: honest.proofKey.jkt }]);
  });

  it('A1a: access token injection with ID token replay: at_hash ties the two', async () => {
    const first = await honest.tokens();
    const second = await honest.tokens();
    const hash = (token: string): string =>
      createHash('sha256').update(token).digest().subarray(0, 16).toString('base64url');
    assertEquals(claimsOf(first.id_token)['at_hash'], hash(first.access_token));
    assertNotEquals(claimsOf(first.id_token)['at_hash'], hash(second.access_token));
  });

  it('A2: no response travels in the clear, and no page tells where it came from', async () => {
    for (const redirect_uri of ['http://app.example/callback', 'http://127.0.0.1/callback']) {
      await assertRefused(await honest.push({ redirect_uri }), 'invalid_request');
    }
    const { headers } = await op.browser().get(await honest.pushed());
    assertEquals(headers.get('referrer-policy'), 'no-referrer');
  });

  it('A3a: leaked request_uri: good for one answer, for one client, for a while', async () => {
    const response = await honest.push();
    const { request_uri } = await response.json() as { request_uri: string };
    const url = urlOf('fapi', request_uri);
    const foreign = urlOf('mallory', request_uri);
    assertEquals(textOf(await op.browser().get(foreign), 'error'), 'invalid_request_uri');
    const { code = '' } = answerOf(await honest.visit(url));
    assertEquals(textOf(await op.browser().get(url), 'error'), 'invalid_request_uri');
    await assertRefused(await malloryRedeems(code), 'invalid_grant');
  });

  it('A3a: leaked request_uri: of two who bring it at once, one gets the answer', async () => {
    const url = await honest.pushed();
    const [mine, theirs] = [op.browser(), op.browser()];
    const pages = [await mine.get(url), await theirs.get(url)] as const;
    const first = await mine.submit(pages[0], ALICE);
    const second = await theirs.submit(pages[1], ALICE);
    const answers = [
      await mine.submit(first, { decision: 'accept', scope: ['openid', 'offline_access'] }),
      await theirs.submit(second, { decision: 'accept', scope: ['openid', 'offline_access'] }),
    ];
    assertEquals(answers.map((page) => 'code' in answerOf(page)), [true, false]);
    assertStringIncludes(answers[1]?.text ?? '', 'invalid_request_uri');
  });

  it('A4: a token request that was read cannot be sent again, here or by another', async () => {
    const code = await honest.code();
    const form = {
      grant_type: 'authorization_code',
      client_id: 'fapi',
      code,
      redirect_uri: REDIRECT_URI,
      code_verifier: VERIFIER,
      client_assertion: await honest.assertion(),
      client_assertion_type: ASSERTION_TYPE,
    };
    // Made for the endpoint that the client was led to.
    const astray = await proofFor(op, honest.proofKey, { payload: { htu: `${EVIL}/token` } });
    await assertRefused(await op.post('/token', form, { dpop: astray }), 'invalid_dpop_proof');
    const own = await proofFor(op, await newProofKey());
    await assertRefused(await op.post('/token', form, { dpop: own }), 'invalid_grant');
    const whole = { ...form, client_assertion: await honest.assertion() };
    const dpop = await proofFor(op, honest.proofKey);
    const { access_token } = await tokensOf(await op.post('/token', whole, { dpop }));
    await assertRefused(await op.post('/token', whole, { dpop }), 'invalid_client', 401);
    // Nor does the copy end what the client has.
    assertEquals((await honest.userinfo(access_token)).status, 200);
  });

  it('A4: with tokens bound to a certificate, the request without it is worth nothing', async () => {
    const bound = await fapiClient(op, { client_id: 'bound', isBoundToCertificate: true });
    const thief = await fapiClient(op, { client_id: 'bound' });
    const code = await bound.code();
    await assertRefused(await thief.redeem(code, {}, { proof: null }), 'invalid_request');
    assertEquals((await bound.redeem(code)).status, 200);
  });

  it('A5: stolen token replay: a resource request that was read cannot be sent again', async () => {
    const { access_token } = await honest.tokens();
    const dpop = await proofFor(op, honest.proofKey, {
      accessToken: access_token,
      payload: { htm: 'GET', htu: `${ISSUER}/userinfo` },
    });
    const headers = { authorization: `DPoP ${access_token}`, dpop };
    assertEquals((await op.fetch('/userinfo', { headers })).status, 200);
    await assertRefused(await op.fetch('/userinfo', { headers }), 'invalid_dpop_proof', 401);
    await assertRefused(
      await op.fetch('/userinfo', { method: 'POST', headers }),
      'invalid_dpop_proof',
      401,
    );
    for (const proof of [null, { payload: { jti: 'another' } }]) {
      const sending = { proof, proofKey: mallory.proofKey };
      const refused = await honest.userinfo(access_token, sending);
      assertEquals(refused.status, 401);
    }
    const bearer = { authorization: `Bearer ${access_token}` };
    await assertRefused(await op.fetch('/userinfo', { headers: bearer }), 'invalid_token', 401);
  });

  it('A5: stolen refresh token: without the client’s keys it buys nothing, and ends nothing', async () => {
    const { refresh_token } = await honest.tokens();
    await assertRefused(await mallory.refresh(refresh_token), 'invalid_grant');
    await assertRefused(
      await honest.refresh(refresh_token, { making: { key: OTHER_KEY } }),
      'invalid_client',
      401,
    );
    assertEquals((await honest.refresh(refresh_token)).status, 200);
  });

  it('A5: DPoP proof replay: proofs that were made in advance fail where nonces are needed', async () => {
    const strict = await openFapi({ dpop_nonce: 'required' });
    const client = await fapiClient(strict);
    const form = { grant_type: 'client_credentials' };
    const nonce = (await client.token(form)).headers.get('dpop-nonce');
    const ahead = strict.clock.now + 600;
    const payload = { htu: `${ISSUER}/token`, iat: ahead };
    const made = await Promise.all([
      proofFor(strict, client.proofKey, { payload }),
      proofFor(strict, client.proofKey, { payload: { ...payload, nonce } }),
    ]);
    strict.clock.now = ahead;
    for (const dpop of made) {
      const sent = {
        ...form,
        client_assertion: await client.assertion(),
        client_assertion_type: ASSERTION_TYPE,
      };
      await assertRefused(await strict.post('/token', sent, { dpop }), 'use_dpop_nonce');
    }
    await strict.close();
  });

  it('A5: DPoP proof replay: without nonces, none from further ahead than ten seconds', async () => {
    const form = { grant_type: 'client_credentials' };
    const proof = { payload: { iat: op.clock.now + 11 } };
    await assertRefused(await honest.token(form, { proof }), 'invalid_dpop_proof');
  });

  it('what the attacker asks for in the client’s name needs the person, and tells who asks', async () => {
    const browser = op.browser();
    const login = await browser.get(await mallory.pushed({ code_challenge: CHALLENGE }));
    const consent = await browser.submit(login, ALICE);
    assertStringIncludes(consent.text, 'mallory');
    assertEquals(has(consent, 'accept'), true);
  });
});
