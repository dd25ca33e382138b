/** CIBA Core 1.0: how much is proven, by the person and by the client. */
import { TOTP } from 'otpauth';
import { createHash, X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { addClient } from '../../src/engine/administration/clients.ts';
import { enrolTotp, newTotp } from '../../src/engine/factors/totp.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import { assert, assertEquals, assertFalse } from '../support/assert.ts';
import { type Browser, has, type Page } from '../support/browser.ts';
import {
  acknowledged,
  answerAsAlice,
  answerPage,
  backchannelRequest,
  BANK,
  openCibaOp,
  openRequests,
  pollCiba,
  signedRequest,
} from '../support/ciba.ts';
import { newProofKey, proofFor } from '../support/dpop.ts';
import { assertRefused, claimsOf, tokensOf } from '../support/flow.ts';
import { basic, CLI, type Op, openOp, PASSWORD } from '../support/op.ts';
import { TEST_TLS } from '../support/tls.ts';

async function addTotp(op: Op): Promise<string> {
  const engine = op.instance.engine();
  const alice = await op.instance.directory.findByUsername('alice');
  assert(alice !== undefined);
  const { sealed, secret } = newTotp(alice, engine);
  const code = codeAt(secret, op);
  assertEquals(await enrolTotp(alice, { sealed, code, name: '' }, engine), 'enrolled');
  op.clock.now += 60;
  return secret;
}

function codeAt(secret: string, { clock }: Op): string {
  return new TOTP({ secret }).generate({ timestamp: clock.now * 1000 });
}

/** To the question, by way of the second factor. */
async function raised(op: Op, browser: Browser, secret: string): Promise<Page> {
  const page = await openRequests(browser);
  assert(has(page, 'totp'), page.text.slice(0, 500));
  return await browser.submit(page, { totp: codeAt(secret, op) });
}

describe('CIBA §7.1: acr_values, and the policy of the client', () => {
  it('T072: whoever has a second factor shows it, whatever is asked for', async () => {
    const op = await openCibaOp();
    const secret = await addTotp(op);
    const { auth_req_id } = await acknowledged(op);
    const browser = op.browser();
    const page = await raised(op, browser, secret);
    assert(has(page, 'approve'), page.text.slice(0, 500));
    await answerPage(browser, page, 'accept');
    const { acr, amr } = claimsOf((await tokensOf(await pollCiba(op, auth_req_id))).id_token);
    assertEquals([acr, amr], ['two_factor', ['pwd', 'otp', 'mfa']]);
  });

  it('two_factor is wished for: whoever has none approves with what they have', async () => {
    const op = await openCibaOp();
    const { auth_req_id } = await acknowledged(op, { acr_values: 'two_factor' });
    await answerAsAlice(op);
    const { acr } = claimsOf((await tokensOf(await pollCiba(op, auth_req_id))).id_token);
    assertEquals(acr, 'one_factor');
  });

  it('a policy that wants two factors is met by no fewer', async () => {
    const strict = { ...BANK, client_id: 'strict', authorization_policy: 'two_factor' };
    const op = await openCibaOp([strict]);
    const { auth_req_id } = await acknowledged(op, {}, basic('strict'));
    const browser = op.browser();
    assertFalse(has(await openRequests(browser), 'approve'));
    const secret = await addTotp(op);
    await answerPage(browser, await raised(op, browser, secret), 'accept');
    const polled = await pollCiba(op, auth_req_id, {}, basic('strict'));
    assertEquals(claimsOf((await tokensOf(polled)).id_token)['acr'], 'two_factor');
  });

  it('default_max_age: a sign-in that is too old for the client is made again', async () => {
    const hurried = { ...BANK, client_id: 'hurried', default_max_age: 60 };
    const op = await openCibaOp([hurried]);
    const browser = op.browser();
    await openRequests(browser);
    op.clock.now += 61;
    await acknowledged(op, {}, basic('hurried'));
    const login = await openRequests(browser, { username: 'alice', password: 'wrong' });
    assert(has(login, 'login'));
    const page = await browser.submit(login, { username: 'alice', password: PASSWORD });
    assert(has(page, 'approve'));
  });
});

describe('CIBA §10.1: tokens bound to a key', () => {
  it('RFC 9449 §5: by DPoP, where the client must use it', async () => {
    const bound = { ...BANK, client_id: 'bound', dpop_bound_access_tokens: true };
    const op = await openCibaOp([bound]);
    const { auth_req_id } = await acknowledged(op, {}, basic('bound'));
    await answerAsAlice(op);
    await assertRefused(await pollCiba(op, auth_req_id, {}, basic('bound')), 'invalid_request');
    const key = await newProofKey();
    const dpop = await proofFor(op, key);
    const tokens = await tokensOf(
      await pollCiba(op, auth_req_id, {}, { ...basic('bound'), dpop }),
    );
    assertEquals(tokens.token_type, 'DPoP');
  });

  it('RFC 8705 §3: by the certificate, where the client is registered for that', async () => {
    const bound = {
      ...BANK,
      client_id: 'bound',
      tls_client_certificate_bound_access_tokens: true,
      access_token_format: 'jwt',
    };
    const op = await openCibaOp([bound], { trusted_proxies: ['203.0.113.7/32'] });
    const { auth_req_id } = await acknowledged(op, {}, basic('bound'));
    await answerAsAlice(op);
    await assertRefused(await pollCiba(op, auth_req_id, {}, basic('bound')), 'invalid_request');
    const der = new X509Certificate(TEST_TLS.cert).raw;
    const shown = { ...basic('bound'), 'client-cert': `:${der.toString('base64')}:` };
    const { access_token } = await tokensOf(await pollCiba(op, auth_req_id, {}, shown));
    const thumbprint = createHash('sha256').update(der).digest('base64url');
    assertEquals(claimsOf(access_token)['cnf'], { 'x5t#S256': thumbprint });
  });
});

describe('FAPI: clients with a profile', () => {
  const MESSAGE_SIGNING = {
    ...BANK,
    client_id: 'signing',
    client_secret: undefined,
    profile: 'fapi2_message_signing',
    token_endpoint_auth_method: 'private_key_jwt',
  };

  it('message signing: requests must be signed, and by an algorithm of the profile', async () => {
    const op = await openCibaOp([JSON.parse(JSON.stringify(MESSAGE_SIGNING)) as object]);
    const assertion = async () => ({
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await signedRequest(op, {
        iss: 'signing',
        sub: 'signing',
        scope: undefined,
        login_hint: undefined,
      }),
    });
    await assertRefused(
      await backchannelRequest(op, await assertion(), {}),
      'invalid_request',
    );
    const binding_message = '1234';
    const request = await signedRequest(op, { iss: 'signing', binding_message });
    await acknowledged(op, Object.entries({ request, ...await assertion() }), {});
    const old = await signedRequest(op, { iss: 'signing', nbf: op.clock.now - 3601 });
    await assertRefused(
      await backchannelRequest(op, Object.entries({ request: old, ...await assertion() }), {}),
      'invalid_request',
    );
  });

  it('push is over for whoever was registered for it before the issuer had the profile', async () => {
    const store = openMemoryStore({ now: () => 1_800_000_000 });
    const before = await openCibaOp([], {}, {
      store: { ...store, close: () => Promise.resolve() },
    });
    const { client_id: _, client_secret: __, ...metadata } = MESSAGE_SIGNING;
    const added = await addClient(
      'pushed',
      {
        ...metadata,
        profile: 'default',
        backchannel_token_delivery_mode: 'push',
        backchannel_client_notification_endpoint: 'https://bank.example/cb',
      },
      { kind: 'mint' },
      CLI,
      before.instance.engine(),
    );
    assertEquals(added.kind, 'done', JSON.stringify(added));
    const config = { profile: 'fapi2_security', clients: [] };
    const op = await openOp({ store, config, people: false });
    const form = {
      scope: 'openid',
      login_hint: 'alice',
      client_notification_token: 'notification-token-0123456789',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await signedRequest(op, {
        iss: 'pushed',
        sub: 'pushed',
        scope: undefined,
        login_hint: undefined,
      }),
    };
    await assertRefused(
      await op.post('/backchannel_authentication', form),
      'unauthorized_client',
    );
  });

  for (
    const [name, changes, words] of [
      [
        'push',
        {
          backchannel_token_delivery_mode: 'push',
          backchannel_client_notification_endpoint: 'https://bank.example/cb',
        },
        'cannot be bound to a key',
      ],
      [
        'a secret at this endpoint',
        {
          client_secret: BANK.client_secret,
          backchannel_authentication_endpoint_auth_method: 'client_secret_basic',
        },
        'backchannel_authentication_endpoint_auth_method',
      ],
      [
        'an algorithm that the profile forbids',
        { backchannel_authentication_request_signing_alg: 'RS256' },
        'backchannel_authentication_request_signing_alg',
      ],
    ] as const
  ) {
    it(`${name} is refused at registration`, async () => {
      const client = JSON.parse(JSON.stringify({ ...MESSAGE_SIGNING, ...changes })) as object;
      const message = await openCibaOp([client]).then(() => '', String);
      assert(message.includes(words), message);
    });
  }
});
