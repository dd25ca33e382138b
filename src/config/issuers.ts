import { isMap } from '../spec/is_map.ts';
import { type Mistake, mistake } from '../spec/mistake.ts';
import { aliasOf } from './issuer.ts';
import { issuerOf } from './rules.ts';
import { SERVER_OPTIONS } from './schema.ts';
import { NOTHING_STORED, type StoredConfiguration, withStored } from './stored.ts';

/** What a configuration says of one issuer, as if there were no other. */
export interface IssuerInput {
  readonly value: unknown;
  /** From a mistake in `value` to where people find it. */
  readonly place: (mistake: Mistake) => Mistake;
}

export interface IssuerInputs {
  /** At least one. */
  readonly inputs: readonly IssuerInput[];
  /** What is wrong with the list itself. */
  readonly mistakes: readonly Mistake[];
}

const MAX_ISSUERS = 100;

/**
 * Takes `issuers` apart: each entry with the options beside the list, of which those of the entry come first, and with
 * those of the store, which come last.
 */
export function issuerInputs(
  input: unknown,
  stored: StoredConfiguration = NOTHING_STORED,
): IssuerInputs {
  const { inputs, mistakes, shared } = ofFile(input);
  const urls = inputs.map(({ value }) => urlOf(value));
  const added = stored.issuers.filter((url) => !urls.includes(url));
  const all = [
    ...inputs.map((each) => joined(each, stored)),
    ...added.map((issuer) => joined({ value: { ...shared, issuer }, place: same }, stored)),
  ];
  return {
    inputs: all,
    mistakes: [...mistakes(), ...addedClashes(added, urls), ...aliasClashes(all)],
  };
}

/** What the file says of an issuer, be it one that the store adds. */
export function fileValueOf(input: unknown, issuer: string): unknown {
  const { inputs, shared } = ofFile(input);
  return inputs.find(({ value }) => urlOf(value) === issuer)?.value ?? shared;
}

interface OfFile extends Pick<IssuerInputs, 'inputs'> {
  readonly mistakes: () => readonly Mistake[];
  /** What holds for issuers that the file does not name. */
  readonly shared: Readonly<Record<string, unknown>>;
}

function ofFile(input: unknown): OfFile {
  if (!isMap(input) || !Object.hasOwn(input, 'issuers')) {
    const server = Object.entries(isMap(input) ? input : {}).filter(([name]) =>
      Object.hasOwn(SERVER_OPTIONS, name)
    );
    const inputs = [{ value: input, place: same }];
    return { inputs, mistakes: () => [], shared: Object.fromEntries(server) };
  }
  const { issuers, ...beside } = input;
  const entries: readonly unknown[] = Array.isArray(issuers) ? issuers : [];
  if (entries.length === 0 || entries.length > MAX_ISSUERS) {
    const problem = `must be a list of 1 to ${MAX_ISSUERS} issuers`;
    const mistakes = (): readonly Mistake[] => [mistake(['issuers'], problem)];
    return { inputs: [{ value: beside, place: same }], mistakes, shared: {} };
  }
  const misplaced = ['issuer', 'clients'].filter((name) => Object.hasOwn(beside, name));
  const shared = Object.fromEntries(
    Object.entries(beside).filter(([name]) => !misplaced.includes(name)),
  );
  return {
    shared,
    inputs: entries.filter(isMap).map((entry) => inputOf(entry, entries.indexOf(entry), shared)),
    mistakes: () => [
      ...misplaced.map((name) => mistake([name], 'must stand in an entry of issuers')),
      ...entries.flatMap(entryMistakes),
      ...clashes(entries),
    ],
  };
}

function same(mistake: Mistake): Mistake {
  return mistake;
}

function urlOf(value: unknown): string {
  const { issuer, listen } = isMap(value) ? value : {};
  if (typeof issuer === 'string') return issuer;
  const { port, tls } = isMap(listen) ? listen : {};
  return issuerOf({
    listen: { port: isPort(port) ? port : 9091, tls: isMap(tls) ? tls : undefined },
  });
}

/** What is none is reported as a mistake. */
function isPort(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < 65_536;
}

function joined({ value, place }: IssuerInput, stored: StoredConfiguration): IssuerInput {
  const url = urlOf(value);
  const units = stored.options.get(url) ?? [];
  if (units.length === 0) return { value, place };
  const merged = withStored(value, units);
  return {
    value: merged.value,
    place: (mistake) =>
      merged.isStored(mistake.path)
        ? { ...mistake, source: `the store, for ${url}` }
        : place(mistake),
  };
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
    place: ({ path, ...rest }) => ({
      ...rest,
      path: Object.hasOwn(own, path[0] ?? '') ? ['issuers', index, ...path] : path,
    }),
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
    const above = named.find((other) => hasPathOf(spot, other.spot));
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

/** Whether requests to the one would be taken for those to the other's own paths. */
function hasPathOf(spot: string, other: string): boolean {
  if (!spot.startsWith(`${other}/`)) return false;
  const [first = ''] = spot.slice(other.length + 1).split('/', 1);
  return TAKEN_PATHS.includes(first);
}

/** What leads to an issuer under another host leads to nothing else. */
function aliasClashes(inputs: readonly IssuerInput[]): readonly Mistake[] {
  const spots = inputs.map(({ value }) => spotOf(urlOf(value)));
  const aliases = inputs.map(aliasSpotOf);
  return aliases.flatMap((alias, index) => {
    if (alias === undefined) return [];
    const others = [...spots, ...aliases.filter((_, at) => at < index)];
    const isTaken = others.some((other) =>
      other !== undefined &&
      (other === alias || hasPathOf(alias, other) || hasPathOf(other, alias))
    );
    if (!isTaken) return [];
    const problem =
      'must be another origin than those of issuers, and no other issuer’s of this path';
    const place = inputs[index]?.place ?? same;
    return [place(mistake(['mtls_endpoint_aliases'], problem))];
  });
}

function aliasSpotOf({ value }: IssuerInput): string | undefined {
  const alias = isMap(value) ? value['mtls_endpoint_aliases'] : undefined;
  if (typeof alias !== 'string' || !URL.canParse(alias)) return undefined;
  const issuer = urlOf(value);
  return spotOf(URL.canParse(issuer) ? aliasOf(alias, issuer) : alias);
}

/** Among issuers of the store, and between them and those of the file. */
function addedClashes(added: readonly string[], ofFile: readonly string[]): readonly Mistake[] {
  const all = [...ofFile, ...added];
  return added.flatMap((issuer, index) => {
    const spot = spotOf(issuer);
    const other = all.find((each, at) => {
      if (at === ofFile.length + index) return false;
      const next = spotOf(each);
      return next === spot || hasPathOf(spot, next) || hasPathOf(next, spot);
    });
    if (other === undefined) return [];
    const problem = `and ${other} have paths in common, so that one hides a part of the other`;
    return [{ path: [issuer], problem, source: 'the store' }];
  });
}
