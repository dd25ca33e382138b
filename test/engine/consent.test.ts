import { describe, it } from 'node:test';
import * as v from 'valibot';
import { parseClaimsParameter } from '../../src/engine/authorize/claims_parameter.ts';
import { decide, type Decision } from '../../src/engine/authorize/decide.ts';
import type { AuthorizationRequest } from '../../src/engine/authorize/request.ts';
import {
  allowedBy,
  answerOf,
  type Granted,
  grantedWithoutAsking,
  lockedIn,
  mayAsk,
  questionDigest,
  savedForSeconds,
  withAnswer,
} from '../../src/engine/consent.ts';
import {
  type ConsentQuestion,
  recallConsent,
  savedConsent,
} from '../../src/engine/consent_memory.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { noteUse } from '../../src/engine/session_clients.ts';
import type { Client } from '../../src/spec/client.ts';
import { clientMetadataSchema } from '../../src/spec/client_metadata.ts';
import { clientProblems } from '../../src/spec/client_problems.ts';
import { consents, withdrawals } from '../../src/store/collections.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import type { ConsentAnswer, SessionRecord, UserRecord } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import { assert, assertEquals, assertFalse, assertNotEquals } from '../support/assert.ts';

const ISSUER = 'https://op.example';

const REQUEST: AuthorizationRequest = {
  response_type: 'code',
  scope: ['openid', 'profile', 'email'],
  resource: ['https://api.example/'],
  claims: { userinfo: ['name'], id_token: [] },
  prompt: [],
};

function clientOf(changes: Partial<Client> = {}): Client {
  return {
    client_id: 'app',
    consent_mode: 'explicit',
    implicit_offline_access: 'drop',
    required_scope: '',
    application_type: 'web',
    token_endpoint_auth_method: 'client_secret_basic',
    ...changes,
  } as Client;
}

/** All that was asked for, allowed. */
function wholeOf(
  { scope, resource, claims, authorization_details: details }: AuthorizationRequest,
): Granted {
  return {
    scope,
    resource,
    claims,
    ...(details === undefined ? {} : { authorization_details: details }),
  };
}

interface World {
  readonly clock: { now: number };
  readonly store: Store;
  readonly engine: Engine;
}

function openWorld(): World {
  const clock = { now: 1000 };
  const now = () => clock.now;
  const store = openMemoryStore({ now });
  const settings = { issuer: ISSUER, sessions: { idle: 3600, absolute: 36_000, remember: 36_000 } };
  return { clock, store, engine: { store, now, settings } as unknown as Engine };
}

function questionOf(
  request: AuthorizationRequest,
  client: Client,
  answers: readonly ConsentAnswer[] = [],
): ConsentQuestion {
  const clients = answers.length === 0
    ? []
    : [{ client_id: 'app', scope: [], resource: [], answers }];
  const record: SessionRecord = {
    sid: 'sid',
    user: 'alice',
    secret_digest: '',
    auth_time: 1000,
    amr: ['pwd'],
    acr: 'one_factor',
    remember: false,
    created_at: 1000,
    last_used_at: 1000,
    clients,
  };
  const entry = { key: ['session', ISSUER, 'sid'] as const, value: record, version: '1' };
  return { session: { entry, record, user: { id: 'alice' } as UserRecord }, client, request };
}

async function save(
  world: World,
  request: AuthorizationRequest,
  client: Client,
  remember = true,
): Promise<void> {
  const answer = answerOf(request, wholeOf(request), world.clock.now);
  const question = questionOf(request, client);
  await world.store.commit(savedConsent({ ...question, answer, remember }, world.engine));
}

async function decided(
  world: World,
  question: ConsentQuestion,
  isMet = false,
): Promise<Decision> {
  const memory = await recallConsent(question, world.engine);
  return decide({
    request: question.request,
    client: question.client,
    isAmbiguous: false,
    session: {
      record: question.session.record,
      sub: 'sub',
      isSelected: isMet,
      level: 'one_factor',
      hasSecondFactor: false,
      memory,
    },
    receivedAtSeconds: isMet ? 900 : 2000,
    nowSeconds: world.clock.now,
  });
}

/** `login`, `select_account`, `consent`, `issue:scopes` or `refuse:code`. */
function shown(decision: Decision): string {
  if (decision.kind === 'issue') return `issue:${decision.granted.scope.join(' ')}`;
  return decision.kind === 'refuse' ? `refuse:${decision.error.code}` : decision.kind;
}

const MODES = {
  'explicit': { client: {}, isSaved: false },
  'implicit, drop': { client: { consent_mode: 'implicit' }, isSaved: false },
  'implicit, force_consent': {
    client: { consent_mode: 'implicit', implicit_offline_access: 'force_consent' },
    isSaved: false,
  },
  'pre-configured, not saved': { client: { consent_mode: 'pre-configured' }, isSaved: false },
  'pre-configured, saved': { client: { consent_mode: 'pre-configured' }, isSaved: true },
  'auto without a duration': { client: { consent_mode: 'auto' }, isSaved: false },
  'auto with a duration, not saved': {
    client: { consent_mode: 'auto', pre_configured_consent_duration: '7d' },
    isSaved: false,
  },
  'auto with a duration, saved': {
    client: { consent_mode: 'auto', pre_configured_consent_duration: '7d' },
    isSaved: true,
  },
} as const satisfies Record<string, { client: Partial<Client>; isSaved: boolean }>;

const PROMPTS = [
  { prompt: [], isMet: false },
  { prompt: ['none'], isMet: false },
  { prompt: ['login'], isMet: false },
  { prompt: ['login'], isMet: true },
  { prompt: ['consent'], isMet: false },
  { prompt: ['select_account'], isMet: false },
  { prompt: ['select_account'], isMet: true },
] as const;

/** What was answered before, made from the request at hand. */
const REMEMBERED: Readonly<
  Record<string, (request: AuthorizationRequest) => AuthorizationRequest | undefined>
> = {
  'nothing': () => undefined,
  'the same': (request) => request,
  'less': (request) => ({ ...request, scope: request.scope.filter((name) => name !== 'email') }),
  'more': (request) => ({ ...request, scope: [...request.scope, 'phone'] }),
  'another resource': (request) => ({ ...request, resource: ['https://other.example/'] }),
  'other claims': (request) => ({ ...request, claims: { userinfo: ['gender'], id_token: [] } }),
};

interface Row {
  readonly mode: keyof typeof MODES;
  readonly prompt: string;
  readonly isMet: boolean;
  readonly remembered: string;
  readonly isOffline: boolean;
}

/** The rule, in words of the specification rather than of the code. */
function expectedOf({ mode, prompt, isMet, remembered, isOffline }: Row): string {
  const plain = 'openid profile email';
  const all = isOffline ? `${plain} offline_access` : plain;
  if (prompt === 'login' && !isMet) return 'login';
  if (prompt === 'select_account' && !isMet) return 'select_account';
  const isNobodyAsked = mode === 'implicit, drop' ||
    (mode === 'implicit, force_consent' && !isOffline);
  if (isNobodyAsked) return prompt === 'consent' ? 'refuse:consent_required' : `issue:${plain}`;
  const isExact = mode.endsWith(', saved');
  const isRemembered = remembered === 'the same' || (remembered === 'more' && !isExact);
  if (isRemembered && prompt !== 'consent') return `issue:${all}`;
  return prompt === 'none' ? 'refuse:consent_required' : 'consent';
}

const ROWS: readonly Row[] = Object.keys(MODES).flatMap((mode) =>
  PROMPTS.flatMap(({ prompt, isMet }) =>
    Object.keys(REMEMBERED).flatMap((remembered) =>
      [false, true].map((isOffline) => ({
        mode: mode as keyof typeof MODES,
        prompt: prompt.join(' '),
        isMet,
        remembered,
        isOffline,
      }))
    )
  )
);

describe('T109: prompt × mode × remembered × scopes', () => {
  for (const row of ROWS) {
    const { mode, prompt, isMet, remembered, isOffline } = row;
    const expected = expectedOf(row);
    const asked = `${prompt || 'no prompt'}${isMet ? ' that was met' : ''}`;
    const scopes = isOffline ? ', with offline_access' : '';
    it(`${mode}: ${asked}, remembered ${remembered}${scopes}: ${expected}`, async () => {
      const world = openWorld();
      const { client: changes, isSaved } = MODES[mode];
      const client = clientOf(changes);
      const base = isOffline
        ? { ...REQUEST, scope: [...REQUEST.scope, 'offline_access'] }
        : REQUEST;
      const before = REMEMBERED[remembered]?.(base);
      const answers = before === undefined || isSaved
        ? []
        : [answerOf(before, wholeOf(before), world.clock.now)];
      if (before !== undefined && isSaved) await save(world, before, client);
      const request = { ...base, prompt: prompt === '' ? [] : [prompt] } as AuthorizationRequest;
      const decision = await decided(world, questionOf(request, client, answers), isMet);
      assertEquals(shown(decision), expected);
    });
  }
});

describe('T109: a saved answer', () => {
  const client = clientOf({
    consent_mode: 'pre-configured',
    pre_configured_consent_duration: '1d',
  });

  async function outcome(
    world: World,
    changes: Partial<Client> = {},
    request: AuthorizationRequest = REQUEST,
  ): Promise<string> {
    return shown(await decided(world, questionOf(request, { ...client, ...changes })));
  }

  it('counts until its time is over', async () => {
    const world = openWorld();
    await save(world, REQUEST, client);
    world.clock.now += 86_399;
    assertEquals(await outcome(world), 'issue:openid profile email');
    world.clock.now += 1;
    assertEquals(await outcome(world), 'consent');
  });

  it('counts no longer than the client has it now', async () => {
    const world = openWorld();
    await save(world, REQUEST, client);
    world.clock.now += 7200;
    assertEquals(await outcome(world, { pre_configured_consent_duration: '1h' }), 'consent');
    assertEquals(await outcome(world, { consent_mode: 'explicit' }), 'consent');
  });

  it('is for whoever gave it, to that client alone', async () => {
    const world = openWorld();
    await save(world, REQUEST, client);
    const question = questionOf(REQUEST, client);
    const bob = {
      ...question,
      session: { ...question.session, user: { id: 'bob' } as UserRecord },
    };
    assertEquals(shown(await decided(world, bob)), 'consent');
    assertEquals(await outcome(world, { client_id: 'other' }), 'consent');
  });

  it('was said to another client when that has been registered anew', async () => {
    const world = openWorld();
    await save(world, REQUEST, client);
    assertEquals(await outcome(world, { client_id_issued_at: 1001 }), 'consent');
    assertEquals(await outcome(world, { client_id_issued_at: 999 }), 'issue:openid profile email');
  });

  it('is worth nothing once it was taken back, even while its record is there still', async () => {
    const world = openWorld();
    await save(world, REQUEST, client);
    const key = [ISSUER, 'alice', 'app'] as const;
    await world.store.commit({ put: [withdrawals.put(key, { at: 1000 })] });
    assertEquals(await outcome(world), 'consent');
    world.clock.now += 1;
    await save(world, REQUEST, client);
    assertEquals(await outcome(world), 'issue:openid profile email');
  });

  it('goes when the same is answered again, and not to be saved', async () => {
    const world = openWorld();
    await save(world, REQUEST, client);
    await save(world, REQUEST, client, false);
    assertEquals(await outcome(world), 'consent');
  });

  it('is not even made for a client whose mode saves nothing, whatever the form says', async () => {
    const world = openWorld();
    for (const consent_mode of ['explicit', 'implicit', 'auto'] as const) {
      await save(world, REQUEST, clientOf({ consent_mode }));
    }
    for await (const _ of consents.list(world.store, [])) assert(false);
  });

  it('is a check of the commit that relies on it', async () => {
    const world = openWorld();
    await save(world, REQUEST, client);
    const { checks } = await recallConsent(questionOf(REQUEST, client), world.engine);
    assertEquals(await world.store.commit({ check: checks }), 'committed');
    await save(world, REQUEST, client, false);
    assertEquals(await world.store.commit({ check: checks }), 'conflict');
  });
});

describe('T109: answers of a session', () => {
  function answer(
    at: number,
    scope: readonly string[],
    left: readonly string[] = [],
    changes: Partial<ConsentAnswer> = {},
  ): ConsentAnswer {
    const left_out = { scope: left, claims: [] };
    return { at, scope, claims: [], resource: [], left_out, ...changes };
  }

  function granted(
    answers: readonly ConsentAnswer[],
    changes: Partial<AuthorizationRequest>,
    client: Partial<Client> = {},
  ): readonly string[] | undefined {
    const request = {
      ...REQUEST,
      resource: [],
      claims: { userinfo: [], id_token: [] },
      ...changes,
    };
    const question = questionOf(request, clientOf(client), answers);
    return grantedWithoutAsking({ ...question, session: question.session.record, memory: {} })
      ?.scope;
  }

  it('stand beside one another, for as many resources', () => {
    const [one, two] = ['https://a.example/', 'https://b.example/'] as const;
    const first = answer(1, ['openid'], [], { resource: [one] });
    const both = withAnswer([first], answer(2, ['openid'], [], { resource: [two] }));
    assertEquals(both.length, 2);
    assertEquals(granted(both, { scope: ['openid'], resource: [one] }), ['openid']);
    assertEquals(granted(both, { scope: ['openid'], resource: [two] }), ['openid']);
    assertEquals(granted(both, { scope: ['openid'], resource: [one, two] }), undefined);
  });

  it('are not put together: what was allowed at one resource is not allowed at another', () => {
    const one = answer(1, ['openid', 'email'], [], { resource: ['https://a.example/'] });
    const two = answer(2, ['openid'], [], { resource: ['https://b.example/'] });
    const answers = withAnswer([one], two);
    const asked = { scope: ['openid', 'email'], resource: ['https://b.example/'] };
    assertEquals(granted(answers, asked), undefined);
  });

  it('end with a later one that leaves out what they allow', () => {
    const wide = answer(1, ['openid', 'email', 'phone']);
    const later = answer(2, ['openid'], ['email']);
    assertEquals(withAnswer([wide], later), [later]);
    assertEquals(granted([later], { scope: ['openid', 'email'] }), ['openid']);
    assertEquals(granted([later], { scope: ['openid', 'email', 'phone'] }), undefined);
  });

  it('end with a later one that covers them, and are a few at most', () => {
    const small = answer(1, ['openid']);
    assertEquals(withAnswer([small], answer(2, ['openid', 'email'])).length, 1);
    let answers: readonly ConsentAnswer[] = [];
    for (let i = 0; i < 9; i += 1) {
      answers = withAnswer(
        answers,
        answer(i, ['openid'], [], { resource: [`https://r${i}.example/`] }),
      );
    }
    assertEquals(answers.map(({ at }) => at), [8, 7, 6]);
  });

  it('settle nothing that the client insists on and they leave out', () => {
    const answers = [answer(1, ['openid'], ['email'])];
    const asked = { scope: ['openid', 'email'] };
    assertEquals(granted(answers, asked), ['openid']);
    assertEquals(granted(answers, asked, { required_scope: 'email' }), undefined);
    const claims = [answer(1, ['openid'], [], { left_out: { scope: [], claims: ['name'] } })];
    const named = { scope: ['openid'], claims: { userinfo: ['name'], id_token: [] } };
    assertEquals(granted(claims, named), ['openid']);
    assertEquals(granted(claims, { ...named, essential_claims: ['name'] }), undefined);
  });

  it('RFC 9396 §12: are for these very details', () => {
    const details = [{ type: 'payment', amount: '1' }];
    const request = { ...REQUEST, authorization_details: details };
    const answers = [answerOf(request, wholeOf(request), 1)];
    const asking = (amount: string) => ({
      ...REQUEST,
      authorization_details: [{ amount, type: 'payment' }],
    });
    assertEquals(granted(answers, asking('1')), REQUEST.scope);
    assertEquals(granted(answers, asking('2')), undefined);
  });

  it('RFC 8252 §8.6: prove nothing of a native public client; what is saved does, and implicit does not ask', () => {
    const native = { application_type: 'native', token_endpoint_auth_method: 'none' } as const;
    const answers = [answer(1, [...REQUEST.scope])];
    assertEquals(granted(answers, {}), REQUEST.scope);
    assertEquals(granted(answers, {}, native), undefined);
    assertEquals(granted(answers, {}, { ...native, consent_mode: 'pre-configured' }), undefined);
    assertEquals(granted([], {}, { ...native, consent_mode: 'implicit' }), REQUEST.scope);
    const client = clientOf({ ...native, consent_mode: 'pre-configured' });
    const question = questionOf(REQUEST, client);
    const saved = answerOf(REQUEST, wholeOf(REQUEST), 1);
    const input = { ...question, session: question.session.record, memory: { saved } };
    assertEquals(grantedWithoutAsking(input)?.scope, REQUEST.scope);
  });

  it('T127: keep the session small enough for the store, and the latest client in it', () => {
    const { engine } = openWorld();
    const long = Array.from({ length: 100 }, (_, i) => `${'c'.repeat(90)}${i}`);
    let record = questionOf(REQUEST, clientOf()).session.record;
    for (let i = 0; i < 20; i += 1) {
      const use = { client: { client_id: `app${i}` }, scope: ['openid'], resource: [] };
      const claims = answer(i, ['openid'], [], { claims: long });
      record = noteUse(record, use, claims, engine) ?? record;
    }
    assert(JSON.stringify(record).length < 60 * 1024);
    assert(record.clients.length > 1);
    assertEquals(record.clients.at(-1)?.client_id, 'app19');
  });

  it('stay when the client comes again for less without asking', () => {
    const { engine } = openWorld();
    const before = questionOf(REQUEST, clientOf(), [answer(1, ['openid', 'email'])]).session.record;
    const use = { client: { client_id: 'app' }, scope: ['openid'], resource: [] };
    assertEquals(noteUse(before, use, undefined, engine)?.clients[0], {
      client_id: 'app',
      scope: use.scope,
      resource: use.resource,
      at: engine.now(),
      answers: [answer(1, ['openid', 'email'])],
    });
  });
});

describe('T110: what can be allowed', () => {
  const asked = {
    scope: ['openid', 'profile', 'email', 'offline_access'],
    claims: { userinfo: ['name', 'gender'], id_token: ['name'] },
    essential_claims: ['gender'],
  };

  it('openid, what the client marks, and essential claims cannot be left out', () => {
    assertEquals(lockedIn(asked, clientOf({ required_scope: 'email phone' })), {
      scope: ['openid', 'email'],
      claims: ['gender'],
    });
  });

  it('of a client that never asks, offline access alone can be', () => {
    const client = clientOf({ consent_mode: 'implicit', implicit_offline_access: 'force_consent' });
    assertEquals(lockedIn(asked, client), {
      scope: ['openid', 'profile', 'email'],
      claims: ['name', 'gender'],
    });
    assert(mayAsk(asked, client));
    assertFalse(mayAsk({ scope: ['openid'] }, client));
  });

  it('a form widens nothing, and drops nothing that is locked', () => {
    const client = clientOf({ required_scope: 'email' });
    const forged = { scope: ['admin', 'phone', 'profile'], claims: ['email', 'name'] };
    assertEquals(allowedBy(forged, asked, client), {
      scope: ['openid', 'profile', 'email'],
      claims: ['name', 'gender'],
    });
    assertEquals(allowedBy({ scope: [], claims: [] }, asked, client), {
      scope: ['openid', 'email'],
      claims: ['gender'],
    });
  });

  it('openid that was not asked for is not added', () => {
    const plain = { scope: ['email'], claims: { userinfo: [], id_token: [] } };
    assertEquals(allowedBy({ scope: ['openid'], claims: [] }, plain, clientOf()).scope, []);
  });

  it('Core §5.5.1: essential is what either place says, but no claim of the protocol', () => {
    const { essential } = parseClaimsParameter(JSON.stringify({
      userinfo: { name: { essential: true }, email: null, gender: { essential: false } },
      id_token: { email: { essential: true }, auth_time: { essential: true }, name: null },
    }));
    assertEquals(essential.toSorted(), ['email', 'name']);
    assertEquals(parseClaimsParameter(undefined).essential, []);
  });
});

describe('T109: one question is told from another', () => {
  const details = [{ type: 'payment', amount: '1' }];
  const base = { ...REQUEST, essential_claims: ['name'], authorization_details: details };

  it('whatever the order in which things are asked for', () => {
    const turned = {
      ...base,
      scope: base.scope.toReversed(),
      authorization_details: [{ amount: '1', type: 'payment' }],
      prompt: ['consent'],
      nonce: 'n',
    } as const;
    assertEquals(questionDigest(turned), questionDigest(base));
  });

  const others: Readonly<Record<string, Partial<AuthorizationRequest>>> = {
    'fewer scopes': { scope: ['openid', 'profile'] },
    'more scopes': { scope: [...REQUEST.scope, 'phone'] },
    'no resource': { resource: [] },
    'another resource': { resource: ['https://other.example/'] },
    'a claim in another place': { claims: { userinfo: [], id_token: ['name'] } },
    'a claim that is not essential': { essential_claims: [] },
    'other details': { authorization_details: [{ type: 'payment', amount: '2' }] },
    'a scope named like the resource': {
      scope: [...REQUEST.scope, 'https://api.example/'],
      resource: [],
    },
  };
  for (const [name, changes] of Object.entries(others)) {
    it(`by ${name}`, () => {
      assertNotEquals(questionDigest({ ...base, ...changes }), questionDigest(base));
    });
  }
});

describe('how long answers are saved', () => {
  const rows = [
    [{ consent_mode: 'explicit' }, undefined],
    [{ consent_mode: 'implicit' }, undefined],
    [{ consent_mode: 'auto' }, undefined],
    [{ consent_mode: 'auto', pre_configured_consent_duration: '2h' }, 7200],
    [{ consent_mode: 'pre-configured' }, 604_800],
    [{ consent_mode: 'pre-configured', pre_configured_consent_duration: '90d' }, 7_776_000],
  ] as const;
  for (const [changes, seconds] of rows) {
    it(`${JSON.stringify(changes)}: ${seconds}`, () => {
      assertEquals(savedForSeconds(clientOf(changes)), seconds);
    });
  }
});

describe('consent options that contradict one another', () => {
  const rows = [
    [{ required_scope: 'openid email' }, []],
    [{ required_scope: 'email phone' }, ['required_scope']],
    [{ pre_configured_consent_duration: '7d' }, ['pre_configured_consent_duration']],
    [
      { consent_mode: 'implicit', pre_configured_consent_duration: '7d' },
      ['pre_configured_consent_duration'],
    ],
    [{ consent_mode: 'auto', pre_configured_consent_duration: '7d' }, []],
    [{ consent_mode: 'pre-configured', pre_configured_consent_duration: '7d' }, []],
    [{ consent_mode: 'implicit', implicit_offline_access: 'force_consent' }, []],
    [{ implicit_offline_access: 'force_consent' }, ['implicit_offline_access']],
    [{ implicit_offline_access: 'drop' }, []],
  ] as const;
  for (const [options, fields] of rows) {
    it(`${JSON.stringify(options)}: ${fields.join(' ') || 'nothing'}`, () => {
      const metadata = v.parse(clientMetadataSchema, {
        redirect_uris: ['https://app.example/callback'],
        token_endpoint_auth_method: 'none',
        ...options,
      });
      assertEquals(clientProblems(metadata, 'default').map(({ field }) => field), [...fields]);
    });
  }
});
