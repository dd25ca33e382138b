import { placeOf } from '../../endpoints/admin/cursor.ts';
import type { Site } from '../../endpoints/site.ts';
import { MAX_SCANNED, PAGE_LIMIT, type PageRequest } from '../../engine/administration/listing.ts';
import type { Refusal, RefusalReason } from '../../engine/administration/outcome.ts';
import { type Html, html } from '../../http/html.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { alert, sentence } from '../views/admin/parts.ts';
import { consoleLayout, type Crumb } from '../views/admin/layout.ts';
import { consolePage, type ConsoleVisit, proofUrl } from './visit.ts';

/** What page of a list is asked for. @throws {OAuthError} `invalid_request` */
export function pageRequestOf({ query }: ConsoleVisit): PageRequest {
  const cursor = query.get('after');
  const after = cursor === undefined ? undefined : placeOf(cursor);
  if (cursor !== undefined && after === undefined) {
    throw new OAuthError('invalid_request', 'this is not the place of a page in a list');
  }
  return { limit: PAGE_LIMIT, after, maxScanned: MAX_SCANNED };
}

/** A page's items, ahead of them on the first page the one whose whole name was typed, found at once among however many. */
export async function exactFirst<T>(
  items: readonly T[],
  { query, page, find, idOf }: {
    readonly query: string | undefined;
    readonly page: PageRequest;
    readonly find: (name: string) => Promise<T | undefined>;
    readonly idOf: (item: T) => string;
  },
): Promise<readonly T[]> {
  const exact = query === undefined || page.after !== undefined ? undefined : await find(query);
  if (exact === undefined) return items;
  return [exact, ...items.filter((item) => idOf(item) !== idOf(exact))];
}

/** Why what was asked is not done, on a page of its own. */
export function refusalPage(
  visit: ConsoleVisit,
  refusal: Refusal,
  crumb: Crumb,
  site: Site,
): Response {
  const title = refusal.reason === 'missing' ? 'Not found' : 'Not done';
  return consolePage(
    visit,
    (frame) => consoleLayout(frame, { title, crumb, body: alert(sentence(refusal.problem)) }),
    site,
    statusOf(refusal),
  );
}

const STATUS_OF_REASON: Readonly<Record<RefusalReason, number>> = {
  missing: 404,
  conflict: 409,
  changed: 409,
  elsewhere: 409,
  busy: 503,
};

export function statusOf({ reason }: Refusal): number {
  return reason === undefined ? 400 : STATUS_OF_REASON[reason];
}

/** Above a form that was sent by whoever has not proven lately who they are: what was typed stays. */
export function proofNeeded(visit: ConsoleVisit, site: Site): Html {
  const what = visit.missing === 'password' ? 'sign in once more' : 'show your second factor';
  return html`
    <p class="alert" role="alert" id="proof-needed">
      Nothing is saved yet: it is some time since you proved who you are.
      <a href="${proofUrl(visit, site)}" target="_blank" rel="noopener"
      >In another tab, ${what}</a>, then save here again; what you typed is below.
    </p>
  `;
}
