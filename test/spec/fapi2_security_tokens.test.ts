/** FAPI 2.0 Security Profile (final) at the token endpoint and at resources, module by module as in fapi2_security.test.ts. */
import { decodeProtectedHeader } from 'jose';
import { describe, it } from 'node:test';
import { assert, assertEquals } from '../support/assert.ts';
import { jws, newProofKey, type ProofChanges, proofFor } from '../support/dpop.ts';
import {
  CERTIFICATE,
  FAPI_CLIENTS,
  type FapiClient,
  fapiClient,
  newSigningKey,
  openFapi,
  OTHER_KEY,
} from '../support/fapi.ts';
import { assertRefused, claimsOf, tokensOf } from '../support/flow.ts';
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

  it('check-dpop-proof-nbf-exp: further claims are no matter', async () => {
    const client = await open();
    const proof = { payload: { nbf: NOW, exp: NOW + 300 } };
    const { access_token } = await tokensOf(
      await client.redeem(await client.code(), {}, { proof }),
    );
    assertEquals((await client.userinfo(access_token, { proof })).status, 200);
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

describe('FAPI 2.0 SP §5.4: cryptography and secrets', () => {
  it('§5.4.1-4: whatever is no person’s to type holds 128 random bits or more', async () => {
    const client = await open();
    const seen = new Map<string, Set<string>>();
    for (let count = 0; count < 3; count += 1) {
      const pushed = await (await client.push()).json() as { request_uri: string };
      const code = await client.code();
      const { access_token, refresh_token } = await tokensOf(await client.redeem(code));
      const made = { request_uri: pushed.request_uri, code, access_token, refresh_token };
      for (const [name, value] of Object.entries(made)) {
        // Base64url: 22 characters hold 128 bits.
        const random = value.replace(/^.*:|^ost_[ar]t_/, '').replace(/^([A-Za-z0-9_-]+).*$/, '$1');
        assert(random.length >= 22, `${name} ${random}`);
        seen.set(name, new Set([...seen.get(name) ?? [], random]));
      }
    }
    for (const [name, values] of seen) assertEquals(values.size, 3, name);
  });

  it('§5.4.3: of a client’s keys of one kid, that of the right type and alg counts', async () => {
    const [es, ps, ed] = await Promise.all(
      ['ES256', 'PS256', 'EdDSA'].map((alg) => newSigningKey(alg)),
    );
    assert(es !== undefined && ps !== undefined && ed !== undefined);
    const jwks = { keys: [es, ps, ed].map(({ jwk }) => ({ ...jwk, kid: 'one' })) };
    const op = await openFapi({ clients: [{ ...FAPI_CLIENTS[0], jwks }] });
    for (const key of [es, ps, ed]) {
      const client = await fapiClient(op, { key });
      assertEquals(
        (await client.push({}, { making: { header: { kid: 'one' } } })).status,
        201,
        key.alg,
      );
    }
  });

  it('§5.4.2: our keys have one kid each, and no JWT of ours names keys elsewhere', async () => {
    const client = await open();
    const { id_token } = await client.tokens();
    const { keys } = await (await client.op.fetch('/jwks')).json() as { keys: { kid: string }[] };
    assertEquals(new Set(keys.map(({ kid }) => kid)).size, keys.length);
    const header = decodeProtectedHeader(id_token);
    assertEquals(['x5u', 'jku', 'jwk', 'x5c'].filter((name) => name in header), []);
    assertEquals(keys.some(({ kid }) => kid === header.kid), true);
  });

  it('§5.4.1-1: RFC 8725: a header that names its own key, or what must be understood, is no help', async () => {
    const client = await open();
    for (
      const header of [
        { jwk: OTHER_KEY.jwk },
        { jku: 'https://evil.example/jwks' },
        { crit: ['b64'], b64: true },
      ]
    ) {
      const assertion = { making: { key: OTHER_KEY, header } };
      await assertRefused(await client.push({}, assertion), 'invalid_client', 401);
    }
  });
});

describe('FAPI 2.0 SP §5.3.4: UserInfo as a resource server', () => {
  it('access-token-type-header-case-sensitivity', async () => {
    const client = await open();
    const { access_token } = await client.tokens();
    for (const scheme of ['DPoP', 'dpop', 'DPOP']) {
      const headers = { authorization: `${scheme} ${access_token}` };
      assertEquals((await client.userinfo(access_token, { headers })).status, 200, scheme);
    }
  });

  it('§5.3.4-2: not in the URL', async () => {
    const client = await open();
    const { access_token } = await client.tokens();
    const response = await client.op.fetch(`/userinfo?access_token=${access_token}`);
    await assertRefused(response, 'invalid_request');
  });

  it('T056: nor under the Bearer scheme, nor in a form', async () => {
    const client = await open();
    const { access_token } = await client.tokens();
    const headers = { authorization: `Bearer ${access_token}` };
    await assertRefused(await client.op.fetch('/userinfo', { headers }), 'invalid_token', 401);
    await assertRefused(await client.op.post('/userinfo', { access_token }), 'invalid_token', 401);
  });

  it('§5.3.4-3: neither expired, nor revoked, nor tampered with', async () => {
    const client = await open();
    const { access_token, refresh_token } = await client.tokens();
    await assertRefused(await client.userinfo(`${access_token}x`), 'invalid_token', 401);
    client.op.clock.now += 3600;
    await assertRefused(await client.userinfo(access_token), 'invalid_token', 401);
    const fresh = await tokensOf(await client.refresh(refresh_token));
    const credentials = {
      client_id: 'fapi',
      client_assertion: await client.assertion(),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    };
    await client.op.post('/revoke', { token: fresh.access_token, ...credentials });
    await assertRefused(await client.userinfo(fresh.access_token), 'invalid_token', 401);
  });

  it('§5.3.4-4: a token without openid tells nothing of the person', async () => {
    const client = await open();
    const { access_token } = await client.tokens({ scope: 'profile' });
    await assertRefused(await client.userinfo(access_token), 'insufficient_scope', 403);
  });

  const proofs: readonly (readonly [name: string, proof: ProofChanges | null])[] = [
    ['no proof', null],
    ['no typ', { header: { typ: undefined } }],
    ['another typ', { header: { typ: 'JWT' } }],
    ['no jwk', { header: { jwk: undefined } }],
    ['no jti', { payload: { jti: undefined } }],
    ['no htm', { payload: { htm: undefined } }],
    ['another htm', { payload: { htm: 'PUT' } }],
    ['no htu', { payload: { htu: undefined } }],
    ['another htu', { payload: { htu: 'https://other.example/userinfo' } }],
    ['no iat', { payload: { iat: undefined } }],
    ['an iat in an hour', { payload: { iat: NOW + 3600 } }],
    ['an iat an hour ago', { payload: { iat: NOW - 3600 } }],
    ['no ath', { payload: { ath: undefined } }],
    ['another ath', { accessToken: 'another' }],
  ];
  for (const [name, proof] of proofs) {
    it(`T054: dpop-negative-tests: ${name}`, async () => {
      const client = await open();
      const { access_token } = await client.tokens();
      await assertRefused(
        await client.userinfo(access_token, { proof }),
        'invalid_dpop_proof',
        401,
      );
    });
  }

  it('T054: dpop-negative-tests: none, another signature, two proofs, another key', async () => {
    const client = await open();
    const { access_token } = await client.tokens();
    const payload = { htm: 'GET', htu: `${ISSUER}/userinfo` };
    const proof = (): Promise<string> =>
      proofFor(client.op, client.proofKey, { accessToken: access_token, payload });
    const good = await proof();
    const unsigned = jws(
      { typ: 'dpop+jwt', alg: 'none', jwk: client.proofKey.jwk },
      claimsOf(good),
    );
    const tampered = `${good.slice(0, -4)}AAAA`;
    for (const dpop of [unsigned, tampered, `${await proof()}, ${await proof()}`]) {
      const headers = { authorization: `DPoP ${access_token}`, dpop };
      await assertRefused(
        await client.op.fetch('/userinfo', { headers }),
        'invalid_dpop_proof',
        401,
      );
    }
    const proofKey = await newProofKey();
    await assertRefused(await client.userinfo(access_token, { proofKey }), 'invalid_token', 401);
  });

  it('T055: dpop-negative-tests: a proof is good once', async () => {
    const client = await open();
    const { access_token } = await client.tokens();
    const proof = { payload: { jti: 'once' } };
    assertEquals((await client.userinfo(access_token, { proof })).status, 200);
    await assertRefused(await client.userinfo(access_token, { proof }), 'invalid_dpop_proof', 401);
  });

  it('dpop-negative-tests: query and fragment of htu, and further members, are no matter', async () => {
    const client = await open();
    const { access_token } = await client.tokens();
    for (
      const proof of [
        { payload: { htu: `${ISSUER}/userinfo?a=b#c` } },
        { payload: { more: true }, header: { more: true } },
      ]
    ) assertEquals((await client.userinfo(access_token, { proof })).status, 200);
  });

  it('T058: with nonces, a proof without one is answered with one, and then accepted', async () => {
    const client = await open({ dpop_nonce: 'required' });
    const form = { grant_type: 'client_credentials' };
    const refused = await client.token(form);
    const nonce = refused.headers.get('dpop-nonce');
    await assertRefused(refused, 'use_dpop_nonce');
    assertEquals((await client.token(form, { proof: { payload: { nonce } } })).status, 200);
  });

  it('T059: a token that is bound to a certificate needs just that one', async () => {
    const op = await openFapi();
    const client = await fapiClient(op, { client_id: 'bound', isBoundToCertificate: true });
    const { access_token } = await client.tokens();
    const other = { 'client-cert': `:${btoa('another certificate')}:` };
    assertEquals((await client.userinfo(access_token)).status, 200);
    await assertRefused(
      await client.userinfo(access_token, { headers: other }),
      'invalid_token',
      401,
    );
  });
});
