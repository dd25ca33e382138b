import { type Html, html, trustedHtml } from '../http/html.ts';
import type { Frame } from './frame.ts';
import { languagePicker } from './views/language_picker.ts';
import { newTab } from './views/parts.ts';
import { styleSheetLink } from './look.ts';
import { styles } from './styles.ts';

export interface Page extends Frame {
  /** What the page is about, without the product's name. */
  readonly title: string;
  /** Who asks and where one is: the heading and what belongs to it. */
  readonly door: Html;
  /** What there is to do or to read. */
  readonly task: Html;
  /** Beside the common style sheet. */
  readonly moreStyles?: Html;
  /** At the end of the head. */
  readonly head?: Html;
}

/** The document around a page that is a door and a task. */
export function layout({ title, door, task, ...frame }: Page): Html {
  return documentOf({
    ...frame,
    title,
    body: html`
      <main class="card">
        <div class="door">
          ${brand(frame)}
          <div class="who">${door}</div>
        </div>
        <div class="task">${task}</div>
      </main>
    `,
  });
}

export interface Document extends Frame {
  readonly title: string;
  /** Before the footer. */
  readonly body: Html;
  /** Beside the common style sheet. */
  readonly moreStyles?: Html;
  readonly head?: Html;
}

/** The document around every page. */
export function documentOf({ title, body, moreStyles, head, ...frame }: Document): Html {
  const { nonce, messages, product, look } = frame;
  return html`
    <!doctype html>
    <html lang="${messages.lang}" dir="${messages.dir}">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        <meta name="color-scheme" content="light dark">
        <title>${messages.text('frame.title', { title, product })}</title>
        ${look.logoUrl === undefined ? ICON : html`<link rel="icon" href="${look.logoUrl}">`}
        <style nonce="${nonce}">
        ${STYLES} ${moreStyles} ${look.styles}
        </style>
        ${styleSheetLink(look, nonce)} ${head}
      </head>
      <body>
        ${body}
        ${footer(frame)}
      </body>
    </html>
  `;
}

/** Whose pages these are. */
export function brand({ product, look: { logoUrl } }: Frame): Html {
  const mark = logoUrl === undefined ? MARK : html`<img class="logo" src="${logoUrl}" alt="">`;
  return html`<p class="brand">${mark}<bdi>${product}</bdi></p>`;
}

function footer(frame: Frame): Html {
  const { messages, look: { links } } = frame;
  const link = ({ text, url }: (typeof links)[number]): Html =>
    html`<li>${newTab(url, html`<bdi>${text}</bdi>`, messages)}</li>`;
  return html`
    <footer>
      <p>${messages.text('frame.footer')}</p>
      ${links.length > 0 && html`<ul class="links">${links.map(link)}</ul>`}
      ${languagePicker(frame)}
    </footer>
  `;
}

const STYLES = trustedHtml(styles);

/** A door with a keyhole, on a grid of 24. */
const SHAPE =
  'M4 23V10a8 8 0 0 1 16 0v13zm8-14.5a2.7 2.7 0 0 0-1.3 5L9.9 18h4.2l-.8-4.5a2.7 2.7 0 0 0-1.3-5z';

const MARK = trustedHtml(
  `<svg width="24" height="24" viewBox="0 0 24 24" fill="currentColor" fill-rule="evenodd" ` +
    `aria-hidden="true"><path d="${SHAPE}"/></svg>`,
);

const ICON = trustedHtml(
  `<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' ` +
    `viewBox='0 0 24 24'%3E%3Cpath fill='%231a7d66' fill-rule='evenodd' d='${SHAPE}'/%3E%3C/svg%3E">`,
);
