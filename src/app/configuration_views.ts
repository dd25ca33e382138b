import type { Config } from '../config/config.ts';
import { fileValueOf } from '../config/issuers.ts';
import { optionPathText } from '../config/option_path.ts';
import { fileUnits, saysAt } from '../config/option_units.ts';
import type { IssuerView, OptionView } from '../engine/configuration.ts';
import type { Engine } from '../engine/engine.ts';
import type { StoredRecords } from './stored_configuration.ts';

/** What the file and the store say of an issuer, by path. */
export function optionViews(
  issuer: string,
  file: Config,
  { options: all }: StoredRecords,
): readonly OptionView[] {
  const fileValue = fileValueOf(file.input, issuer);
  const ofFile = fileUnits(fileValue).map(({ path, value }): OptionView => ({
    path: optionPathText(path),
    value,
    provenance: 'file',
  }));
  const ofStore = all.filter((each) => each.issuer === issuer).map((
    { path, entry: { value: { value, provenance, updated_at } } },
  ): OptionView => ({
    path: optionPathText(path),
    value,
    provenance,
    updated_at,
    ...saysAt(fileValue, path) && { shadowed: true },
  }));
  return [...ofFile, ...ofStore].toSorted((one, other) => one.path < other.path ? -1 : 1);
}

/** Those that are served. */
export function issuerViews(
  engines: readonly Engine[],
  { issuers: stored }: StoredRecords,
): readonly IssuerView[] {
  const records = new Map(stored.map(({ value }) => [value.issuer, value]));
  return engines.map(({ settings: { issuer } }) =>
    records.get(issuer) ?? { issuer, provenance: 'file' }
  );
}
