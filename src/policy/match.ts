import type { PolicyNetwork, PolicyRule, PolicySubject } from '../spec/authorization_policy.ts';
import { isInNetworks } from '../spec/networks.ts';

/** Whom a policy is asked about: a person, or a client that acts for itself. */
export interface Who {
  /** In canonical form; absent for a client. */
  readonly username?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  /** Of a client that acts for itself; does not count beside a username. */
  readonly client_id?: string | undefined;
  /** Absent while it is not known: then no network holds it. */
  readonly address?: string | undefined;
}

/** The part of a rule that says for whom it is. */
type WhoseRule = Pick<PolicyRule, 'subject' | 'networks'>;

export function matches({ subject, networks }: WhoseRule, who: Who): boolean {
  return (subject === undefined || subject.some((all) => all.every((each) => is(who, each)))) &&
    (networks === undefined || networks.some((network) => isWithin(who, network)));
}

/** Whether one of these is meant. */
export function isAmong(subjects: readonly PolicySubject[], who: Who): boolean {
  return subjects.some((each) => is(who, each));
}

/** Why a rule matches, for the administrator. */
export function reasonFor({ subject = [], networks = [] }: WhoseRule, who: Who): string {
  const met = subject.find((all) => all.every((each) => is(who, each)));
  const network = networks.find((each) => isWithin(who, each));
  return [
    ...met === undefined ? [] : [met.map(({ kind, name }) => `${kind}:${name}`).join(' and ')],
    ...network === undefined ? [] : [`${who.address} is in ${network.name}`],
  ].join('; ');
}

/** Why it does not: of every list of subjects the first that fails, and the networks if none holds the address. */
export function reasonAgainst({ subject = [], networks = [] }: WhoseRule, who: Who): string {
  const failures = subject.map((all) => all.find((each) => !is(who, each)));
  const isOut = networks.length > 0 && !networks.some((each) => isWithin(who, each));
  return [
    ...failures.includes(undefined)
      ? []
      : new Set(failures.map((each) => each === undefined ? '' : failureOf(each, who))),
    ...isOut ? [absenceOf(networks, who)] : [],
  ].join('; ');
}

function is(who: Who, { kind, name }: PolicySubject): boolean {
  switch (kind) {
    case 'user':
      return who.username === name;
    case 'group':
      return who.username !== undefined && who.groups?.includes(name) === true;
    case 'client':
      return who.username === undefined && who.client_id === name;
  }
}

function isWithin({ address }: Who, { blocks }: PolicyNetwork): boolean {
  return isInNetworks(address, blocks);
}

function failureOf({ kind, name }: PolicySubject, { username }: Who): string {
  const isPerson = username !== undefined;
  switch (kind) {
    case 'user':
      return isPerson ? `is not user:${name}` : 'is no person';
    case 'group':
      return isPerson ? `is not in group:${name}` : 'is no person';
    case 'client':
      return isPerson ? 'is no client that acts for itself' : `is not client:${name}`;
  }
}

function absenceOf(networks: readonly PolicyNetwork[], { address }: Who): string {
  return address === undefined
    ? 'the address is not known'
    : `${address} is not in ${networks.map(({ name }) => name).join(', ')}`;
}
