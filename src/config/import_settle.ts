import type { ImportPlan } from '../engine/administration/import_plan.ts';
import { POLICY_LEVELS } from '../spec/authorization_policy.ts';
import { isMap } from '../spec/is_map.ts';
import { type Mistake, pathText } from '../spec/mistake.ts';
import { parseScope, STANDARD_SCOPES } from '../spec/scopes.ts';
import { parseConfig } from './parse.ts';
import { SERVER_OPTIONS } from './schema.ts';
import { type Draft, type ReadClient, valueAt } from './import_draft.ts';

/** What is left of a file once it holds. */
export type Settled = Pick<ImportPlan, 'options' | 'server_options' | 'scopes' | 'clients'>;

/** Makes the options such that our own configuration takes them, and leaves out clients whose options are not all there. */
export function settle(clients: readonly ReadClient[], draft: Draft): Settled {
  for (let rest = MAX_ROUNDS; rest > 0; rest -= 1) {
    const result = parseConfig(draft.options);
    if (result.ok) break;
    giveWay(result.mistakes, draft);
  }
  for (const { from, to } of draft.origins()) {
    if (!draft.report.has(from)) draft.report.mapped(from, pathText(to));
  }
  const isOfServer = ([name]: readonly [string, unknown]): boolean =>
    Object.hasOwn(SERVER_OPTIONS, name);
  const all = Object.entries(draft.options);
  const held = clients.filter((each) => hasReferences(each, draft));
  return {
    options: Object.fromEntries(all.filter((each) => !isOfServer(each))),
    server_options: Object.fromEntries(all.filter(isOfServer)),
    scopes: undefinedScopes(held, draft),
    clients: held.map(({ client }) => client),
  };
}

/** Each takes back at least one option. */
const MAX_ROUNDS = 10_000;

/** What a client may ask for must have a definition; elsewhere, clients that act for themselves have any scope. */
function undefinedScopes(clients: readonly ReadClient[], draft: Draft): readonly string[] {
  const defined = new Set([
    ...STANDARD_SCOPES.keys(),
    ...namesIn(draft, 'scopes'),
    ...resourceScopes(valueAt(draft.options, ['resources'])),
  ]);
  const missing = new Set<string>();
  for (const { path, client: { metadata } } of clients) {
    for (const scope of parseScope(String(metadata['scope'] ?? '')) ?? []) {
      if (defined.has(scope) || missing.has(scope)) continue;
      missing.add(scope);
      draft.report.changed(
        [...path, 'scopes'],
        `scope ${scope} is defined, without claims, if nothing else defines it`,
      );
    }
  }
  return [...missing];
}

function resourceScopes(resources: unknown): readonly string[] {
  if (!Array.isArray(resources)) return [];
  return resources.flatMap((each: unknown) =>
    isMap(each) ? parseScope(String(each['scope'] ?? '')) ?? [] : []
  );
}

/** One mistake for each option, as taking it back may mend others; of a list the last first, so that places stay. */
function giveWay(mistakes: readonly Mistake[], draft: Draft): void {
  const touched = new Set<string>();
  for (const mistake of mistakes.toReversed()) {
    const { path } = mistake;
    const origin = draft.originOf(path);
    const to = origin?.to ?? path.slice(0, 1);
    const rest = path.slice(to.length);
    const isMember = rest.length === 1 && typeof rest[0] === 'number';
    const isSpare = mistake.problem.startsWith(UNREACHED);
    if (touched.has(pathText(to)) && !isMember && !isSpare) continue;
    touched.add(pathText(to));
    takeBack(mistake, origin?.from ?? [], to, draft);
  }
}

function takeBack(
  mistake: Mistake,
  from: Mistake['path'],
  to: Mistake['path'],
  draft: Draft,
): void {
  const { path, problem, value } = mistake;
  const words = value === undefined ? problem : `${problem}: got ${value}`;
  const [section, name] = to;
  const { report } = draft;
  if (section === 'authorization_policies' && name !== undefined) {
    limitPolicy(String(name), path.slice(2), words, draft);
    return;
  }
  if (section === 'access_control') {
    limitAccess(path, words, draft);
    return;
  }
  const current = valueAt(draft.options, to);
  const [index] = path.slice(to.length);
  if (Array.isArray(current) && typeof index === 'number') {
    report.dropped([...from, draft.unsetMember(to, index)], words);
    return;
  }
  draft.unset(to);
  report.dropped(from, from.length === 0 ? `${pathText(to)} ${words}` : words);
}

/** How our own rules put it that a rule does nothing. */
const UNREACHED = 'is never reached';

/** A policy without one of its rules might let somebody in whom the rule kept out. */
function limitPolicy(name: string, rest: Mistake['path'], words: string, draft: Draft): void {
  const to = ['authorization_policies', name];
  const from = draft.originOf(to)?.from ?? [];
  const policy = valueAt(draft.options, to);
  const [field, index] = rest;
  if (words.startsWith(UNREACHED) && field === 'rules' && typeof index === 'number') {
    if (valueAt(policy, ['rules', index]) === undefined) return;
    const place = draft.unsetMember([...to, 'rules'], index);
    draft.report.dropped([...from, 'rules', place], words);
    return;
  }
  draft.unset(to);
  if (POLICY_LEVELS.some((level) => level === name)) {
    draft.report.dropped(from, words);
    return;
  }
  draft.set(to, { default_policy: 'deny', rules: [] }, from);
  draft.report.changed(from, `lets nobody in, as it cannot be taken over whole: ${words}`);
}

/** Without one of its rules, what the rule kept from people might be open to them. */
function limitAccess([, field, index, part]: Mistake['path'], words: string, draft: Draft): void {
  const to = ['access_control'];
  const from = draft.originOf(to)?.from ?? [];
  const rules = valueAt(draft.options, [...to, 'rules']);
  const list: readonly unknown[] = field === 'rules' && Array.isArray(rules) ? rules : [];
  const rule = list[Number(index)];
  const isOfDomain = part === undefined || String(part).startsWith('domain');
  if (!isMap(rule) || (isOfDomain && rule['policy'] !== 'bypass')) {
    draft.set(to, { default_policy: 'deny', rules: [] }, from);
    draft.report.changed(from, `lets nobody in, as it cannot be taken over whole: ${words}`);
    return;
  }
  const { domain, domain_regex } = rule;
  const closed = { domain, domain_regex, policy: 'deny' };
  const kept = Object.fromEntries(
    Object.entries(closed).filter(([, value]) => value !== undefined),
  );
  draft.set(
    to,
    { ...valueAt(draft.options, to) as object, rules: list.with(Number(index), kept) },
    from,
  );
  draft.report.changed(
    [...from, 'rules', index ?? 0],
    `denies all of its domains, as it cannot be taken over whole: ${words}`,
  );
}

const REFERENCES = [
  ['lifespan', 'lifespans', 'custom'],
  ['claims_policy', 'claims_policies'],
  ['authorization_policy', 'authorization_policies'],
] as const;

function hasReferences({ path, client }: ReadClient, draft: Draft): boolean {
  const missing = REFERENCES.find(([field, ...place]) => {
    const name = client.metadata[field];
    const known = field === 'authorization_policy'
      ? [...POLICY_LEVELS, ...namesIn(draft, ...place)]
      : namesIn(draft, ...place);
    return name !== undefined && !known.some((each) => each === name);
  });
  if (missing === undefined) {
    draft.report.mapped(path, `the client ${client.client_id}`);
    return true;
  }
  const [field] = missing;
  draft.report.dropped(
    path,
    `the client is left out: ${field} names nothing that is taken over: ${client.metadata[field]}`,
  );
  return false;
}

function namesIn(draft: Draft, ...path: readonly string[]): readonly string[] {
  const value = valueAt(draft.options, path);
  return isMap(value) ? Object.keys(value) : [];
}
