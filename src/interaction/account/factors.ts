import type { Site } from '../../endpoints/site.ts';
import { noteActivity } from '../../engine/activity.ts';
import { listFactors, removeFactor } from '../../engine/factors/factors.ts';
import { isUsableHere } from '../../engine/factors/rp_id.ts';
import { remainingRecoveryCodes } from '../../engine/factors/recovery.ts';
import type { Params } from '../../spec/params.ts';
import type { FactorRecord } from '../../store/records.ts';
import { notify } from '../notices.ts';
import { type FactorRow, factorsView } from '../views/account/factors.ts';
import { zoneinfoOf } from './sessions.ts';
import { accountPage, doneWith, onForm, onVisit, type Visit } from './visit.ts';

/** `/account/factors`: what proves who one is, beside the password. */
export const factors = onVisit('factors', showFactors);

/** Removes the factor that `remove` names, for whoever has just proven one. T100 */
export const submitFactors = onForm('factors', remove, { isFresh: true });

async function showFactors(visit: Visit, site: Site): Promise<Response> {
  const { id } = visit.session.user;
  const all = await listFactors(id, site.engine);
  const remaining = await remainingRecoveryCodes(id, site.engine);
  return accountPage(visit, (frame) =>
    factorsView({
      ...frame,
      factors: all.map((factor) => rowOf(factor, site)),
      remaining,
      zoneinfo: zoneinfoOf(visit),
    }), site);
}

function rowOf(factor: FactorRecord, { engine }: Site): FactorRow {
  const { id, kind, name, created_at, last_used_at } = factor;
  const rp_id = factor.kind === 'passkey' ? factor.rp_id : undefined;
  return {
    id,
    kind,
    name,
    created_at,
    ...(last_used_at === undefined ? {} : { last_used_at }),
    ...(rp_id === undefined || isUsableHere(factor, engine) ? {} : { elsewhere: rp_id }),
  };
}

async function remove(visit: Visit, params: Params, site: Site): Promise<Response> {
  const { session: { user }, cookies: { place } } = visit;
  // Nobody's, somebody else's, or gone already: it is not there any more.
  if (await removeFactor(user.id, params.get('remove') ?? '', site.engine)) {
    await noteActivity(user.id, { kind: 'factor_removed', ...place }, site.engine);
    notify(user, 'factor_removed', site.engine);
  }
  return doneWith(visit, 'factor_removed', site);
}
