import type { Site } from '../../endpoints/site.ts';
import type { Outcome, Refusal } from '../../engine/administration/outcome.ts';
import { type Html, html } from '../../http/html.ts';
import type { Params } from '../../spec/params.ts';
import { consoleLayout, type ConsoleSection, type Crumb } from '../views/admin/layout.ts';
import { alert, buttonTo, postForm, sentence } from '../views/admin/parts.ts';
import { hiddenFields } from '../views/parts.ts';
import { refusalPage, statusOf } from './answers.ts';
import { type ConsolePage, consolePage, type ConsoleVisit, proofFor } from './visit.ts';

/** Something that cannot be undone, or ends what people have: asked once more before it is done. */
export interface Confirmation {
  readonly path: string;
  readonly section: ConsoleSection;
  /** What would be done, to what is there now. */
  question(visit: ConsoleVisit, site: Site): Promise<Outcome<Question>>;
  run(visit: ConsoleVisit, form: Params, site: Site): Promise<Response | Refusal>;
  /** Where there is nothing to ask about. */
  readonly crumb: Crumb;
}

export interface Question {
  readonly title: string;
  readonly text: Html;
  readonly button: string;
  readonly isDanger?: true;
  /** Where it goes back to. */
  readonly back: Crumb;
  /** The version that is asked about. */
  readonly version?: string;
  /** Besides the button. */
  readonly fields?: Html;
}

/** For whoever has proven lately who they are, when they ask and when they say yes. T100 */
export function confirmation(row: Confirmation): ConsolePage {
  const { path, section, crumb } = row;
  const show = async (visit: ConsoleVisit, site: Site, refusal?: Refusal): Promise<Response> => {
    const question = await row.question(visit, site);
    return question.kind === 'refused'
      ? refusalPage(visit, refusal ?? question, crumb, site)
      : questionPage(visit, question.value, site, refusal);
  };
  return {
    path,
    section,
    isFresh: true,
    show,
    async act(visit, form, site) {
      const detour = proofFor(visit, site);
      if (detour !== undefined) return detour;
      const answer = await row.run(visit, form, site);
      return answer instanceof Response ? answer : await show(visit, site, answer);
    },
  };
}

function questionPage(
  visit: ConsoleVisit,
  { title, text, button, isDanger, back, version, fields }: Question,
  site: Site,
  refusal: Refusal | undefined,
): Response {
  return consolePage(
    visit,
    (frame) =>
      consoleLayout(frame, {
        title,
        crumb: back,
        body: html`
          ${refusal !== undefined && alert(sentence(refusal.problem))}
          <div class="group">${text}</div>
          ${postForm(
            frame,
            html`
              ${version !== undefined && hiddenFields([['version', version]])} ${fields}
              <p class="actions">
                <button id="confirm" ${isDanger === true && html`class="danger"`}>${button}</button>
                ${buttonTo(frame, back.path, 'Cancel')}
              </p>
            `,
          )}
        `,
      }),
    site,
    refusal === undefined ? 200 : statusOf(refusal),
  );
}
