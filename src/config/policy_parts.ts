import { checkUsername } from '../accounts/username.ts';
import { contradictionOf } from '../policy/reach.ts';
import {
  type PolicyNetwork,
  type PolicyRule,
  type PolicySubject,
  SUBJECT_KINDS,
} from '../spec/authorization_policy.ts';
import { isClientId } from '../spec/client_id.ts';
import { meant, type Mistake, mistake } from '../spec/mistake.ts';
import { parseNetworks } from '../spec/networks.ts';
import type { NamedClient } from './client_doubts.ts';
import type { ParsedOptions } from './schema.ts';

/** Of any rule, the part that says for whom it is. */
export type RawWhose = Pick<
  ParsedOptions['authorization_policies'][string]['rules'][number],
  'subject' | 'networks'
>;
export type NamedNetworks = ParsedOptions['definitions']['networks'];

/** A part of a rule as it stands in the file; `part` is absent when it has a mistake, which `problem` says. */
interface Written<T> {
  readonly path: Mistake['path'];
  readonly text: string;
  readonly part?: T;
  readonly problem?: string;
}

/** `networks` is undefined when they did not parse: then a name may be one of them. */
export function whoseMistakes(
  rule: RawWhose,
  networks: NamedNetworks | undefined,
  path: Mistake['path'],
): readonly Mistake[] {
  const lists = writtenSubjects(rule.subject, path);
  const blocks = networks === undefined ? [] : writtenNetworks(rule.networks, networks, path);
  const mistakes = [...lists.flat(), ...blocks].flatMap(({ path, problem, text }) =>
    problem === undefined ? [] : [mistake(path, problem, text)]
  );
  for (const all of lists) {
    const contradiction = contradictionOf(partsOf(all) ?? []);
    const [first] = all;
    if (contradiction === undefined || first === undefined) continue;
    // The inner list itself, of which this is the first member.
    mistakes.push(mistake(first.path.slice(0, -1), `can never match: ${contradiction}`));
  }
  return mistakes;
}

/** Undefined when something in it is a mistake. */
export function parseWhose(
  { subject, networks }: RawWhose,
  named: NamedNetworks,
): Pick<PolicyRule, 'subject' | 'networks'> | undefined {
  const subjects = subject === undefined
    ? undefined
    : whole(writtenSubjects(subject, []).map(partsOf));
  const blocks = networks === undefined ? undefined : partsOf(writtenNetworks(networks, named, []));
  if (subject !== undefined && subjects === undefined) return undefined;
  if (networks !== undefined && blocks === undefined) return undefined;
  return {
    ...subjects !== undefined && { subject: subjects },
    ...blocks !== undefined && { networks: blocks },
  };
}

/** Those of clients that act for themselves. */
export function clientSubjects(
  { subject }: RawWhose,
  path: Mistake['path'],
): readonly NamedClient[] {
  return writtenSubjects(subject, path).flat().flatMap(({ path, part }) =>
    part?.kind === 'client' ? [{ path, client_id: part.name }] : []
  );
}

function partsOf<T>(written: readonly Written<T>[]): readonly T[] | undefined {
  return whole(written.map(({ part }) => part));
}

function whole<T>(parts: readonly (T | undefined)[]): readonly T[] | undefined {
  const known = parts.filter((part): part is T => part !== undefined);
  return known.length === parts.length ? known : undefined;
}

/** Whatever the form, a list of lists. */
function writtenSubjects(
  subject: RawWhose['subject'],
  path: Mistake['path'],
): readonly (readonly Written<PolicySubject>[])[] {
  const at = [...path, 'subject'];
  if (subject === undefined) return [];
  if (typeof subject === 'string') return [[writtenSubject(subject, at)]];
  return subject.map((each, outer) =>
    typeof each === 'string'
      ? [writtenSubject(each, [...at, outer])]
      : each.map((text, inner) => writtenSubject(text, [...at, outer, inner]))
  );
}

function writtenSubject(text: string, path: Mistake['path']): Written<PolicySubject> {
  return { path, text, ...parseSubject(text) };
}

/** A subject as policies write it, or what is wrong with it. */
export function parseSubject(
  text: string,
): { readonly part: PolicySubject } | { readonly problem: string } {
  const colon = text.indexOf(':');
  const prefix = colon === -1 ? text : text.slice(0, colon);
  const kind = SUBJECT_KINDS.find((each) => each === prefix);
  const name = text.slice(colon + 1);
  if (kind === undefined || colon === -1) {
    const hint = meant(prefix, SUBJECT_KINDS);
    return { problem: `must be user:NAME, group:NAME or client:ID${hint}` };
  }
  const parsed = PARSE_NAME[kind](name);
  return 'problem' in parsed ? parsed : { part: { kind, name: parsed.name } };
}

type ParsedName = { readonly name: string } | { readonly problem: string };

const PARSE_NAME: Readonly<Record<PolicySubject['kind'], (name: string) => ParsedName>> = {
  user(name) {
    const verdict = checkUsername(name);
    return verdict.ok
      ? { name: verdict.username }
      : { problem: `must name a user: ${verdict.reason.replace(/\.$/, '')}` };
  },
  group: (name) =>
    name === '' || name !== name.trim() || name.length > 128
      ? { problem: 'must name a group in 1 to 128 characters, without spaces around it' }
      : { name },
  client: (name) =>
    isClientId(name) ? { name } : { problem: 'must name a client by its client_id' },
};

function writtenNetworks(
  networks: RawWhose['networks'],
  named: NamedNetworks,
  path: Mistake['path'],
): readonly Written<PolicyNetwork>[] {
  const at = [...path, 'networks'];
  if (networks === undefined) return [];
  if (typeof networks === 'string') return [writtenNetwork(networks, named, at)];
  return networks.map((text, index) => writtenNetwork(text, named, [...at, index]));
}

function writtenNetwork(
  name: string,
  named: NamedNetworks,
  path: Mistake['path'],
): Written<PolicyNetwork> {
  const blocks = Object.hasOwn(named, name) ? named[name] : undefined;
  if (blocks !== undefined) {
    return { path, text: name, part: { name, blocks: parseNetworks(blocks) } };
  }
  try {
    return { path, text: name, part: { name, blocks: parseNetworks([name]) } };
  } catch {
    const hint = meant(name, Object.keys(named));
    return {
      path,
      text: name,
      problem: `must be a name under definitions.networks, an address or a CIDR block${hint}`,
    };
  }
}
