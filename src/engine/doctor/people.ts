import type { UserRecord } from '../../store/records.ts';
import type { Engine } from '../engine.ts';
import { hasSecondFactor } from '../factors/factors.ts';
import { ADMINISTRATORS } from '../../spec/administration.ts';
import { type Patient, type Remark, shown } from './finding.ts';

export async function administrators({ engine }: Patient): Promise<readonly Remark[]> {
  if (await engine.directory.isEmpty()) return [NOBODY];
  const remarks: Remark[] = [];
  let count = 0;
  for await (const { id, username } of listAdministrators(engine)) {
    count += 1;
    if (await hasSecondFactor(id, engine)) continue;
    remarks.push({
      severity: 'warning',
      about: `user ${shown(username)}`,
      found: 'administers this server, and signs in by a password alone',
      change: `sign in at ${engine.settings.issuer}/account/factors and add a passkey or an app`,
    });
  }
  return count === 0 ? [NO_ADMINISTRATOR] : remarks;
}

const NOBODY: Remark = {
  severity: 'note',
  about: 'people',
  found: 'there is nobody yet who could sign in',
  change:
    'open the setup link that ostiary serve prints, or run ostiary user add NAME --group admins',
};

const NO_ADMINISTRATOR: Remark = {
  severity: 'warning',
  about: 'people',
  found:
    `nobody who may sign in is in the group ${ADMINISTRATORS}, so that nobody administers this server`,
  change: `ostiary user add NAME --group ${ADMINISTRATORS} --password-stdin`,
};

const PAGE = 500;

async function* listAdministrators({ directory }: Engine): AsyncGenerator<UserRecord> {
  let page = await directory.list({ limit: PAGE });
  for (;;) {
    yield* page.filter(({ disabled, groups }) => !disabled && groups.includes(ADMINISTRATORS));
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    page = await directory.list({ limit: PAGE, after: last.username });
  }
}
