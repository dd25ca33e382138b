/** Authorization policies at the endpoints: whoever loses what a policy asks for is out at the next request. */
import { describe, it } from 'node:test';
import { addClient, updateClient } from '../../src/engine/administration/clients.ts';
import type { Outcome } from '../../src/engine/administration/outcome.ts';
import { requireConfig } from '../../src/config/parse.ts';
import { clients, grants } from '../../src/store/collections.ts';
import type { GrantRecord } from '../../src/store/records.ts';
import { assert, assertEquals, assertStringIncludes } from '../support/assert.ts';
import { type Browser, openBrowser } from '../support/browser.ts';
import { approve, obtainDeviceCodes, poll, TV } from '../support/device.ts';
import {
  ALICE,
  answerOf,
  assertRefused,
  authorizationUrl,
  isActive,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  tokenRequest,
  tokensOf,
  userinfo,
} from '../support/flow.ts';
import { basic, CLI, CLIENT, CLIENT_SECRET, ISSUER, type Op, openOp } from '../support/op.ts';

const MACHINE = {
  client_id: 'machine',
  client_secret: `$plaintext$${CLIENT_SECRET}`,
  grant_types: ['client_credentials'],
  scope: 'read',
};

const POLICIES = {
  staff: { default_policy: 'deny', rules: [{ policy: 'one_factor', subject: 'group:staff' }] },
  sure: { default_policy: 'one_factor', rules: [{ policy: 'two_factor', subject: 'user:alice' }] },
  inside: { default_policy: 'deny', rules: [{ policy: 'one_factor', networks: 'office' }] },
};

const OFFICE = { networks: { office: ['203.0.113.0/24'] } };

interface Changes {
  readonly policy?: string;
  readonly machine?: string;
  readonly policies?: Readonly<Record<string, unknown>>;
  readonly networks?: Readonly<Record<string, unknown>>;
  readonly trusted_proxies?: readonly string[];
}

function configOf(changes: Changes) {
  const { policy = 'staff', machine = 'one_factor', policies = {}, networks = {} } = changes;
  return {
    clients: [
      { ...CLIENT, authorization_policy: policy },
      { ...TV, authorization_policy: policy },
      { ...MACHINE, authorization_policy: machine },
    ],
    resources: [{ resource: 'https://api.example/', scope: 'read' }],
    authorization_policies: { ...POLICIES, ...policies },
    definitions: { networks: { ...OFFICE.networks, ...networks } },
    trusted_proxies: changes.trusted_proxies ?? [],
  };
}

async function withOp(changes: Changes, work: (op: Op) => Promise<void>): Promise<void> {
  const op = await openOp({ config: configOf(changes) });
  try {
    await work(op);
  } finally {
    await op.close();
  }
}

/** The configuration changes while the server runs. */
async function reload(op: Op, changes: Changes): Promise<void> {
  const config = { issuer: ISSUER, storage: { engine: 'memory' }, ...configOf(changes) };
  await op.instance.reload(requireConfig(config));
}

async function setGroups(op: Op, ...groups: readonly string[]): Promise<void> {
  const alice = await op.instance.directory.findByUsername('alice');
  const outcome = await op.instance.directory.update(alice?.id ?? '', { groups });
  assertEquals(outcome.kind, 'updated');
}

async function grantsOf(op: Op): Promise<readonly GrantRecord[]> {
  const found: GrantRecord[] = [];
  for await (const { value } of grants.list(op.store, [ISSUER])) found.push(value);
  return found;
}

function browserAt(op: Op, peer: string, headers: Readonly<Record<string, string>> = {}): Browser {
  return openBrowser((request) => {
    for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
    return op.fetch(request, { peer });
  }, ISSUER);
}

/** What the client is told when somebody signs in there. */
async function authorizeAt(
  op: Op,
  peer: string,
  headers?: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  return answerOf(await browserAt(op, peer, headers).authorize(authorizationUrl(), ALICE));
}

function ownToken(op: Op): Promise<Response> {
  return tokenRequest(
    op,
    { grant_type: 'client_credentials', scope: 'read' },
    basic(MACHINE.client_id),
  );
}

async function isOwnActive(op: Op, token: string): Promise<boolean> {
  const response = await op.post('/introspect', { token }, basic(MACHINE.client_id));
  return (await response.json() as { active: boolean }).active;
}

describe('a person who is taken out of a group', () => {
  it('is out at the very next UserInfo request, and in again once put back', () =>
    withOp({}, async (op) => {
      const { access_token } = await obtainTokens(op);
      assertEquals((await userinfo(op, access_token)).status, 200);
      await setGroups(op, 'admins');
      const response = await userinfo(op, access_token);
      assertEquals(response.status, 401);
      assertStringIncludes(response.headers.get('www-authenticate') ?? '', 'invalid_token');
      await setGroups(op, 'staff');
      assertEquals((await userinfo(op, access_token)).status, 200);
    }));

  it('has no active tokens any more: introspection of access and refresh tokens', () =>
    withOp({}, async (op) => {
      const { access_token, refresh_token } = await obtainTokens(op);
      await setGroups(op);
      assertEquals(
        [await isActive(op, access_token), await isActive(op, refresh_token)],
        [false, false],
      );
      await setGroups(op, 'staff');
      assertEquals(
        [await isActive(op, access_token), await isActive(op, refresh_token)],
        [true, true],
      );
    }));

  it('refreshes nothing, not even for offline access; the same token works once put back', () =>
    withOp({}, async (op) => {
      const scope = 'openid offline_access';
      const { refresh_token } = await obtainTokens(op, { scope, prompt: 'consent' });
      await setGroups(op);
      await assertRefused(await refresh(op, refresh_token), 'invalid_grant');
      assertEquals((await grantsOf(op)).length, 1);
      await setGroups(op, 'staff');
      const { access_token } = await tokensOf(await refresh(op, refresh_token));
      assertEquals((await userinfo(op, access_token)).status, 200);
    }));

  it('gets no tokens for a code; the code is not used up, and lives as long as it would', () =>
    withOp({}, async (op) => {
      const code = await obtainCode(op);
      await setGroups(op);
      await assertRefused(await redeem(op, code), 'invalid_grant');
      assertEquals(await grantsOf(op), []);
      await setGroups(op, 'staff');
      await tokensOf(await redeem(op, code));
      const late = await obtainCode(op);
      await setGroups(op);
      await assertRefused(await redeem(op, late), 'invalid_grant');
      await setGroups(op, 'staff');
      op.clock.now += 61;
      await assertRefused(await redeem(op, late), 'invalid_grant');
    }));

  it('gets no tokens on a device that was approved before', () =>
    withOp({}, async (op) => {
      const { device_code, user_code } = await obtainDeviceCodes(op, { scope: 'openid' });
      await approve(op, user_code);
      await setGroups(op);
      await assertRefused(await poll(op, device_code), 'invalid_grant');
      assertEquals(await grantsOf(op), []);
      await setGroups(op, 'staff');
      await tokensOf(await poll(op, device_code));
    }));

  it('keeps what clients of other policies have', () =>
    withOp({}, async (op) => {
      const { refresh_token } = await obtainTokens(op);
      const { device_code, user_code } = await obtainDeviceCodes(op, { scope: 'openid' });
      await approve(op, user_code);
      await reload(op, { policy: 'one_factor' });
      await setGroups(op);
      await tokensOf(await refresh(op, refresh_token));
      await tokensOf(await poll(op, device_code));
    }));

  it('is refused when the authorization is decided, too, and stays signed in', () =>
    withOp({}, async (op) => {
      await setGroups(op);
      const browser = op.browser();
      const { code, error, state } = answerOf(await browser.authorize(authorizationUrl(), ALICE));
      assertEquals([code, error, state], [undefined, 'access_denied', 'xyz']);
      await setGroups(op, 'staff');
      const again = await browser.get(authorizationUrl());
      assert(!again.text.includes('id="password"'), again.text);
    }));
});

describe('a policy that comes to ask for more', () => {
  it('two factors end what one factor began; it goes on when the policy goes back', () =>
    withOp({ policy: 'one_factor' }, async (op) => {
      const { access_token, refresh_token } = await obtainTokens(op);
      const code = await obtainCode(op);
      await reload(op, { policy: 'two_factor' });
      assertEquals((await userinfo(op, access_token)).status, 401);
      assertEquals(await isActive(op, refresh_token), false);
      await assertRefused(await refresh(op, refresh_token), 'invalid_grant');
      await assertRefused(await redeem(op, code), 'invalid_grant');
      await reload(op, { policy: 'one_factor' });
      await tokensOf(await refresh(op, refresh_token));
      await tokensOf(await redeem(op, code));
    }));

  it('two factors of one person end that person’s grants', () =>
    withOp({ policy: 'one_factor' }, async (op) => {
      const { access_token } = await obtainTokens(op);
      await reload(op, { policy: 'sure' });
      assertEquals(await isActive(op, access_token), false);
      const policies = {
        sure: {
          default_policy: 'one_factor',
          rules: [{ policy: 'two_factor', subject: 'user:bob' }],
        },
      };
      await reload(op, { policy: 'sure', policies });
      assertEquals(await isActive(op, access_token), true);
    }));

  it('a grant that began with two factors goes on', () =>
    withOp({ policy: 'one_factor' }, async (op) => {
      const { access_token } = await obtainTokens(op);
      const [grant] = await grantsOf(op);
      assert(grant !== undefined);
      const authentication = { ...grant.authentication, acr: 'two_factor' };
      const sure = { ...grant, authentication };
      await op.store.commit({ put: [grants.put([ISSUER, grant.id], sure, grant.expires_at)] });
      await reload(op, { policy: 'two_factor' });
      assertEquals((await userinfo(op, access_token)).status, 200);
      await reload(op, { policy: 'deny' });
      assertEquals((await userinfo(op, access_token)).status, 401);
    }));
});

describe('a policy that looks at networks', () => {
  it('decides by where the person is, and later requests may come from anywhere', () =>
    withOp({ policy: 'inside' }, async (op) => {
      assertEquals((await authorizeAt(op, '198.51.100.7'))['error'], 'access_denied');
      const tokens = await tokensOf(await redeem(op, await obtainCode(op)));
      assertEquals((await grantsOf(op)).map(({ address }) => address), ['203.0.113.7']);
      const elsewhere = await op.fetch('/userinfo', {
        peer: '198.51.100.7',
        headers: { authorization: `Bearer ${tokens.access_token}` },
      });
      assertEquals(elsewhere.status, 200);
      await tokensOf(await refresh(op, tokens.refresh_token));
      assertEquals((await grantsOf(op)).map(({ address }) => address), ['203.0.113.7']);
    }));

  it('ends a grant from a network that no longer counts', () =>
    withOp({ policy: 'inside' }, async (op) => {
      const { access_token } = await obtainTokens(op);
      await reload(op, { policy: 'inside', networks: { office: ['192.0.2.0/24'] } });
      assertEquals(await isActive(op, access_token), false);
      await reload(op, { policy: 'inside' });
      assertEquals(await isActive(op, access_token), true);
    }));

  it('knows no address of a grant from before, and so lets it match no network', () =>
    withOp({ policy: 'staff' }, async (op) => {
      const { access_token } = await obtainTokens(op);
      assertEquals((await grantsOf(op)).map((grant) => 'address' in grant), [false]);
      await reload(op, { policy: 'inside' });
      assertEquals(await isActive(op, access_token), false);
    }));

  it('T119: takes no address from a header of whoever sends it', () =>
    withOp({ policy: 'inside' }, async (op) => {
      const headers = [
        ['x-forwarded-for', '203.0.113.7'],
        ['forwarded', 'for=203.0.113.7'],
        ['x-real-ip', '203.0.113.7'],
      ] as const;
      for (const [name, value] of headers) {
        const answer = await authorizeAt(op, '198.51.100.7', { [name]: value });
        assertEquals(answer['error'], 'access_denied');
      }
    }));

  it('T119: takes the nearest untrusted address that a trusted proxy names', () =>
    withOp({ policy: 'inside', trusted_proxies: ['198.51.100.7'] }, async (op) => {
      const forwarded = (chain: string) =>
        authorizeAt(op, '198.51.100.7', { 'x-forwarded-for': chain });
      assertEquals((await forwarded('203.0.113.9'))['error'], undefined);
      assertEquals((await forwarded('203.0.113.9, 192.0.2.1'))['error'], 'access_denied');
      assertEquals((await forwarded('192.0.2.1, 203.0.113.9'))['error'], undefined);
    }));

  it('holds on devices as well: the address of whoever approved counts', () =>
    withOp({ policy: 'inside' }, async (op) => {
      const { device_code, user_code } = await obtainDeviceCodes(op, { scope: 'openid' });
      await approve(op, user_code);
      await tokensOf(await poll(op, device_code));
      assertEquals((await grantsOf(op)).map(({ address }) => address), ['203.0.113.7']);
    }));
});

describe('a policy that names clients', () => {
  const policies = {
    machines: {
      default_policy: 'deny',
      rules: [{ policy: 'two_factor', subject: ['client:machine', 'group:staff'] }],
    },
    others: {
      default_policy: 'deny',
      rules: [{ policy: 'one_factor', subject: 'client:other' }],
    },
    banned: {
      default_policy: 'one_factor',
      rules: [{ policy: 'deny', subject: ['client:machine', 'user:alice'] }],
    },
    lenient: {
      default_policy: 'two_factor',
      rules: [{ policy: 'deny', subject: 'client:other' }],
    },
  };

  it('RFC 6749 §4.4: lets a client act for itself that matches a rule', () =>
    withOp({ machine: 'machines', policies }, async (op) => {
      await tokensOf(await ownToken(op));
    }));

  it('RFC 6749 §5.2: refuses a client that it denies, or does not name', () =>
    withOp({ machine: 'others', policies }, async (op) => {
      for (const machine of ['others', 'banned']) {
        await reload(op, { machine, policies });
        const body = await assertRefused(await ownToken(op), 'unauthorized_client');
        assertEquals(body['error_description'], 'the policy denies this client');
      }
    }));

  it('allows what is neither named nor denied by default', () =>
    withOp({ machine: 'lenient', policies }, async (op) => {
      await tokensOf(await ownToken(op));
    }));

  it('RFC 7662 §2.2: ends tokens a client has already', () =>
    withOp({ machine: 'machines', policies }, async (op) => {
      const { access_token } = await tokensOf(await ownToken(op));
      assertEquals(await isOwnActive(op, access_token), true);
      await reload(op, { machine: 'banned', policies });
      assertEquals(await isOwnActive(op, access_token), false);
      await reload(op, { machine: 'machines', policies });
      assertEquals(await isOwnActive(op, access_token), true);
    }));

  it('is not asked about clients where it names none', () =>
    withOp({}, async (op) => {
      for (const machine of ['staff', 'inside', 'deny', 'two_factor']) {
        await reload(op, { machine });
        await tokensOf(await ownToken(op));
      }
    }));

  it('never takes a person for the client they use', () =>
    withOp({ policy: 'one_factor' }, async (op) => {
      const { access_token } = await obtainTokens(op);
      const own = {
        default_policy: 'deny',
        rules: [{ policy: 'one_factor', subject: 'client:app' }],
      };
      await reload(op, { policy: 'own', policies: { own } });
      assertEquals(await isActive(op, access_token), false);
    }));
});

describe('the policy of a client of the store', () => {
  const metadata = { redirect_uris: CLIENT.redirect_uris, authorization_policy: 'staff' };

  it('must be one that there is, when added and when changed', () =>
    withOp({}, async (op) => {
      const engine = op.instance.engine();
      const mint = { kind: 'mint' } as const;
      const problem = 'authorization_policy must be a name under authorization_policies, ' +
        'or one of one_factor, two_factor, deny; did you mean staff?: got stuff';
      const wrong = { ...metadata, authorization_policy: 'stuff' };
      const refused: Outcome<never> = {
        kind: 'refused',
        problem,
        problems: [{
          field: 'authorization_policy',
          problem: problem.replace('authorization_policy ', ''),
        }],
      };
      assertEquals(await addClient('new', wrong, mint, CLI, engine), refused);
      assertEquals((await addClient('new', metadata, mint, CLI, engine)).kind, 'done');
      const changes = { authorization_policy: 'stuff' };
      assertEquals(await updateClient('new', changes, CLI, engine), refused);
      for (const [authorization_policy, kept] of [['deny', 'deny'], [null, 'one_factor']]) {
        await updateClient('new', { authorization_policy }, CLI, engine);
        const entry = await clients.get(op.store, ISSUER, 'new');
        assertEquals(entry?.value.authorization_policy, kept);
      }
    }));

  it('denies everybody once the file has it no more', () =>
    withOp({}, async (op) => {
      const engine = op.instance.engine();
      const credential = { kind: 'given', secret: CLIENT_SECRET } as const;
      await addClient('new', { ...metadata, scope: 'openid' }, credential, CLI, engine);
      const authorize = async (): Promise<string | undefined> =>
        answerOf(
          await op.browser().authorize(authorizationUrl({ client_id: 'new' }), ALICE),
        )['error'];
      assertEquals(await authorize(), undefined);
      const { staff: _, ...others } = POLICIES;
      const config = requireConfig({
        issuer: ISSUER,
        storage: { engine: 'memory' },
        clients: [CLIENT],
        authorization_policies: others,
        definitions: OFFICE,
      });
      await op.instance.reload(config);
      assertEquals(await authorize(), 'access_denied');
    }));
});
