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

/** Those of them that are not served. */
export async function restingIssuers(engine: Engine): Promise<readonly IssuerStore[]> {
  const served = new Set(engine.engines().map(({ settings }) => settings.issuer));
  return (await storedIssuers(engine)).filter(({ settings }) => !served.has(settings.issuer));
}
