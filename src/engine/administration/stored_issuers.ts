import { keyTurns } from '../../store/collections.ts';
import type { Engine, IssuerStore } from '../engine.ts';

/** All issuers that the store has anything of, also those that are not served at present. */
export async function storedIssuers(
  { store, log, engines }: Engine,
): Promise<readonly IssuerStore[]> {
  const urls = new Set(engines().map(({ settings }) => settings.issuer));
  // Whoever has anything has keys.
  for await (const { key: [, issuer] } of keyTurns.list(store, [])) {
    if (issuer !== undefined) urls.add(issuer);
  }
  return [...urls].map((issuer) => ({ store, log, settings: { issuer } }));
}
