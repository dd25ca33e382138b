import type { StoredConfiguration } from '../config/stored.ts';
import { configurations, issuers, options } from '../store/collections.ts';
import type { ConfigurationRecord, IssuerRecord, OptionRecord } from '../store/records.ts';
import type { Entry, Store } from '../store/store.ts';

/** The records of the store's part of the configuration, as they were read together. */
export interface StoredRecords {
  readonly turn: Entry<ConfigurationRecord> | undefined;
  readonly issuers: readonly Entry<IssuerRecord>[];
  readonly options: readonly StoredOption[];
}

export interface StoredOption {
  readonly issuer: string;
  readonly path: readonly string[];
  readonly entry: Entry<OptionRecord>;
}

/** The turn is read first: a change that comes between makes a commit on top of what was read conflict. */
export async function readStored(store: Store): Promise<StoredRecords> {
  const turn = await configurations.get(store);
  const ofIssuers: Entry<IssuerRecord>[] = [];
  for await (const entry of issuers.list(store, [])) ofIssuers.push(entry);
  const ofOptions: StoredOption[] = [];
  for await (const entry of options.list(store, [])) {
    const [, issuer = '', ...path] = entry.key;
    ofOptions.push({ issuer, path, entry });
  }
  return { turn, issuers: ofIssuers, options: ofOptions };
}

export function storedConfiguration(records: StoredRecords): StoredConfiguration {
  const byIssuer = new Map<string, { path: readonly string[]; value: OptionRecord['value'] }[]>();
  for (const { issuer, path, entry } of records.options) {
    const units = byIssuer.get(issuer) ?? [];
    units.push({ path, value: entry.value.value });
    byIssuer.set(issuer, units);
  }
  return { issuers: records.issuers.map(({ value }) => value.issuer), options: byIssuer };
}
