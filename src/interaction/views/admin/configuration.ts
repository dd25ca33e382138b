import type { AdministeredIssuer } from '../../../engine/administration/configuration.ts';
import type { OptionView } from '../../../engine/configuration.ts';
import { type Html, html } from '../../../http/html.ts';
import { printable } from '../../../spec/mistake.ts';
import type { ConsoleFrame } from '../../admin/visit.ts';
import { hiddenFields } from '../parts.ts';
import { consoleLayout, type Crumb } from './layout.ts';
import {
  alert,
  badge,
  brief,
  buttonTo,
  list,
  postForm,
  type Row,
  said,
  sentence,
  textArea,
  when,
} from './parts.ts';

export interface ConfigurationModel {
  readonly options: readonly OptionView[];
  readonly issuers: readonly AdministeredIssuer[];
}

const CRUMB: Crumb = { path: '/admin/configuration', text: 'Configuration' };

export function configurationView(frame: ConsoleFrame, model: ConfigurationModel): Html {
  const { options, issuers } = model;
  return consoleLayout(frame, {
    title: 'Configuration',
    actions: buttonTo(frame, '/admin/configuration/set', 'Set an option', 'main'),
    body: html`
      <p class="soft">
        What the file and the store set for <bdi>${frame
          .issuer}</bdi>. What the file says counts before
        what the store says; what neither names is left to its default.
      </p>
      <section>
        <h2>Options</h2>
        ${list(options.map((each) => optionRow(frame, each)), 'Everything is left to its default.')}
      </section>
      <section>
        <h2>Issuers</h2>
        ${list(issuers.map((each) => issuerRow(frame, each)), '')}
        <p class="actions">
          ${buttonTo(frame, '/admin/configuration/add-issuer', 'Add an issuer')}
        </p>
      </section>
    `,
  });
}

function optionRow(frame: ConsoleFrame, option: OptionView): Row {
  const { path, value, provenance, shadowed, updated_at } = option;
  const isOfFile = provenance === 'file';
  const unset = `${frame.issuer}/admin/configuration/${encodeURIComponent(path)}/unset`;
  const set = `${frame.issuer}/admin/configuration/set?${new URLSearchParams({ path })}`;
  return {
    name: html`
      ${brief(path)} ${badge(provenance)} ${shadowed === true && badge('the file’s counts', 'bad')}
    `,
    facts: [
      html`<code>${brief(JSON.stringify(value))}</code>`,
      ...updated_at === undefined ? [] : [html`changed ${when(updated_at, frame)}`],
    ],
    ...!isOfFile && {
      side: html`
        <span class="actions">
          <a class="button quiet small"
            href="${set}">Change<span class="unseen"> ${path}</span></a>
          <a class="button quiet small"
            href="${unset}">Take back<span class="unseen"> ${path}</span></a>
        </span>
      `,
    },
  };
}

function issuerRow(frame: ConsoleFrame, view: AdministeredIssuer): Row {
  const { issuer, provenance, created_at } = view;
  return {
    name: html`
      <a href="${issuer}/admin">${said(issuer)}</a> ${badge(provenance)}
      ${issuer === frame.issuer && badge('this one', 'good')}
    `,
    facts: created_at === undefined ? [] : [html`since ${when(created_at, frame)}`],
    ...provenance !== 'file' && {
      side: html`
        <a class="button quiet small"
          href="${frame.issuer}/admin/issuers/${encodeURIComponent(
            issuer,
          )}/remove">Remove<span class="unseen"> ${issuer}</span></a>
      `,
    },
  };
}

export interface SetOptionModel {
  readonly path: string;
  /** YAML, of which JSON is a part. */
  readonly value: string;
  /** The configuration that the form was made for. */
  readonly version: string;
  readonly problems?: readonly string[];
  readonly above?: Html;
}

export function setOptionView(frame: ConsoleFrame, model: SetOptionModel): Html {
  const { path, value, version, problems = [], above } = model;
  const isWrong = problems.length > 0;
  return consoleLayout(frame, {
    title: 'Set an option',
    crumb: CRUMB,
    body: html`
      ${above}
      ${postForm(
        frame,
        html`
                    ${hiddenFields([['version', version]])}
                    <div class="field">
            <label for="path">Option</label>
            <p id="path-remark" class="soft">
                        As the documentation writes it, such as <code>lifespans.access_token</code>.
                      </p>
            <input id="path" name="path" value="${path}" required maxlength="512" autocomplete="off"
              spellcheck="false" aria-describedby="path-remark">
          </div>
                    <div class="field">
                      <label for="value">Value</label>
                      <p id="value-remark" class="soft">
                        YAML or JSON: <code>30m</code>, or a list or a map of several lines.
                      </p>
                      ${isWrong && html`
                        <ul id="value-problem" class="wrong">
                          ${problems.map((each) => html`<li>${printable(each)}</li>`)}
                        </ul>
                      `}
                      ${textArea(valueAttributes(isWrong), value)}
                    </div>
                    <p class="actions">
                      <button id="save">Save</button>
                      ${buttonTo(frame, CRUMB.path, 'Cancel')}
                    </p>
        `,
      )}
    `,
  });
}

function valueAttributes(isWrong: boolean): Html {
  const described = isWrong ? 'value-remark value-problem' : 'value-remark';
  return html`id="value" name="value" rows="8" aria-invalid="${
    isWrong && 'true'
  }" aria-describedby="${described}"`;
}

export interface AddIssuerModel {
  readonly url: string;
  readonly problem?: string;
  readonly above?: Html;
}

export function addIssuerView(frame: ConsoleFrame, { url, problem, above }: AddIssuerModel): Html {
  return consoleLayout(frame, {
    title: 'Add an issuer',
    crumb: CRUMB,
    body: html`
      ${above} ${problem !== undefined && alert(sentence(problem))}
      ${postForm(
        frame,
        html`
          <div class="field">
            <label for="url">Issuer</label>
            <p id="url-remark" class="soft">
              Its URL, such as <code>https://id.example.com/staff</code>. It has keys, clients and options
              of its own, begins with the defaults of the file, and shares the people.
            </p>
            <input id="url" name="url" value="${url}" required maxlength="512" autocomplete="off"
              spellcheck="false" aria-describedby="url-remark">
          </div>
          <p class="actions">
            <button id="save">Add</button>
            ${buttonTo(frame, CRUMB.path, 'Cancel')}
          </p>
        `,
      )}
    `,
  });
}
