/**
 * What the OpenID Foundation's conformance suite expects in the Implicit, the Hybrid and the Form Post profiles, module by
 * module (conformance.md §2.3 to §2.5); what does not differ from the Basic profile stands in certification.test.ts.
 */
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { assert, assertEquals, assertFalse } from '../support/assert.ts';
import { type Browser, has, textOf } from '../support/browser.ts';
import { ALICE, claimsOf, REDIRECT_URI, type Tokens } from '../support/flow.ts';
import { type Changes, HYBRID_CLIENT, readResponse, requestUrl } from '../support/front_channel.ts';
import { basic, ISSUER, type Op, openOp, PROFILE_CLAIMS } from '../support/op.ts';

const SECOND = { ...HYBRID_CLIENT, client_id: 'second' };

interface Run {
  readonly op: Op;
  readonly browser: Browser;
  authorize(changes?: Changes): Promise<Readonly<Record<string, string>>>;
  /** To whatever comes first: a page of ours, or the response. */
  start(changes?: Changes): ReturnType<Browser['get']>;
  read(page: Awaited<ReturnType<Browser['get']>>): Readonly<Record<string, string>>;
  verified(id_token: string | undefined): Promise<JWTPayload>;
  redeem(code: string | undefined, client?: string): Promise<Response>;
  userinfo(access_token: string | undefined): Promise<Record<string, unknown>>;
}

async function openRun(response_type: string, mode: string | undefined): Promise<Run> {
  const op = await openOp({ config: { clients: [HYBRID_CLIENT, SECOND] } });
  const browser = op.browser();
  const url = (changes: Changes): string =>
    requestUrl({ response_type, response_mode: mode, ...changes });
  const run: Run = {
    op,
    browser,
    start: (changes = {}) => browser.get(url(changes)),
    async authorize(changes = {}) {
      return run.read(await browser.authorize(url(changes), ALICE));
    },
    read(page) {
      const { place, fields } = readResponse(page);
      assertEquals(place, mode ?? 'fragment', page.text.slice(0, 300));
      if (place === 'fragment') assertEquals(page.url.search, '');
      assertEquals(fields['iss'], ISSUER);
      if ('error' in fields) {
        for (const name of ['code', 'id_token', 'access_token']) assertFalse(name in fields);
      }
      return fields;
    },
    async verified(id_token = '') {
      const jwks = await (await op.fetch('/jwks')).json() as JSONWebKeySet;
      const { payload, protectedHeader } = await jwtVerify(id_token, createLocalJWKSet(jwks), {
        issuer: ISSUER,
        audience: 'hybrid',
        currentDate: new Date(op.clock.now * 1000),
      });
      assertEquals(protectedHeader.alg, 'RS256');
      assert((protectedHeader.kid ?? '') !== '');
      return payload;
    },
    redeem: (code, client = 'hybrid') =>
      op.post('/token', {
        grant_type: 'authorization_code',
        code,
        redirect_uri: REDIRECT_URI,
      }, basic(client)),
    async userinfo(access_token) {
      const headers = { authorization: `Bearer ${access_token}` };
      const response = await op.fetch('/userinfo', { headers });
      assertEquals(response.status, 200);
      return await response.json() as Record<string, unknown>;
    },
  };
  return run;
}

function halfHash(text: string | undefined): string {
  return createHash('sha256').update(text ?? '').digest().subarray(0, 16).toString('base64url');
}

const SCOPE_CLAIMS: Readonly<Record<string, readonly string[]>> = {
  profile: PROFILE_CLAIMS,
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
};

const PROFILES = [
  ['implicit, §2.3', ['id_token', 'id_token token']],
  ['hybrid, §2.4', ['code id_token', 'code token', 'code id_token token']],
] as const;

for (const [profile, response_types] of PROFILES) {
  for (const response_type of response_types) {
    for (const mode of [undefined, 'form_post']) {
      const parts = response_type.split(' ');
      const hasCode = parts.includes('code');
      const hasToken = parts.includes('token');
      const hasIdToken = parts.includes('id_token');
      const open = (): Promise<Run> => openRun(response_type, mode);
      /** An access token from wherever the flow yields one. */
      const accessToken = async (
        run: Run,
        response: Readonly<Record<string, string>>,
      ): Promise<string | undefined> =>
        response['access_token'] ??
          (await (await run.redeem(response['code'])).json() as Tokens).access_token;

      describe(`certification ${profile}: ${response_type}${mode ? ', form_post (§2.5)' : ''}`, () => {
        it('oidcc-server: tokens, hashes, nonce and state as they must be', async () => {
          const run = await open();
          const response = await run.authorize();
          assertEquals(response['state'], 'AbCdE12345');
          if (hasToken) assertEquals(response['token_type'], 'Bearer');
          if (hasIdToken) {
            const claims = await run.verified(response['id_token']);
            assertEquals(claims['nonce'], 'nOnCe-1234');
            assertEquals(
              claims['at_hash'],
              hasToken ? halfHash(response['access_token']) : undefined,
            );
            assertEquals(claims['c_hash'], hasCode ? halfHash(response['code']) : undefined);
          }
          if (!hasCode) return;
          const redeemed = await run.redeem(response['code']);
          assertEquals(redeemed.status, 200);
          const tokens = await redeemed.json() as Tokens;
          const back = await run.verified(tokens.id_token);
          if (!hasIdToken) return;
          const front = claimsOf(response['id_token'] ?? '');
          assertEquals([back.iss, back.sub], [front['iss'], front['sub']]);
        });

        it('oidcc-response-type-missing: refused, or a page', async () => {
          const page = await (await open()).start({ response_type: undefined });
          const { fields } = readResponse(page);
          assertEquals(fields['error'], 'invalid_request');
        });

        it('oidcc-ensure-request-without-nonce: fails exactly where an ID token comes from here', async () => {
          const run = await open();
          const response = hasIdToken
            ? run.read(await run.start({ nonce: undefined }))
            : await run.authorize({ nonce: undefined });
          assertEquals(response['error'], hasIdToken ? 'invalid_request' : undefined);
        });

        for (const scope of Object.keys(SCOPE_CLAIMS)) {
          it(`oidcc-scope-${scope}: every claim, from UserInfo or the ID token`, async () => {
            const run = await open();
            const response = await run.authorize({ scope: `openid ${scope}` });
            const claims = response_type === 'id_token'
              ? claimsOf(response['id_token'] ?? '')
              : await run.userinfo(await accessToken(run, response));
            for (const name of SCOPE_CLAIMS[scope] ?? []) assert(name in claims, name);
          });
        }

        it('oidcc-claims-essential: name where it was asked for, and nowhere else', async () => {
          const run = await open();
          const place = response_type === 'id_token' ? 'id_token' : 'userinfo';
          const response = await run.authorize({
            claims: JSON.stringify({ [place]: { name: { essential: true } } }),
          });
          const inIdToken = hasIdToken && 'name' in claimsOf(response['id_token'] ?? '');
          assertEquals(inIdToken, place === 'id_token');
          if (place === 'id_token') return;
          const claims = await run.userinfo(await accessToken(run, response));
          assertEquals(claims['name'], 'Alice Example');
        });

        it('oidcc-prompt-login, -max-age-1: the form again, a later auth_time', async () => {
          const run = await open();
          await run.authorize();
          for (const changes of [{ prompt: 'login' }, { max_age: '1' }]) {
            run.op.clock.now += 2;
            assert(has(await run.start(changes), 'password'));
            const response = await run.authorize(changes);
            if (!hasIdToken) continue;
            const { auth_time } = claimsOf(response['id_token'] ?? '');
            assertEquals(auth_time, Math.floor(run.op.clock.now));
          }
        });

        it('oidcc-prompt-none-not-logged-in: login_required, by the response', async () => {
          const run = await open();
          const state = 'Ab3-._~'.repeat(19).slice(0, 128);
          const response = run.read(await run.start({ prompt: 'none', state }));
          assertEquals([response['error'], response['state']], ['login_required', state]);
        });

        it('oidcc-prompt-none-logged-in, -id-token-hint: at once, the same person', async () => {
          const run = await open();
          const first = await run.authorize();
          run.op.clock.now += 5;
          const hint = hasIdToken ? { id_token_hint: first['id_token'] } : {};
          const second = run.read(await run.start({ prompt: 'none', ...hint }));
          assertFalse('error' in second, JSON.stringify(second));
          if (!hasIdToken) return;
          const [before, after] = [first, second].map((each) => claimsOf(each['id_token'] ?? ''));
          assertEquals([after?.['sub'], after?.['auth_time']], [
            before?.['sub'],
            before?.['auth_time'],
          ]);
        });

        it('oidcc-max-age-10000: one sign-in', async () => {
          const run = await open();
          await run.authorize({ max_age: '15000' });
          run.op.clock.now += 5;
          assertFalse('error' in run.read(await run.start({ max_age: '10000' })));
        });

        it('oidcc-ensure-request-with-unknown-parameter, -display, -login-hint, -ui-locales, -acr-values', async () => {
          const run = await open();
          for (
            const changes of [
              { extra: 'foobar' },
              { display: 'page' },
              { display: 'popup' },
              { login_hint: 'buffy@op.example' },
              { ui_locales: 'se' },
              { claims_locales: 'se' },
              { acr_values: '1 2 one_factor' },
            ]
          ) assertFalse('error' in await run.authorize(changes), JSON.stringify(changes));
        });

        it('oidcc-ensure-registered-redirect-uri: a page, never a redirect', async () => {
          const page = await (await open()).start({ redirect_uri: `${REDIRECT_URI}/extra` });
          assertEquals([page.status, textOf(page, 'error')], [400, 'invalid_request']);
        });

        it('oidcc-ensure-post-request-succeeds', async () => {
          const run = await open();
          await run.authorize();
          const url = new URL(requestUrl({ response_type, response_mode: mode }), ISSUER);
          const page = await run.browser.post('/authorize', url.searchParams);
          assertFalse('error' in run.read(page));
        });

        if (hasCode) {
          it('oidcc-codereuse, -30seconds: invalid_grant, and the tokens of the first use end', async () => {
            const run = await open();
            const response = await run.authorize();
            const tokens = await (await run.redeem(response['code'])).json() as Tokens;
            run.op.clock.now += 30;
            const again = await run.redeem(response['code']);
            assertEquals([again.status, (await again.json() as { error: string }).error], [
              400,
              'invalid_grant',
            ]);
            for (const token of [tokens.access_token, response['access_token']]) {
              if (token === undefined) continue;
              const headers = { authorization: `Bearer ${token}` };
              assertEquals((await run.op.fetch('/userinfo', { headers })).status, 401);
            }
          });

          it('oidcc-refresh-token: Core §12, and only of its own client', async () => {
            const run = await open();
            const response = await run.authorize({
              scope: 'openid offline_access',
              prompt: 'consent',
            });
            const first = await (await run.redeem(response['code'])).json() as Tokens;
            run.op.clock.now += 2;
            const form = { grant_type: 'refresh_token', refresh_token: first.refresh_token };
            const stolen = await run.op.post('/token', form, basic('second'));
            assertEquals((await stolen.json() as { error: string }).error, 'invalid_grant');
            const refreshed = await run.op.post('/token', form, basic('hybrid'));
            assertEquals(refreshed.status, 200);
            const { id_token } = await refreshed.json() as Tokens;
            assertEquals(claimsOf(id_token)['sub'], claimsOf(first.id_token)['sub']);
          });
        }
      });
    }
  }
}
