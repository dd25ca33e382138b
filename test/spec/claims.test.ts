import { describe, it } from 'node:test';
import { createOutbound } from '../../src/net/outbound.ts';
import { assertEquals, assertFalse, assertNotEquals } from '../support/assert.ts';
import {
  ALICE,
  answerOf,
  authorizationUrl,
  claimsOf,
  obtainTokens,
  refresh,
  type Tokens,
  tokensOf,
  userinfo,
} from '../support/flow.ts';
import { basic, CLIENT, type Op, openOp } from '../support/op.ts';

const SCOPE = 'openid email groups work offline_access';

const APP = {
  ...CLIENT,
  scope: SCOPE,
  claims_policy: 'trusted',
  access_token_format: 'jwt',
} as const;

const CONFIG = {
  clients: [APP],
  scopes: { work: { claims: ['is_admin', 'grade'] } },
  claims_policies: {
    trusted: {
      id_token: ['email', 'is_admin'],
      access_token: ['groups', 'grade'],
      custom_claims: { is_admin: { attribute: 'admin' }, grade: { attribute: 'level' } },
    },
  },
  definitions: {
    user_attributes: {
      admin: { expression: '"admins" in groups' },
      level: { value_type: 'integer' },
    },
  },
};

async function openTrusting(
  client: Readonly<Record<string, unknown>> = {},
): Promise<Op> {
  const op = await openOp({ config: { ...CONFIG, clients: [{ ...APP, ...client }] } });
  await change(op, { attributes: { level: '7' } });
  return op;
}

async function change(
  op: Op,
  patch: { readonly groups?: readonly string[]; readonly attributes?: Record<string, unknown> },
): Promise<void> {
  const user = await op.instance.directory.findByUsername('alice');
  await op.instance.directory.update(user?.id ?? '', patch);
}

/** Of the claims looked for, those that are there. */
function only(
  claims: Readonly<Record<string, unknown>>,
  ...names: readonly string[]
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => names.includes(name)));
}

const NAMES = ['email', 'email_verified', 'groups', 'is_admin', 'grade', 'department'];

async function everywhere(op: Op, { id_token, access_token }: Tokens) {
  const told = await (await userinfo(op, access_token)).json() as Record<string, unknown>;
  return {
    id_token: only(claimsOf(id_token), ...NAMES),
    access_token: only(claimsOf(access_token), ...NAMES),
    userinfo: only(told, ...NAMES),
  };
}

describe('claims policies', () => {
  it('Core §5.4, RFC 9068 §2.2.2: claims go where scopes and the policy send them', async () => {
    const op = await openTrusting();
    assertEquals(await everywhere(op, await obtainTokens(op, { scope: SCOPE })), {
      id_token: { email: 'alice@alice.example', is_admin: true },
      access_token: { groups: ['staff', 'admins'], grade: 7 },
      userinfo: {
        email: 'alice@alice.example',
        email_verified: true,
        groups: ['staff', 'admins'],
        is_admin: true,
        grade: 7,
      },
    });
    await op.close();
  });

  it('what was not granted goes nowhere, whatever the policy says', async () => {
    const op = await openTrusting();
    assertEquals(await everywhere(op, await obtainTokens(op, { scope: 'openid' })), {
      id_token: {},
      access_token: {},
      userinfo: {},
    });
    await op.close();
  });

  it('RFC 6749 §6: an access token of a narrower scope tells less', async () => {
    const op = await openTrusting();
    const { refresh_token } = await obtainTokens(op, { scope: SCOPE, prompt: 'consent' });
    const narrow = await tokensOf(await refresh(op, refresh_token, { scope: 'openid work' }));
    const { access_token, userinfo } = await everywhere(op, narrow);
    assertEquals(access_token, { grade: 7 });
    assertEquals(userinfo, { is_admin: true, grade: 7 });
    await op.close();
  });

  it('what is computed is of the person as they are now', async () => {
    const op = await openTrusting();
    const { access_token, refresh_token } = await obtainTokens(op, {
      scope: SCOPE,
      prompt: 'consent',
    });
    await change(op, { groups: ['staff'], attributes: { level: null } });
    const told = await (await userinfo(op, access_token)).json() as Record<string, unknown>;
    assertEquals(only(told, 'is_admin', 'grade'), { is_admin: false });
    const renewed = await tokensOf(await refresh(op, refresh_token));
    assertEquals(only(claimsOf(renewed.id_token), 'is_admin'), { is_admin: false });
    await op.close();
  });

  it('claims_in_id_token puts what scopes release into the ID token, too', async () => {
    const op = await openTrusting({ claims_policy: undefined, claims_in_id_token: true });
    const { id_token, access_token } = await everywhere(
      op,
      await obtainTokens(op, { scope: 'openid email groups' }),
    );
    assertEquals(id_token, {
      email: 'alice@alice.example',
      email_verified: true,
      groups: ['staff', 'admins'],
    });
    assertEquals(access_token, {});
    await op.close();
  });

  it('Core §5.5: the claims parameter reaches custom claims of the client’s policy, and no attribute beside', async () => {
    const op = await openTrusting();
    const claims = JSON.stringify({
      userinfo: { grade: null, department: null, admin: null, level: null },
      id_token: { is_admin: { essential: true }, department: null },
    });
    const tokens = await obtainTokens(op, { scope: 'openid', claims });
    assertEquals(await everywhere(op, tokens), {
      id_token: { is_admin: true },
      access_token: { grade: 7 },
      userinfo: { grade: 7 },
    });
    await op.close();
  });

  it('claims of the protocol stay the protocol’s', async () => {
    const op = await openTrusting();
    const claims = JSON.stringify({
      id_token: { sub: null, iss: null, aud: null, acr: null, amr: null },
    });
    const { id_token } = await obtainTokens(op, { scope: 'openid work', claims });
    const told = claimsOf(id_token);
    assertEquals([told['iss'], told['aud'], told['acr']], [
      'https://op.example',
      'app',
      'one_factor',
    ]);
    await op.close();
  });
});

describe('Core §5.2: languages', () => {
  it('claims_locales brings the members that the person has in them', async () => {
    const op = await openOp();
    const user = await op.instance.directory.findByUsername('alice');
    await op.instance.directory.update(user?.id ?? '', {
      claims: { 'family_name#ja': '佐藤', 'family_name#fr': 'Exemple' },
    });
    const told = async (changes: Readonly<Record<string, string>>) => {
      const { access_token } = await obtainTokens(op, { scope: 'openid profile', ...changes });
      const claims = await (await userinfo(op, access_token)).json() as Record<string, unknown>;
      return Object.keys(claims).filter((name) => name.startsWith('family_name'));
    };
    assertEquals(await told({}), ['family_name']);
    assertEquals(await told({ claims_locales: 'ja-JP de' }), ['family_name', 'family_name#ja']);
    const claims = '{"userinfo":{"family_name#fr":null,"family_name#de":null}}';
    assertEquals(await told({ scope: 'openid', claims }), ['family_name#fr']);
    await op.close();
  });
});

const PAIRWISE = { ...CLIENT, subject_type: 'pairwise' } as const;

/** Alice's sub at a client, by whole flows. */
async function subAt(op: Op, client: typeof PAIRWISE | typeof CLIENT): Promise<unknown> {
  const { client_id, redirect_uris: [redirect_uri] } = client;
  const page = await op.browser().authorize(
    authorizationUrl({ client_id, redirect_uri }),
    ALICE,
  );
  const { code = '' } = answerOf(page);
  const form = { grant_type: 'authorization_code', code, redirect_uri };
  const tokens = await tokensOf(await op.post('/token', form, basic(client_id)));
  const { sub } = claimsOf(tokens.id_token);
  const told = await (await userinfo(op, tokens.access_token)).json() as { sub: string };
  assertEquals(told.sub, sub);
  const introspected = await op.post(
    '/introspect',
    { token: tokens.access_token },
    basic(client_id),
  );
  assertEquals((await introspected.json() as { sub: string }).sub, sub);
  return sub;
}

describe('Core §8: pairwise subject identifiers', () => {
  it('are shared by clients of a sector, and tell others nothing', async () => {
    const host = (client_id: string, name: string) =>
      ({
        ...PAIRWISE,
        client_id,
        redirect_uris: [`https://${name}/cb`],
      }) as unknown as typeof PAIRWISE;
    const listed = {
      ...host('listed', 'c.example'),
      sector_identifier_uri: 'https://a.example/sector.json',
    };
    const clients = [
      host('one', 'a.example'),
      host('two', 'a.example'),
      host('far', 'b.example'),
      listed,
      CLIENT,
    ];
    const outbound = createOutbound({ now: () => 0, resolve: () => Promise.resolve([]) });
    const op = await openOp({ config: { clients }, outbound });
    const subs: unknown[] = [];
    for (const client of clients) subs.push(await subAt(op, client));
    const [one, two, far, byUri, open] = subs;
    assertEquals([two, byUri], [one, one]);
    assertEquals(new Set([one, far, open]).size, 3);
    await op.close();
  });

  it('Core §3.1.2.1: a hint or a claim names the person by the client’s own sub alone', async () => {
    const other = { ...PAIRWISE, client_id: 'other', redirect_uris: ['https://o.example/cb'] };
    const op = await openOp({ config: { clients: [PAIRWISE, other] } });
    const browser = op.browser();
    const { id_token } = await obtainTokens(op, {}, browser);
    const { sub } = claimsOf(id_token);
    const ofOther = await subAt(op, other as unknown as typeof PAIRWISE);
    assertNotEquals(ofOther, sub);
    const asking = (value: unknown) =>
      authorizationUrl({
        prompt: 'none',
        claims: JSON.stringify({ id_token: { sub: { value } } }),
      });
    assertEquals('code' in answerOf(await browser.get(asking(sub))), true);
    assertEquals(answerOf(await browser.get(asking(ofOther)))['error'], 'login_required');
    const hinted = authorizationUrl({ prompt: 'none', id_token_hint: id_token });
    assertEquals('code' in answerOf(await browser.get(hinted)), true);
    await op.close();
  });

  it('stay when the client is refreshed, and hold no name of the person', async () => {
    const op = await openOp({ config: { clients: [PAIRWISE] } });
    const tokens = await obtainTokens(op, {
      scope: 'openid offline_access',
      prompt: 'consent',
    });
    const { sub } = claimsOf(tokens.id_token);
    const renewed = await tokensOf(await refresh(op, tokens.refresh_token));
    assertEquals(claimsOf(renewed.id_token)['sub'], sub);
    const user = await op.instance.directory.findByUsername('alice');
    assertNotEquals(sub, user?.id);
    assertFalse(String(sub).includes('alice'));
    await op.close();
  });

  it('Discovery 1.0 §3: both kinds are advertised', async () => {
    const op = await openOp();
    const response = await op.fetch('/.well-known/openid-configuration');
    const { subject_types_supported } = await response.json() as Record<string, unknown>;
    assertEquals(subject_types_supported, ['public', 'pairwise']);
    await op.close();
  });
});
