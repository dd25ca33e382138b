import { unmetOptions } from '../unmet_options.ts';
import { type Patient, type Remark, shown } from './finding.ts';

/** Do options lead somewhere, those of the store as well? */
export async function unmet({ engine, trustedProxies }: Patient): Promise<readonly Remark[]> {
  return (await unmetOptions(engine, trustedProxies.length > 0)).map(({ about, problem }) => ({
    severity: 'warning',
    about: shown(about),
    found: `it ${shown(problem)}`,
    change: 'see whether it is meant so',
  }));
}
