/** FAPI 2.0 Security Profile (final) §5.3.4, §5.4: our UserInfo as a resource server, keys, algorithms and secrets. */
import { decodeProtectedHeader } from 'jose';
import { describe, it } from 'node:test';
import { assert, assertEquals } from '../support/assert.ts';
import { jws, newProofKey, type ProofChanges, proofFor } from '../support/dpop.ts';
import {
  ASSERTION_TYPE,
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
    const foreign = { key: OTHER_KEY };
    for (
      const making of [
        { ...foreign, header: { jwk: OTHER_KEY.jwk } },
        { ...foreign, header: { jku: 'https://evil.example/jwks' } },
        { header: { crit: ['b64'], b64: true } },
      ]
    ) await assertRefused(await client.push({}, { making }), 'invalid_client', 401);
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
    await assertRefused(await client.userinfo(access_token, { headers }), 'invalid_token', 401);
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
      client_assertion_type: ASSERTION_TYPE,
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
