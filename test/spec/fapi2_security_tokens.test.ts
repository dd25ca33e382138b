/** FAPI 2.0 Security Profile (final) at the token endpoint, module by module as in fapi2_security.test.ts. */
import { describe, it } from 'node:test';
import { parseConfig } from '../../src/config/parse.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { newProofKey, proofFor } from '../support/dpop.ts';
import {
  ASSERTION_TYPE,
  CERTIFICATE,
  type FapiClient,
  fapiClient,
  openFapi,
  OTHER_KEY,
} from '../support/fapi.ts';
import { assertRefused, tokensOf } from '../support/flow.ts';
import { ISSUER } from '../support/op.ts';

const NOW = 1_800_000_000;

async function open(config: Readonly<Record<string, unknown>> = {}): Promise<FapiClient> {
  return await fapiClient(await openFapi(config));
}

describe('FAPI 2.0 SP §5.3.2: codes', () => {
  it('attempt-reuse-authorization-code-after-one-second: refused, and its tokens end', async () => {
    const client = await open();
    const code = await client.code();
    const { access_token } = await tokensOf(await client.redeem(code));
    client.op.clock.now += 1;
    await assertRefused(await client.redeem(code), 'invalid_grant');
    await assertRefused(await client.userinfo(access_token), 'invalid_token', 401);
  });

  it('ensure-token-endpoint-fails-with-expired-auth-code: after a minute, whatever is configured', async () => {
    const client = await open();
    const code = await client.code();
    client.op.clock.now += 60;
    await assertRefused(await client.redeem(code), 'invalid_grant');
    for (
      const lifespans of [
        { authorization_code: '61s' },
        { custom: { long: { authorization_code: '61s' } } },
      ]
    ) {
      assertEquals(parseConfig({ issuer: ISSUER, lifespans }).ok, false, JSON.stringify(lifespans));
    }
  });

  it('ensure-authorization-code-is-bound-to-client', async () => {
    const client = await open();
    const mallory = await fapiClient(client.op, { client_id: 'mallory', key: OTHER_KEY });
    const code = await client.code();
    await assertRefused(await mallory.redeem(code), 'invalid_grant');
    assertEquals((await client.redeem(code)).status, 200);
  });

  it('ensure-pkce-code-verifier-required, incorrect-pkce-code-verifier-rejected', async () => {
    const client = await open();
    const code = await client.code();
    for (const code_verifier of [undefined, 'V'.repeat(43), 'short']) {
      await assertRefused(await client.redeem(code, { code_verifier }), 'invalid_grant');
    }
  });

  it('ensure-client-id-in-token-endpoint: a client that only shows a certificate names itself', async () => {
    const client = await open();
    const form = { grant_type: 'client_credentials' };
    await assertRefused(await client.op.post('/token', form, CERTIFICATE), 'invalid_client', 401);
  });
});

describe('FAPI 2.0 SP §5.3.2.1: client authentication at the token endpoint', () => {
  for (
    const [name, assertion] of [
      ['ensure-client-assertion-in-token-endpoint', null],
      ['ensure-client-assertion-with-exp-is-5-minutes-in-past-fails', { exp: NOW - 300 }],
      ['ensure-client-assertion-with-wrong-aud-fails', { aud: 'https://other.example' }],
      ['ensure-client-assertion-with-no-sub-fails', { sub: undefined }],
      ['T041: the token endpoint as aud', { aud: `${ISSUER}/token` }],
      ['T041: the issuer in a list', { aud: [ISSUER] }],
      ['§5.3.2.1-13: iat over a minute ahead', { iat: NOW + 61 }],
    ] as const
  ) {
    it(`${name}`, async () => {
      const client = await open();
      const form = { grant_type: 'client_credentials' };
      await assertRefused(await client.token(form, { assertion }), 'invalid_client', 401);
    });
  }

  it('T041: the same at introspection and revocation: no endpoint is the issuer', async () => {
    const client = await open();
    const { access_token } = await client.tokens();
    for (const path of ['/introspect', '/revoke']) {
      const send = async (aud: unknown): Promise<Response> =>
        await client.op.post(path, {
          token: access_token,
          client_id: 'fapi',
          client_assertion: await client.assertion({ aud }),
          client_assertion_type: ASSERTION_TYPE,
        });
      for (const aud of [ISSUER + path, [ISSUER]]) {
        await assertRefused(await send(aud), 'invalid_client', 401);
      }
      assertEquals((await send(ISSUER)).status, 200);
    }
  });

  it('§5.3.2.1-2: no password of a person buys anything', async () => {
    const client = await open();
    const form = { grant_type: 'password', username: 'alice', password: 'correct horse battery' };
    await assertRefused(await client.token(form), 'unsupported_grant_type');
  });
});

describe('FAPI 2.0 SP §5.3.2.1-4, -5: tokens are bound', () => {
  it('ensure-holder-of-key-required: without a proof there is no token', async () => {
    const client = await open();
    const code = await client.code();
    await assertRefused(await client.redeem(code, {}, { proof: null }), 'invalid_request');
    await assertRefused(
      await client.token({ grant_type: 'client_credentials' }, { proof: null }),
      'invalid_request',
    );
  });

  it('ensure-holder-of-key-required: nor without the certificate', async () => {
    const op = await openFapi();
    const client = await fapiClient(op, { client_id: 'bound', isBoundToCertificate: true });
    const bare = await fapiClient(op, { client_id: 'bound' });
    const code = await client.code();
    await assertRefused(await bare.redeem(code, {}, { proof: null }), 'invalid_request');
    // RFC 8705 §3: a key of DPoP is no certificate.
    await assertRefused(await bare.redeem(code), 'invalid_request');
  });

  it('check-dpop-proof-nbf-exp: a proof is as good as it says, and no better', async () => {
    const client = await open();
    const proof = { payload: { nbf: NOW, exp: NOW + 300 } };
    const { access_token } = await tokensOf(
      await client.redeem(await client.code(), {}, { proof }),
    );
    assertEquals((await client.userinfo(access_token, { proof })).status, 200);
    for (
      const payload of [{ exp: NOW }, { nbf: NOW + 11 }, { exp: 'never' }, { nbf: null }] as const
    ) {
      const form = { grant_type: 'client_credentials' };
      await assertRefused(await client.token(form, { proof: { payload } }), 'invalid_dpop_proof');
      const answer = await client.userinfo(access_token, { proof: { payload } });
      await assertRefused(answer, 'invalid_dpop_proof', 401);
    }
  });

  for (
    const [name, iat, status] of [
      ['ensure-dpopproof-with-iat-10seconds-before-succeeds', NOW - 10, 200],
      ['ensure-dpopproof-with-iat-10seconds-after-succeeds', NOW + 10, 200],
      ['§5.3.2.1-13: a proof from over a minute ahead', NOW + 61, 400],
    ] as const
  ) {
    it(name, async () => {
      const client = await open();
      const form = { grant_type: 'client_credentials' };
      assertEquals((await client.token(form, { proof: { payload: { iat } } })).status, status);
    });
  }

  it('§5.4.1-1: a proof is signed as the profile wants, at the token endpoint and at resources', async () => {
    const client = await open();
    const proofKey = await newProofKey('RS256');
    const form = { grant_type: 'client_credentials' };
    await assertRefused(await client.token(form, { proofKey }), 'invalid_dpop_proof');
    await assertRefused(await client.push({}, { proofKey }), 'invalid_dpop_proof');
    const pss = await newProofKey('PS256');
    const code = await client.code({}, { proofKey: pss });
    const { access_token } = await tokensOf(await client.redeem(code, {}, { proofKey: pss }));
    assertEquals((await client.userinfo(access_token, { proofKey: pss })).status, 200);
    const bare = await proofFor(client.op, pss, {
      accessToken: access_token,
      payload: { htm: 'GET', htu: `${ISSUER}/userinfo` },
    });
    const [, payload] = bare.split('.');
    assert(payload !== undefined);
    const rsa = await crypto.subtle.importKey(
      'jwk',
      await crypto.subtle.exportKey('jwk', pss.privateKey as CryptoKey).then(({ alg: _, ...jwk }) =>
        jwk
      ),
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
      false,
      ['sign'],
    );
    const proofAs = { ...pss, alg: 'RS256', privateKey: rsa };
    await assertRefused(
      await client.userinfo(access_token, { proofKey: proofAs }),
      'invalid_dpop_proof',
      401,
    );
  });
});

describe('FAPI 2.0 SP §5.3.2.1-12: codes are bound to the key of DPoP', () => {
  it('T057: ensure-mismatched-dpop-jkt-fails', async () => {
    const client = await open();
    const dpop_jkt = (await newProofKey()).jkt;
    await assertRefused(await client.push({ dpop_jkt }), 'invalid_dpop_proof');
  });

  it('T057: ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt', async () => {
    const client = await open();
    const code = await client.code();
    const proofKey = await newProofKey();
    await assertRefused(await client.redeem(code, {}, { proofKey }), 'invalid_grant');
  });

  it('T057: ensure-token-endpoint-fails-with-mismatched-dpop-jkt', async () => {
    const client = await open();
    const { jkt: dpop_jkt } = await newProofKey();
    const code = await client.code({ dpop_jkt }, { proof: null });
    await assertRefused(await client.redeem(code), 'invalid_grant');
  });

  it('T057: ensure-dpopproof-at-par-endpoint-binding-success', async () => {
    const client = await open();
    assertEquals((await client.redeem(await client.code())).status, 200);
  });

  it('T057: ensure-dpop-auth-code-binding-success', async () => {
    const client = await open();
    const code = await client.code({ dpop_jkt: client.proofKey.jkt }, { proof: null });
    assertEquals((await client.redeem(code)).status, 200);
  });
});

describe('FAPI 2.0 SP §5.3.2.1-9: refresh tokens', () => {
  it('T032: refresh-token: the same one for as long as the grant stands', async () => {
    const client = await open();
    const first = await client.tokens();
    for (let count = 0; count < 3; count += 1) {
      client.op.clock.now += 60;
      const next = await tokensOf(await client.refresh(first.refresh_token));
      assertEquals(next.refresh_token, first.refresh_token);
      assertEquals((await client.userinfo(next.access_token)).status, 200);
    }
  });

  it('T032: two refreshes at once both succeed, and end nothing', async () => {
    const client = await open();
    const { refresh_token } = await client.tokens();
    const both = await Promise.all([client.refresh(refresh_token), client.refresh(refresh_token)]);
    assertEquals(both.map(({ status }) => status), [200, 200]);
    assertEquals((await client.refresh(refresh_token)).status, 200);
  });

  it('refresh-token: not without a proof, and not without client authentication', async () => {
    const client = await open();
    const { refresh_token } = await client.tokens();
    await assertRefused(await client.refresh(refresh_token, { proof: null }), 'invalid_request');
    await assertRefused(
      await client.refresh(refresh_token, { assertion: null }),
      'invalid_client',
      401,
    );
  });

  it('refresh-token: not by another client, whose try ends nothing', async () => {
    const client = await open();
    const mallory = await fapiClient(client.op, { client_id: 'mallory', key: OTHER_KEY });
    const { refresh_token } = await client.tokens();
    await assertRefused(await mallory.refresh(refresh_token), 'invalid_grant');
    assertEquals((await client.refresh(refresh_token)).status, 200);
  });

  it('§6.1: with a new key of DPoP the next token is bound to that', async () => {
    const client = await open();
    const { refresh_token } = await client.tokens();
    const proofKey = await newProofKey();
    const { access_token } = await tokensOf(await client.refresh(refresh_token, { proofKey }));
    assertEquals((await client.userinfo(access_token, { proofKey })).status, 200);
    await assertRefused(await client.userinfo(access_token), 'invalid_token', 401);
  });
});
