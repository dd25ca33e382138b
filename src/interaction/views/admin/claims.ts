import type { ClaimsExplanation, ExplainedClaim } from '../../../engine/claims/explain.ts';
import type { AccessExplanation } from '../../../engine/administration/policies.ts';
import type { Outcome } from '../../../engine/administration/outcome.ts';
import { type Html, html } from '../../../http/html.ts';
import type { ConsoleFrame } from '../../admin/visit.ts';
import { consoleLayout, type Crumb } from './layout.ts';
import { alert, brief, jsonText, said, search, sentence } from './parts.ts';

export interface ClaimsModel {
  readonly crumb: Crumb;
  readonly client_id: string;
  readonly username: string | undefined;
  readonly scope: string;
  readonly claims: string | undefined;
  /** Absent: nobody was named yet. */
  readonly explained: Outcome<ClaimsExplanation> | undefined;
  /** Whether the person gets in at all. */
  readonly access?: AccessExplanation;
}

const PLACES = [
  ['id_token', 'ID token'],
  ['userinfo', 'UserInfo'],
  ['access_token', 'Access token'],
] as const;

export function claimsView(frame: ConsoleFrame, model: ClaimsModel): Html {
  const { crumb, client_id, username, scope, claims, explained, access } = model;
  return consoleLayout(frame, {
    title: 'Preview of claims',
    crumb,
    body: html`
      <p class="soft">
        What <bdi>${client_id}</bdi> would learn of a person who signs in, found by what finds it when
        tokens are issued. Nothing is issued here.
      </p>
      ${search(frame, [
        { name: 'user', label: 'Username', value: username },
        { name: 'scope', label: 'Scopes', value: scope },
        { name: 'claims', label: 'claims parameter', value: claims },
      ], 'Preview')}
      ${explained !== undefined &&
        (explained.kind === 'refused'
          ? alert(sentence(explained.problem))
          : html`${access !== undefined && accessText(access)} ${explanation(explained.value)}`)}
    `,
  });
}

/** Where the person is, is not known here: rules for networks do not match. */
function accessText({ level, authorization_policy, decided_by, note }: AccessExplanation): Html {
  return html`
    <p class="${level === 'deny' ? 'alert' : 'note'}" id="access">
      <span>
        ${LEVELS[level]}, by <code>${decided_by}</code> of the policy
        <code>${authorization_policy}</code>${note === undefined ? '.' : html`. ${sentence(note)}`}
      </span>
    </p>
  `;
}

const LEVELS = {
  one_factor: 'The person may use the client at one factor',
  two_factor: 'The person may use the client at two factors',
  deny: 'The person may not use the client, and it learns nothing',
} as const;

function explanation({ username, claims, access_token_format }: ClaimsExplanation): Html {
  const isOpaque = access_token_format === 'opaque';
  return html`
    ${PLACES.map(([place, title]) => {
      const here = claims.filter((each) => each.place === place);
      return html`
        <section>
          <h2>${title}</h2>
          ${place === 'access_token' && isOpaque && html`
            <p class="soft">
              This client’s access tokens are opaque and show nothing; in the jwt format it would be so.
            </p>
          `}
          ${here.length === 0
            ? html`<p class="soft">Nothing beyond what the protocol itself puts there.</p>`
            : claimsTable(here, `${title}: claims of ${username}`)}
        </section>
      `;
    })}
  `;
}

function claimsTable(claims: readonly ExplainedClaim[], caption: string): Html {
  return html`
    <table class="stack">
      <caption class="unseen">${caption}</caption>
      <thead>
        <tr>
          <th scope="col">Claim</th>
          <th scope="col">Value</th>
          <th scope="col">Because of</th>
          <th scope="col">From</th>
        </tr>
      </thead>
      <tbody>
        ${claims.map(({ claim, value, absent, because, from }) =>
          html`
            <tr>
              <td><code>${claim}</code></td>
              <td data-label="Value">${absent === undefined
                ? jsonText(value)
                : html`<span class="soft">absent: ${said(absent)}</span>`}</td>
              <td data-label="Because of">${brief(because)}</td>
              <td data-label="From">${from !== undefined && brief(from)}</td>
            </tr>
          `
        )}
      </tbody>
    </table>
  `;
}
