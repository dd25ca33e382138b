import { placeOf } from '../../endpoints/admin/cursor.ts';
import type { Site } from '../../endpoints/site.ts';
import type { PageRequest } from '../../engine/administration/listing.ts';
import type { Refusal, RefusalReason } from '../../engine/administration/outcome.ts';
import { type Html, html } from '../../http/html.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { alert, sentence } from '../views/admin/parts.ts';
import { consoleLayout, type Crumb } from '../views/admin/layout.ts';
import { consolePage, type ConsoleVisit, proofUrl } from './visit.ts';

const LIMIT = 50;
/** Records looked at for one page, where no index leads to those that are wanted. */
const MAX_SCANNED = 2000;

/** What page of a list is asked for. @throws {OAuthError} `invalid_request` */
export function pageRequestOf({ query }: ConsoleVisit): PageRequest {
  const cursor = query.get('after');
  const after = cursor === undefined ? undefined : placeOf(cursor);
  if (cursor !== undefined && after === undefined) {
    throw new OAuthError('invalid_request', 'this is not the place of a page in a list');
  }
  return { limit: LIMIT, after, maxScanned: MAX_SCANNED };
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
