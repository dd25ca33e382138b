import { consents } from '../../store/collections.ts';
import type { Actor, ConsentRecord } from '../../store/records.ts';
import type { Entry, Put } from '../../store/store.ts';
import { audit } from '../audit.ts';
import type { Engine, IssuerStore } from '../engine.ts';
import { type Owner, targetOf } from './grants.ts';
import { type Page, pageOf, type PageRequest, removeMatching } from './listing.ts';

/** Forgets the saved answers of a person, to a client or of a person to a client. @returns how many */
export async function revokeConsents(owner: Owner, by: Actor, engine: Engine): Promise<number> {
  const change = { action: 'consents.revoked', target: targetOf(owner) };
  const count = await forgetConsents(owner, engine, () => [audit(change, by, engine)]);
  if (count > 0) engine.log('info', 'consents.revoked', { ...owner, count });
  return count;
}

/** Remembered answers by person, page by page. */
export async function pageConsents(
  owner: Owner,
  request: PageRequest,
  engine: Engine,
): Promise<Page<ConsentRecord>> {
  const matches = ({ value }: Entry<ConsentRecord>): boolean => isOf(value, owner);
  return await pageOf(consents, prefixOf(owner, engine), request, engine.store, { matches });
}

/** The same for whom a greater change, or the person alone, makes go. T086 @returns how many */
export async function forgetConsents(
  owner: Owner,
  engine: IssuerStore,
  record?: () => readonly Put[],
): Promise<number> {
  const { store, settings: { issuer } } = engine;
  return await removeMatching(
    entriesOf(owner, engine),
    (consent) => isOf(consent, owner),
    store,
    (consent) => [consents.key(issuer, consent.user, consent.client_id, consent.digest)],
    record,
  );
}

function entriesOf(owner: Owner, engine: IssuerStore): AsyncIterable<Entry<ConsentRecord>> {
  return consents.list(engine.store, prefixOf(owner, engine));
}

function prefixOf({ user, client_id }: Owner, { settings }: IssuerStore): readonly string[] {
  const { issuer } = settings;
  if (user === undefined) return [issuer];
  return client_id === undefined ? [issuer, user] : [issuer, user, client_id];
}

function isOf(consent: ConsentRecord, { client_id }: Owner): boolean {
  return client_id === undefined || consent.client_id === client_id;
}
