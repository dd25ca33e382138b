import { usernamesOf } from '../../engine/administration/person_views.ts';
import type { Site } from '../../endpoints/site.ts';
import { listAudits } from '../../engine/administration/audits.ts';
import { pageClients } from '../../engine/administration/client_views.ts';
import { healthOf } from '../../engine/administration/health.ts';
import { pageSessions } from '../../engine/administration/sessions.ts';
import type { Engine } from '../../engine/engine.ts';
import { overviewView } from '../views/admin/overview.ts';
import { personsOf } from './people_names.ts';
import { consolePage, type ConsoleVisit } from './visit.ts';

/** Of things that nobody counts: what is above is told as more. */
const MOST = 200;
/** Seconds in which a chain of certificates is near its end. */
const SOON = 30 * 86_400;

/** `/admin`: how things stand. */
export async function showOverview(visit: ConsoleVisit, site: Site): Promise<Response> {
  const { engine } = site;
  // Of a first start one may still be being made.
  await engine.keys.jwksText();
  const [health, troubles, clients, people, sessions, audits] = await Promise.all([
    healthOf(engine),
    troublesOf(engine),
    countOf((limit) => pageClients({}, { limit }, engine)),
    countOf(async (limit) => ({ items: await engine.directory.list({ limit: limit + 1 }) })),
    countOf((limit) => pageSessions(undefined, { limit }, engine)),
    listAudits({}, { limit: 8, maxScanned: 200 }, engine),
  ]);
  const names = await usernamesOf(audits.items.flatMap(({ actor }) => personsOf(actor)), engine);
  return consolePage(
    visit,
    (frame) =>
      overviewView(frame, {
        health,
        counts: { clients, people, sessions },
        troubles,
        records: audits.items,
        names,
      }),
    site,
  );
}

/** What could be counted, and whether there is more. */
export interface Count {
  readonly count: number;
  readonly more: boolean;
}

async function countOf(
  read: (limit: number) => Promise<{ readonly items: readonly unknown[]; readonly next?: unknown }>,
): Promise<Count> {
  const { items, next } = await read(MOST);
  return { count: Math.min(items.length, MOST), more: next !== undefined || items.length > MOST };
}

/** What is wrong, or will soon be, as far as that costs nothing to see. */
async function troublesOf(
  { keys, now, observations, settings }: Engine,
): Promise<readonly string[]> {
  const chains = keys.describe().flatMap(({ kid, chain_expires_at }) => {
    if (chain_expires_at === undefined || chain_expires_at - now() > SOON) return [];
    const has = chain_expires_at <= now() ? 'have expired' : 'expire within 30 days';
    return [`The certificates of key ${kid} ${has}.`];
  });
  const seen = (await observations.read(settings.issuer)).get('');
  const { delivered_at = 0, sightings = [] } = seen ?? {};
  const isFailing = sightings.some(({ kind, at }) => kind === 'notifier' && at > delivered_at);
  const notifier = 'Messages to people, such as links for a new password, are not handed on.';
  return isFailing ? [...chains, notifier] : chains;
}
