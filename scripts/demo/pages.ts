import { type Html, html, trustedHtml } from '../../src/http/html.ts';
import { styles } from './styles.ts';
import { CLAIMS, HEADER, TIMES, TOKEN_RESPONSE, type Words } from './words.ts';

export type Json = Readonly<Record<string, unknown>>;

/** What the last action brought, said once. */
export interface Notice {
  readonly kind: 'good' | 'bad';
  readonly title: string;
  readonly text: string;
}

export interface WelcomePage {
  readonly nonce: string;
  readonly issuer: string;
  readonly notice?: Notice | undefined;
  /** Whom a newcomer can be. */
  readonly account?: { readonly username: string; readonly password: string } | undefined;
}

export interface ResultPage {
  readonly nonce: string;
  readonly issuer: string;
  readonly notice?: Notice | undefined;
  /** The last answer of the token endpoint. */
  readonly tokens: Json;
  /** Fields of it that the last action changed. */
  readonly renewed: ReadonlySet<string>;
  readonly header: Json;
  readonly claims: Json;
  readonly userinfo: Json;
  readonly introspection?: Json | undefined;
}

export function welcomePage({ nonce, issuer, notice, account }: WelcomePage): Html {
  return frame(
    nonce,
    'Demo application',
    'welcome',
    html`
      ${noticeOf(notice)}
      <div class="intro">
        <h1>An application that leaves signing in to somebody else</h1>
        <p
          class="lead">It never sees your password. The provider at <code>${issuer}</code> does, and vouches for you.</p>
      </div>
      <div class="card">
        ${account !== undefined && html`
          <div class="head">
            <h2>Somebody to be</h2>
            <p class="soft">Type this on the provider’s page. It is good until the demo is started again.</p>
          </div>
          <dl class="pass">
            <dt>User</dt>
            <dd><code id="username">${account.username}</code></dd>
            <dt>Password</dt>
            <dd><code id="password">${account.password}</code></dd>
          </dl>
        `}
        <div class="buttons">${button('/sign-in', 'sign-in', 'Sign in', 'main')}</div>
      </div>
      <ol class="steps">
        <li><strong>This application sends you to the provider</strong> with a request that only this browser can complete.</li>
        <li><strong>You sign in there</strong> and say what this application may know.</li>
        <li><strong>You come back with a code</strong>, which this application turns into tokens, out of the browser’s sight.</li>
      </ol>
    `,
  );
}

export function resultPage(model: ResultPage): Html {
  const { nonce, issuer, notice, tokens, renewed, header, claims, userinfo, introspection } = model;
  const name = userinfo['name'] ?? userinfo['preferred_username'] ?? claims['sub'];
  return frame(
    nonce,
    'Signed in · Demo application',
    'result',
    html`
      ${noticeOf(notice)}
      <div class="intro">
        <h1>Hello, <bdi id="name">${String(name)}</bdi></h1>
        <p class="lead"><code>${issuer}</code> vouched for you. Everything below is what it said.</p>
      </div>
      <div class="buttons">
        ${button('/refresh', 'refresh', 'Refresh', 'main')}
        ${button('/introspect', 'introspect', 'Introspect')}
        ${button('/revoke', 'revoke', 'Revoke')}
        ${button('/sign-out', 'sign-out', 'Sign out here')}
        ${button('/sign-out-everywhere', 'sign-out-everywhere', 'Sign out everywhere')}
      </div>
      ${introspection !== undefined && card(
        'introspection',
        'Introspection',
        'What the provider says of the access token right now, asked by this application.',
        fields(introspection, CLAIMS),
      )}
      ${card(
        'tokens',
        'Token response',
        'What the code was exchanged for, from this application’s server to the provider’s.',
        fields(tokens, TOKEN_RESPONSE, renewed),
      )}
      ${card(
        'id-token',
        'ID token',
        'A signed statement about the sign-in. This application has checked signature, issuer, audience, times and nonce.',
        html`
          ${travelled(tokens['id_token'])}
          <h3 class="part-1">Header</h3>
          ${fields(header, HEADER)}
          <h3 class="part-2">Payload: the claims</h3>
          ${fields(claims, CLAIMS)}
        `,
      )}
      ${card(
        'userinfo',
        'Userinfo',
        'What the access token opens: the claims of the scopes that you allowed, as they are now.',
        fields(userinfo, CLAIMS),
      )}
    `,
  );
}

function frame(nonce: string, title: string, kind: string, content: Html): Html {
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>${title}</title>
        <link rel="icon" href="data:,">
        <style nonce="${nonce}">${STYLES}</style>
      </head>
      <body>
        <div class="bar">
          <p>Demo application</p>
        </div>
        <main class="${kind}">${content}</main>
        <footer>Built on openid-client. Nothing here is stored: it is gone when the demo ends.</footer>
      </body>
    </html>
  `;
}

const STYLES = trustedHtml(styles);

function noticeOf(notice: Notice | undefined): Html {
  return html`${
    notice !== undefined && html`
      <div class="notice ${notice.kind}" role="status" id="notice">
        <p><strong>${notice.title}</strong></p>
        <p>${notice.text}</p>
      </div>
    `
  }`;
}

function button(action: string, id: string, text: string, kind = 'plain'): Html {
  return html`
    <form method="post"
      action="${action}"><button id="${id}" class="${kind}">${text}</button></form>
  `;
}

function card(id: string, title: string, text: string, content: Html): Html {
  return html`
    <section class="card" id="${id}">
      <div class="head"><h2>${title}</h2><p class="soft">${text}</p></div>
      ${content}
    </section>
  `;
}

function fields(values: Json, words: Words, renewed: ReadonlySet<string> = new Set()): Html {
  return html`<dl class="fields">${
    Object.entries(values).map(([name, value]) =>
      html`
        <div>
          <dt class="mono">${name}${renewed.has(name) && html`<span class="new">new</span>`}</dt>
          <dd class="mono" data-field="${name}">${valueOf(name, value)}</dd>
          <dd class="note">${words.get(name)}</dd>
        </div>
      `
    )
  }</dl>`;
}

/** Characters of a value that are shown at once. */
const LONG = 60;

function valueOf(name: string, value: unknown): Html {
  if (TIMES.has(name) && typeof value === 'number') {
    return html`${value} <span class="time">(${timeOf(value)})</span>`;
  }
  if (typeof value === 'string' && value.length > LONG) {
    return html`<details><summary class="cut">${
      value.slice(0, LONG - 20)
    }…</summary><span class="whole">${value}</span></details>`;
  }
  if (typeof value === 'object' && value !== null) {
    return html`<pre>${
      JSON.stringify(value, undefined, Array.isArray(value) ? undefined : 2)
    }</pre>`;
  }
  return html`${String(value)}`;
}

function timeOf(seconds: number): string {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime())
    ? 'no time'
    : `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function travelled(token: unknown): Html {
  const [header = '', payload = '', signature = ''] = String(token).split('.');
  return html`
    <details>
      <summary>As it travelled: header, payload and signature</summary>
      <span
        class="whole mono"><span class="part-1">${header}</span>.<span class="part-2">${payload}</span>.<span class="part-3">${signature}</span></span>
    </details>
  `;
}
