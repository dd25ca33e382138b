import { isMap } from '../../spec/is_map.ts';
import { subjects } from '../../store/collections.ts';
import type { Actor, SubjectRecord, UserRecord } from '../../store/records.ts';
import { type Entry, LIMITS } from '../../store/store.ts';
import { audit } from '../audit.ts';
import { subjectOwnerPut } from '../claims/subject.ts';
import type { Engine } from '../engine.ts';
import type { Page, PageRequest } from './listing.ts';
import { done, type Outcome, refused } from './outcome.ts';

/** A person's subject identifier, in the form that travels between providers. */
export interface SubjectRow {
  readonly issuer: string;
  /** `public`, or of pairwise clients. */
  readonly sector: string;
  /** The person's name; their id if the person is gone. */
  readonly username: string;
  readonly sub: string;
}

export interface ImportReport {
  readonly imported: number;
  /** Those that were there already. */
  readonly unchanged: number;
}

/** By sector, then in no order that means anything, page by page; places are sector and person. */
export async function pageSubjects(
  user: string | undefined,
  { limit, after, maxScanned = Infinity }: PageRequest,
  engine: Engine,
): Promise<Page<SubjectRow>> {
  const prefix = [engine.settings.issuer];
  const options = after === undefined ? {} : { after: subjects.key(...prefix, ...after) };
  const items: SubjectRow[] = [];
  let scanned = 0;
  let place = after;
  for await (const entry of subjects.list(engine.store, prefix, options)) {
    if (items.length === limit || scanned === maxScanned) {
      return { items, ...place !== undefined && { next: place } };
    }
    scanned += 1;
    const { sector, user: id } = placeOf(entry);
    place = [sector, id];
    if (user !== undefined && id !== user) continue;
    const person = await engine.directory.findById(id);
    items.push(rowOf(sector, person?.username ?? id, entry.value, engine));
  }
  return { items };
}

/** Every subject identifier of people that are still there, as lines of JSON that `importSubjects` reads. */
export async function* exportSubjects(engine: Engine): AsyncIterable<string> {
  for await (const entry of subjects.list(engine.store, [engine.settings.issuer])) {
    const { sector, user } = placeOf(entry);
    const person = await engine.directory.findById(user);
    if (person === undefined) continue;
    yield `${JSON.stringify(rowOf(sector, person.username, entry.value, engine))}\n`;
  }
}

/** Takes over subject identifiers: all of them, or none with every reason. What is there already stays and counts as well. */
export async function importSubjects(
  text: string,
  by: Actor,
  engine: Engine,
): Promise<Outcome<ImportReport>> {
  const read = readRows(text);
  if (read.kind === 'refused') return read;
  let imported = 0;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const plan = await planOf(read.value, engine);
    if (plan.kind === 'refused') {
      return refused(
        imported === 0
          ? `nothing is imported: ${plan.problem}`
          : `only ${imported}: ${plan.problem}`,
      );
    }
    const written = await write(plan.value, by, engine);
    imported += written;
    if (written === plan.value.length) {
      return done({ imported, unchanged: read.value.length - imported });
    }
  }
  return refused('people are signing in while this goes on: try again');
}

/** When somebody signs in meanwhile, what is missing is looked at once more. */
const MAX_ATTEMPTS = 8;
/** Of problems in one answer. */
const MAX_SHOWN = 20;
const MAX_SECTOR = 255;

type Planned = SubjectRow & { readonly user: string };

interface NumberedRow {
  readonly place: string;
  readonly row: unknown;
}

/** A JSON array, or one object a line. */
function readRows(text: string): Outcome<readonly NumberedRow[]> {
  const isArray = text.trimStart().startsWith('[');
  if (isArray) {
    const rows = jsonOf(text);
    return Array.isArray(rows)
      ? done(rows.map((row: unknown, index) => ({ place: `entry ${index + 1}`, row })))
      : refused('nothing is imported: the file is no JSON array');
  }
  return done(
    text.split('\n').flatMap((line, index) =>
      line.trim() === '' ? [] : [{ place: `line ${index + 1}`, row: jsonOf(line) }]
    ),
  );
}

/** What is to be written for the rows, as things stand now. */
async function planOf(
  rows: readonly NumberedRow[],
  engine: Engine,
): Promise<Outcome<readonly Planned[]>> {
  const problems: string[] = [];
  const planned: Planned[] = [];
  const taken = await takenSubjects(engine);
  const people = new Map<string, UserRecord | undefined>();
  for (const { place, row } of rows) {
    const problem = rowProblem(row, engine);
    if (problem !== undefined) {
      problems.push(`${place}: ${problem}`);
      continue;
    }
    const { issuer, sector, username, sub } = row as SubjectRow;
    if (!people.has(username)) {
      people.set(username, await engine.directory.findByUsername(username));
    }
    const person = people.get(username);
    if (person === undefined) {
      problems.push(`${place}: there is no user ${JSON.stringify(username)}`);
      continue;
    }
    const ofPerson = taken.subs.get(JSON.stringify([sector, person.id]));
    const owner = taken.owners.get(JSON.stringify([sector, sub]));
    if (owner !== undefined && owner !== person.id) {
      problems.push(`${place}: another person has this sub in sector ${sector}`);
    } else if (ofPerson !== undefined && ofPerson !== sub) {
      problems.push(`${place}: ${person.username} has another sub in sector ${sector}`);
    } else if (ofPerson === undefined) {
      planned.push({ issuer, sector, username, sub, user: person.id });
      taken.subs.set(JSON.stringify([sector, person.id]), sub);
      taken.owners.set(JSON.stringify([sector, sub]), person.id);
    }
  }
  if (problems.length === 0) return done(planned);
  const more = problems.length > MAX_SHOWN ? `; … and ${problems.length - MAX_SHOWN} more` : '';
  return refused(`${problems.slice(0, MAX_SHOWN).join('; ')}${more}`);
}

interface Taken {
  /** Sector and person, to sub. */
  readonly subs: Map<string, string>;
  /** Sector and sub, to person. */
  readonly owners: Map<string, string>;
}

/** Those of people who are gone, too: a sub is never given to anybody else. Core §2 */
async function takenSubjects(engine: Engine): Promise<Taken> {
  const taken: Taken = { subs: new Map(), owners: new Map() };
  for await (const entry of subjects.list(engine.store, [engine.settings.issuer])) {
    const { sector, user } = placeOf(entry);
    taken.subs.set(JSON.stringify([sector, user]), entry.value.sub);
    taken.owners.set(JSON.stringify([sector, entry.value.sub]), user);
  }
  return taken;
}

/** Leaves room for the record of the change. */
const ROWS_PER_CHANGE = Math.floor((LIMITS.writesPerChange - 1) / 2);

/** @returns how many were written: all, unless somebody else wrote one of them first */
async function write(planned: readonly Planned[], by: Actor, engine: Engine): Promise<number> {
  const change = {
    action: 'subjects.imported',
    target: engine.settings.issuer,
    after: { subjects: planned.length },
  };
  for (let from = 0; from < planned.length; from += ROWS_PER_CHANGE) {
    const part = planned.slice(from, from + ROWS_PER_CHANGE);
    const outcome = await engine.store.commit({
      check: part.map(({ issuer, sector, user }) => subjects.absent(issuer, sector, user)),
      put: [
        ...part.flatMap(({ issuer, sector, user, sub }) => [
          subjects.put([issuer, sector, user], { sub }),
          subjectOwnerPut([issuer, sector, user], sub),
        ]),
        ...from === 0 ? [audit(change, by, engine)] : [],
      ],
    });
    if (outcome === 'conflict') return from;
  }
  return planned.length;
}

function rowProblem(row: unknown, { settings }: Engine): string | undefined {
  if (!isMap(row)) return 'is no JSON object';
  const { issuer, sector, username, sub } = row as { readonly [K in keyof SubjectRow]?: unknown };
  if (issuer !== settings.issuer) return `is not of issuer ${settings.issuer}`;
  if (!isToken(sector, MAX_SECTOR)) return 'has no usable sector';
  if (typeof username !== 'string') return 'has no username';
  // Core §2.
  return isToken(sub, 255) ? undefined : 'sub must be 1 to 255 characters of printable ASCII';
}

function isToken(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length <= most && /^[\x21-\x7e]+$/.test(value);
}

function placeOf(
  { key }: Entry<SubjectRecord>,
): { readonly sector: string; readonly user: string } {
  const [, , sector = '', user = ''] = key;
  return { sector, user };
}

function rowOf(
  sector: string,
  username: string,
  { sub }: SubjectRecord,
  { settings: { issuer } }: Engine,
): SubjectRow {
  return { issuer, sector, username, sub };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
