import { optionPathText } from '../config/option_path.ts';
import { provenanceOf } from '../engine/administration/provenance.ts';
import { audit } from '../engine/audit.ts';
import type { Engine } from '../engine/engine.ts';
import { options } from '../store/collections.ts';
import type { Actor } from '../store/records.ts';
import type { Change } from '../store/store.ts';
import type { OptionPlan } from './plan_options.ts';
import type { StoredRecords } from './stored_configuration.ts';

/** As the records would be. */
export function withPlan(
  records: StoredRecords,
  issuer: string,
  plan: OptionPlan,
  by: Actor,
  nowSeconds: number,
): StoredRecords {
  const gone = new Set([...plan.set, ...plan.unset].map(({ path }) => optionPathText(path)));
  const kept = records.options.filter((each) =>
    each.issuer !== issuer || !gone.has(optionPathText(each.path))
  );
  const at = Math.floor(nowSeconds);
  const added = plan.set.map(({ path, value }) => ({
    issuer,
    path,
    entry: {
      key: options.key(issuer, ...path),
      value: { value, provenance: provenanceOf(by), created_at: at, updated_at: at },
      version: '',
    },
  }));
  return { ...records, options: [...kept, ...added] };
}

/** What writes it, with its record. */
export function commitOf(
  issuer: string,
  plan: OptionPlan,
  by: Actor,
  engine: Engine,
): Required<Change> {
  const at = Math.floor(engine.now());
  const [before, after] = sides(plan);
  const all = [...plan.set, ...plan.unset];
  const [only] = all;
  const target = all.length === 1 && only !== undefined ? optionPathText(only.path) : issuer;
  return {
    check: [],
    put: [
      ...plan.set.map(({ path, value, before: old }) =>
        options.put([issuer, ...path], {
          value,
          provenance: provenanceOf(by),
          created_at: old?.created_at ?? at,
          updated_at: at,
        })
      ),
      audit({ action: 'options.changed', target, before, after }, by, engine),
    ],
    remove: plan.unset.map(({ path }) => options.remove(issuer, ...path)),
  };
}

/** What is different, before and after, by path. */
export function sides(plan: OptionPlan): readonly [object, object] {
  const before = [...plan.set, ...plan.unset].flatMap(({ path, before: old }) =>
    old === undefined ? [] : [[optionPathText(path), old.value] as const]
  );
  const after = plan.set.map(({ path, value }) => [optionPathText(path), value] as const);
  return [Object.fromEntries(before), Object.fromEntries(after)];
}
