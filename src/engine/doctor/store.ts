import type { FileStoreStats } from '../../store/file/file_store.ts';
import { isFileStore } from '../../store/file/is_file_store.ts';
import { type Patient, type Remark, shown } from './finding.ts';

const MEBIBYTE = 1024 * 1024;
/** Below which nobody minds what is dead, and the part of a larger store above which merging has not kept up. */
const SMALL_BYTES = 128 * MEBIBYTE;
const MAX_WASTE = 0.75;

/** Does it take writes, is what it holds sound, does it keep its size? */
export async function storeHealth({ engine: { store } }: Patient): Promise<readonly Remark[]> {
  if (!isFileStore(store)) return [];
  const stats = store.stats();
  const { damages } = await store.verify();
  const [first] = damages;
  const remarks: Remark[] = [];
  if (stats.state !== 'open') remarks.push(refusesWrites(stats));
  if (first !== undefined) {
    const lost = damages.filter(({ key }) => key !== undefined).length;
    remarks.push({
      severity: 'error',
      about: 'store',
      found: `${damages.length} damaged lines, of which ${lost} lose a record; the first is in ` +
        `${first.file} at byte ${first.offset}`,
      change:
        'look after the disk, and go back to the last good backup: stop the server, and run ' +
        'ostiary store load FILE in a new data directory beside the old secret.key',
    });
  }
  if (stats.bytes > SMALL_BYTES && 1 - stats.liveBytes / stats.bytes > MAX_WASTE) {
    remarks.push({
      severity: 'warning',
      about: 'store',
      found: `${mebibytes(stats.bytes)} on disk hold ${mebibytes(stats.liveBytes)} that count`,
      change: 'ostiary store compact; if that does not last, the log says why merging fails',
    });
  }
  return remarks;
}

function refusesWrites({ problem = 'it is closed' }: FileStoreStats): Remark {
  return {
    severity: 'error',
    about: 'store',
    found: `takes no writes: ${shown(problem)}`,
    change: 'make room on the disk or mend it; the store goes on by itself once it can',
  };
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / MEBIBYTE)} MiB`;
}
