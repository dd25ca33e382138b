/** A single-page application on `oidc-client-ts`, which also shows whatever it is sent. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { html } from '../../src/http/html.ts';
import { type RunningServer, startServer } from '../../src/runtime/serve.ts';

export interface SinglePageApp {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * `GET` is a page with the library as `oidc`; at /silent and /popup it hands its address to the page that waits for it.
 * `POST` shows the form's fields, as lines of `name=value` in #fields.
 */
export async function startSinglePageApp(): Promise<SinglePageApp> {
  const library = await readFile(
    join(packageOf('oidc-client-ts'), 'dist/browser/oidc-client-ts.min.js'),
  );
  const server: RunningServer = await startServer({
    host: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === '/oidc-client-ts.js') return typed(library, 'text/javascript');
      if (pathname === '/logo.svg') return typed(LOGO, 'image/svg+xml');
      if (request.method !== 'POST') {
        const isAnswer = pathname === '/silent' || pathname === '/popup';
        return typed(isAnswer ? PAGE + ANSWER : PAGE, 'text/html; charset=utf-8');
      }
      const fields = [...new URLSearchParams(await request.text())];
      const lines = fields.map((pair) => pair.join('=')).join('\n');
      return typed(
        html`
          <!doctype html>
          <title>Posted</title>
          <pre id="fields">${lines}</pre>
        `.markup,
        'text/html; charset=utf-8',
      );
    },
  });
  return { url: `http://localhost:${server.port}`, close: () => server.close(1) };
}

const PAGE = `<!doctype html><title>Application</title><link rel="icon" href="data:,">
<p id="application">Application</p><script src="/oidc-client-ts.js"></script>`;

const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><circle r="4"/></svg>';

/** The library finds by the state what kind of answer this is; the page that waits knows the rest. */
const ANSWER = `<script>
new oidc.UserManager({ authority: location.origin, client_id: '-', redirect_uri: location.href })
  .signinCallback();
</script>`;

function typed(body: string | Uint8Array<ArrayBuffer>, type: string): Response {
  return new Response(body, { headers: { 'content-type': type } });
}

/** Where a package lies: its browser build is not among what it exports. */
function packageOf(name: string): string {
  return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
}
