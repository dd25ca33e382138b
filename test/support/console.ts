/** A provider on memory with alice, an administrator who has shown two factors, and what she looks after. */
import { TOTP } from 'otpauth';
import { addClient } from '../../src/engine/administration/clients.ts';
import { listAudits } from '../../src/engine/administration/audits.ts';
import { pageGrants } from '../../src/engine/administration/grants.ts';
import { addRegistrationToken } from '../../src/engine/administration/registration_tokens.ts';
import { deliveryPuts } from '../../src/engine/deliveries/new_delivery.ts';
import { enrolTotp, newTotp } from '../../src/engine/factors/totp.ts';
import { pageBackchannelRequests } from '../../src/engine/administration/backchannel_requests.ts';
import { CONSOLE_PAGES } from '../../src/interaction/admin/pages.ts';
import type { ConsolePage } from '../../src/interaction/admin/visit.ts';
import type { AuditRecord, UserRecord } from '../../src/store/records.ts';
import { assert, assertEquals } from './assert.ts';
import type { Browser, Page } from './browser.ts';
import { acknowledged, CIBA_GRANT } from './ciba.ts';
import { answerOf, authorizationUrl, redeem, REDIRECT_URI } from './flow.ts';
import { basic, CLI, ISSUER, type Op, openOp, type OpOptions, PASSWORD, plantKeys } from './op.ts';

export interface ConsoleOp extends Op {
  /** Where alice is signed in at two factors. */
  readonly admin: Browser;
  readonly alice: UserRecord;
  readonly bob: UserRecord;
  /** Of alice's authenticator app. */
  readonly secret: string;
  /** Examples of what stands in the places of paths. */
  readonly examples: Readonly<Record<string, string>>;
}

/** Another issuer, of the store. */
export const SECOND = 'https://second.example';

/** A client of the store, which people use. */
export const SHOP = {
  client_name: 'The Shop',
  redirect_uris: [REDIRECT_URI],
  grant_types: ['authorization_code', 'refresh_token', CIBA_GRANT],
  backchannel_token_delivery_mode: 'poll',
} as const;

export async function openConsole(options: OpOptions = {}): Promise<ConsoleOp> {
  const op = await openOp({
    ...options,
    config: { registration: { mode: 'closed' }, ...options.config },
  });
  const { instance } = op;
  const engine = instance.engine();
  await instance.directory.create({
    username: 'bob',
    password: `quick:${PASSWORD}`,
    groups: ['staff'],
    claims: { name: 'Bob Example', email: 'bob@example.com' },
    provenance: 'cli',
  });
  const alice = await personOf(op, 'alice');
  const bob = await personOf(op, 'bob');
  const secret = await addTotp(op, alice);
  await addTotp(op, bob);
  const added = await addClient('shop', SHOP, { kind: 'mint' }, CLI, engine);
  assert(added.kind === 'done');
  const reader = op.browser();
  const answer = await reader.authorize(authorizationUrl(), {
    username: 'bob',
    password: PASSWORD,
  });
  assertEquals((await redeem(op, answerOf(answer)['code'] ?? '')).status, 200);
  const [grant] = (await pageGrants({}, { limit: 1 }, engine)).items;
  const asked = { scope: 'openid email', login_hint: 'bob', binding_message: 'W4SCT' };
  await acknowledged(op, asked, basic('shop', added.value.client_secret));
  const [request] = (await pageBackchannelRequests(undefined, { limit: 1 }, engine)).items;
  const token = await addRegistrationToken({ uses: 1 }, CLI, engine);
  assert(token.kind === 'done');
  const option = 'lifespans.access_token';
  const changed = await engine.configuration.change([{ path: option, value: '30m' }], CLI);
  assertEquals(changed.kind, 'done');
  await plantKeys(op.store, [SECOND]);
  assertEquals((await engine.configuration.addIssuer(SECOND, CLI)).kind, 'done');
  const [told] = deliveryPuts(
    { kind: 'backchannel_logout', client_id: 'shop', sid: 'sid', content: { sid: 'sid' } },
    engine,
  );
  assert(told !== undefined);
  await op.store.commit({ put: [told] });
  const admin = op.browser();
  await signIn(op, admin, 'alice', secret);
  const [record] = await auditOf(op);
  const sid = [...reader.cookies].find(([name]) => name.endsWith('session'))?.[1]?.split('.')[0];
  const examples = {
    client_id: 'shop',
    person: bob.id,
    sid: sid ?? '',
    id: record?.id ?? '',
    grant: grant?.id ?? '',
    request: request?.id ?? '',
    kid: engine.keys.describe()[0]?.kid ?? '',
    group: 'RS256',
    option,
    issuer: SECOND,
    token: token.value.registration_token.id,
    delivery: told.key[2] ?? '',
  };
  return { ...op, admin, alice, bob, secret, examples };
}

export async function personOf({ instance }: Op, username: string): Promise<UserRecord> {
  const user = await instance.directory.findByUsername(username);
  assert(user !== undefined);
  return user;
}

/** Adds an authenticator app, whose first code is used up by that. */
async function addTotp(op: Op, user: UserRecord): Promise<string> {
  const engine = op.instance.engine();
  const { sealed, secret } = newTotp(user, engine);
  const code = codeOf(secret, op);
  assertEquals(await enrolTotp(user, { sealed, code, name: '' }, engine), 'enrolled');
  return secret;
}

/** The next code of an app, for which time moves on. */
export function codeOf(secret: string, { clock }: Pick<Op, 'clock'>): string {
  clock.now += 30;
  return new TOTP({ secret }).generate({ timestamp: clock.now * 1000 });
}

/** From the console through the sign-in, with a second factor where there is a secret, to where that leads. */
export async function signIn(
  op: Pick<Op, 'clock'>,
  browser: Browser,
  username: string,
  secret?: string,
  path = '/admin',
): Promise<Page> {
  const login = await browser.get(`${ISSUER}${path}`);
  const page = await browser.submit(login, { username, password: PASSWORD });
  return secret === undefined || !page.text.includes('name="totp"')
    ? page
    : await browser.submit(page, { totp: codeOf(secret, op) }, {}, 'name="totp"');
}

/** What was changed, newest first. */
export async function auditOf({ instance }: Op): Promise<readonly AuditRecord[]> {
  return (await listAudits({}, { limit: 500 }, instance.engine())).items;
}

/** Pages with examples in the places of their paths. */
export function exampleRows(
  examples: Readonly<Record<string, string>>,
): readonly { readonly page: ConsolePage; readonly path: string }[] {
  return CONSOLE_PAGES.map((page) => ({
    page,
    path: page.path.replace(
      /\{(\w+)\}/g,
      (_, name: string) => encodeURIComponent(examples[name] ?? `no-${name}`),
    ),
  }));
}
