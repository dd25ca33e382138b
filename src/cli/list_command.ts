import type { Page, PageRequest } from '../engine/administration/listing.ts';
import type { Engine } from '../engine/engine.ts';
import type { JsonValue } from '../store/store.ts';
import { type Command, done, type Flag, type Invocation, refused, textFlag } from './command.ts';
import { table } from './table.ts';

/** A list, and what of it is asked for. */
export interface List<Row, Chosen extends object> {
  readonly name: string;
  readonly help: string;
  readonly flags: Readonly<Record<string, Flag>>;
  /** What the flags choose, or what is wrong with them. */
  choose(invocation: Invocation, engine: Engine): Promise<Chosen | string> | Chosen | string;
  page(chosen: Chosen, request: PageRequest, engine: Engine): Promise<Page<Row>>;
  /** Under which the rows stand in JSON. */
  readonly member: string;
  readonly headings: readonly string[];
  cellsOf(row: Row): readonly (string | undefined)[];
  /** The flag that leads on from the last row; by default `--limit`. */
  goOn?(last: Row): string;
  /** What all issuers share. */
  readonly ofAllIssuers?: true;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 10_000;

const LIMIT_FLAG: Readonly<Record<string, Flag>> = {
  limit: { type: 'string', value: 'N', help: `At most so many; by default ${DEFAULT_LIMIT}.` },
};

/** The command that shows the first so many of a list, and whether there are more. */
export function listCommand<Row, Chosen extends object>(list: List<Row, Chosen>): Command {
  const { name, help, flags, choose, page, member, headings, cellsOf } = list;
  const { goOn = () => '--limit', ofAllIssuers } = list;
  return {
    kind: 'engine',
    ...ofAllIssuers && { ofAllIssuers },
    name,
    positionals: [],
    flags: { ...flags, ...LIMIT_FLAG },
    help,
    async run(engine, invocation) {
      const limit = limitOf(invocation);
      if (limit === undefined) return refused(`--limit must be from 1 to ${MAX_LIMIT}`);
      const chosen = await choose(invocation, engine);
      if (typeof chosen === 'string') return refused(chosen);
      const { items, next } = await page(chosen, { limit }, engine);
      return done({ [member]: items, more: next !== undefined });
    },
    print(value) {
      const { [member]: items, more } = value as Readonly<Record<string, JsonValue>>;
      const rows = items as unknown as readonly Row[];
      const listed = table(headings, rows.map(cellsOf));
      const last = rows.at(-1);
      const flag = last === undefined ? '--limit' : goOn(last);
      return more === true ? `${listed}… and more; see ${flag}\n` : listed;
    },
  };
}

/** Undefined when --limit is no number from 1 to 10,000. */
function limitOf(invocation: Invocation): number | undefined {
  const text = textFlag(invocation, 'limit');
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return limit >= 1 && limit <= MAX_LIMIT ? limit : undefined;
}
