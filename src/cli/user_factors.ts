import { resetFactors } from '../engine/administration/people.ts';
import { listPersonFactors } from '../engine/administration/person_views.ts';
import type { JsonValue } from '../store/store.ts';
import { type Command, COMMAND_LINE, done } from './command.ts';
import { withUser } from './owner.ts';
import { fields, table, time } from './table.ts';

/** A factor without what proves it. */
interface FactorRow {
  readonly kind: string;
  readonly name: string;
  readonly created_at: number;
  readonly last_used_at: number | null;
  /** The host that a passkey belongs to. */
  readonly rp_id: string | null;
}

export const USER_FACTOR_COMMANDS: readonly Command[] = [
  {
    kind: 'engine',
    ofAllIssuers: true,
    name: 'user factors',
    positionals: ['NAME'],
    flags: {},
    help: 'List the second factors of a person.',
    run: (engine, invocation) =>
      withUser(engine, invocation, async ({ id }) => {
        const { factors: all, recovery_codes } = await listPersonFactors(id, engine);
        const factors = all.map((
          { kind, name, created_at, last_used_at = null, rp_id = null },
        ): FactorRow => ({ kind, name, created_at, last_used_at, rp_id }));
        return done({ factors, recovery_codes });
      }),
    print(value) {
      const { factors, recovery_codes } = value as unknown as {
        readonly factors: readonly FactorRow[];
        readonly recovery_codes: number;
      };
      const rows = factors.map(({ kind, name, created_at, last_used_at, rp_id }) => [
        kind,
        name,
        time(created_at),
        last_used_at === null ? '' : time(last_used_at),
        rp_id ?? '',
      ]);
      return table(['kind', 'name', 'added', 'last used', 'host'], rows) +
        fields({ recovery_codes });
    },
  },
  {
    kind: 'engine',
    ofAllIssuers: true,
    name: 'user reset-factors',
    positionals: ['NAME'],
    flags: {},
    help:
      'Remove all second factors of somebody who has lost them; they are signed out everywhere.',
    run: (engine, invocation) =>
      withUser(
        engine,
        invocation,
        async ({ id }) => done(await resetFactors(id, COMMAND_LINE, engine)),
      ),
    print: (value) => fields(value as Readonly<Record<string, JsonValue>>),
  },
];
