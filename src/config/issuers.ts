import { isMap } from '../spec/is_map.ts';
import { type Mistake, mistake } from '../spec/mistake.ts';
import { SERVER_OPTIONS } from './schema.ts';

/** What a configuration says of one issuer, as if there were no other. */
export interface IssuerInput {
  readonly value: unknown;
  /** From a path into `value` to the path in the file. */
  readonly place: (path: Mistake['path']) => Mistake['path'];
}

export interface IssuerInputs {
  /** At least one. */
  readonly inputs: readonly IssuerInput[];
  /** What is wrong with the list itself. */
  readonly mistakes: readonly Mistake[];
}

const MAX_ISSUERS = 100;

/** Takes `issuers` apart: each entry with the options beside the list, of which those of the entry come first. */
export function issuerInputs(input: unknown): IssuerInputs {
  if (!isMap(input) || !Object.hasOwn(input, 'issuers')) {
    return { inputs: [{ value: input, place: (path) => path }], mistakes: [] };
  }
  const { issuers, ...beside } = input;
  const entries: readonly unknown[] = Array.isArray(issuers) ? issuers : [];
  if (entries.length === 0 || entries.length > MAX_ISSUERS) {
    const problem = `must be a list of 1 to ${MAX_ISSUERS} issuers`;
    return { inputs: [{ value: beside, place: same }], mistakes: [mistake(['issuers'], problem)] };
  }
  const misplaced = ['issuer', 'clients'].filter((name) => Object.hasOwn(beside, name));
  const shared = Object.fromEntries(
    Object.entries(beside).filter(([name]) => !misplaced.includes(name)),
  );
  return {
    inputs: entries.filter(isMap).map((entry) => inputOf(entry, entries.indexOf(entry), shared)),
    mistakes: [
      ...misplaced.map((name) => mistake([name], 'must stand in an entry of issuers')),
      ...entries.flatMap(entryMistakes),
      ...clashes(entries),
    ],
  };
}

function same(path: Mistake['path']): Mistake['path'] {
  return path;
}

function inputOf(
  entry: Readonly<Record<string, unknown>>,
  index: number,
  shared: Readonly<Record<string, unknown>>,
): IssuerInput {
  const own = Object.fromEntries(
    Object.entries(entry).filter(([name]) => !Object.hasOwn(SERVER_OPTIONS, name)),
  );
  return {
    value: { ...shared, ...own },
    place: (path) => Object.hasOwn(own, path[0] ?? '') ? ['issuers', index, ...path] : path,
  };
}

function entryMistakes(entry: unknown, index: number): readonly Mistake[] {
  if (!isMap(entry)) return [mistake(['issuers', index], 'must be a map of options')];
  return [
    ...Object.hasOwn(entry, 'issuer') ? [] : [mistake(['issuers', index, 'issuer'], 'is required')],
    ...Object.keys(entry).filter((name) => Object.hasOwn(SERVER_OPTIONS, name)).map((name) =>
      mistake(['issuers', index, name], 'must stand beside issuers, which all share it')
    ),
  ];
}

/** First parts of the paths below an issuer, which no other issuer of its host may begin with. */
export const TAKEN_PATHS: readonly string[] = [
  '.well-known',
  'account',
  'admin',
  'authorize',
  'authz',
  'backchannel_authentication',
  'branding',
  'check_session',
  'consent',
  'device',
  'device_authorization',
  'end_session',
  'healthz',
  'introspect',
  'jwks',
  'language',
  'login',
  'metrics',
  'par',
  'readyz',
  'register',
  'reset-password',
  'revoke',
  'select-account',
  'setup',
  'sign-up',
  'token',
  'userinfo',
];

function clashes(entries: readonly unknown[]): readonly Mistake[] {
  const named = entries.flatMap((entry, index) => {
    const issuer = isMap(entry) ? entry['issuer'] : undefined;
    return typeof issuer === 'string' ? [{ issuer, index, spot: spotOf(issuer) }] : [];
  });
  return named.flatMap(({ issuer, index, spot }) => {
    const path = ['issuers', index, 'issuer'];
    const twin = named.find((other) => other.index < index && other.spot === spot);
    if (twin !== undefined) {
      const more = twin.issuer === issuer ? '' : ' by more than the scheme';
      return [mistake(path, `must differ from that of issuers[${twin.index}]${more}`, issuer)];
    }
    const above = named.find((other) => {
      const [first = ''] = spot.slice(other.spot.length + 1).split('/', 1);
      return spot.startsWith(`${other.spot}/`) && TAKEN_PATHS.includes(first);
    });
    return above === undefined
      ? []
      : [mistake(path, `must not have a path of issuers[${above.index}] as its own`, issuer)];
  });
}

/** Host and path: the scheme does not tell requests apart where a proxy has ended TLS. */
function spotOf(issuer: string): string {
  if (!URL.canParse(issuer)) return issuer;
  const { host, pathname } = new URL(issuer);
  return `${host}${pathname}`.replace(/\/$/, '');
}
