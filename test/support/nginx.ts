/** A real nginx in front of a page, which asks the provider about every request. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from './assert.ts';
import type { Capability } from './runtime_gaps.ts';

const EXECUTABLE = '/usr/sbin/nginx';

/** Debian's nginx-light is installed. CI installs it; a newcomer's tests do without. */
export const hasNginx: Capability = {
  has: existsSync(EXECUTABLE),
  gap: `There is no ${EXECUTABLE}: install Debian’s nginx-light to test against a real proxy`,
};

/** Hosts that nginx serves; browsers know where everything below localhost is. */
const APP_HOST = 'app.localhost';
const OTHER_HOST = 'other.localhost';

export interface Proxied {
  readonly appOrigin: string;
  readonly otherOrigin: string;
  close(): Promise<void>;
}

/** At a free port of loopback. `authz` is the issuer's `/authz`, where nginx reaches it. The page behind it shows the headers that reach it. */
export async function startNginx(port: number, authz: string): Promise<Proxied> {
  const page = createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    const shown = { method: request.method, url: request.url, headers: request.headers };
    const json = JSON.stringify(shown).replaceAll('<', String.raw`\u003c`);
    response.end(`<!doctype html><title>The page</title><pre id="shown">${json}</pre>`);
  });
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
  const upstream = (page.address() as AddressInfo).port;
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-nginx-'));
  await writeFile(join(directory, 'nginx.conf'), await configuration(port, upstream, authz));
  const nginx = spawn(EXECUTABLE, ['-p', directory, '-c', 'nginx.conf', '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const errors: string[] = [];
  nginx.stderr?.on('data', (data) => errors.push(String(data)));
  const close = async (): Promise<void> => {
    await ended(nginx);
    page.closeAllConnections();
    await new Promise((resolve) => page.close(resolve));
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await answers(port);
  } catch (cause) {
    await close();
    throw new Error(`Cannot start nginx: ${errors.join('')}`, { cause });
  }
  return {
    appOrigin: `http://${APP_HOST}:${port}`,
    otherOrigin: `http://${OTHER_HOST}:${port}`,
    close,
  };
}

/** The example of docs/forward_auth.md, on plain http; the other host by what is left of a configuration for Authelia. */
async function configuration(port: number, upstream: number, authz: string): Promise<string> {
  const example = await documented(upstream, authz);
  const asking = example.slice(0, example.indexOf('location / {'));
  return `daemon off;
worker_processes 1;
error_log stderr warn;
pid nginx.pid;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {
    listen 127.0.0.1:${port} default_server;
    return 444;
  }
  server {
    listen 127.0.0.1:${port};
    server_name ${APP_HOST};
${example}
  }
  server {
    listen 127.0.0.1:${port};
    server_name ${OTHER_HOST};
${asking}
    location / {
      auth_request /internal/ostiary;
      auth_request_set $user $upstream_http_remote_user;
      auth_request_set $groups $upstream_http_remote_groups;
      auth_request_set $name $upstream_http_remote_name;
      auth_request_set $email $upstream_http_remote_email;
      auth_request_set $redirection_url $upstream_http_location;
      error_page 401 =302 $redirection_url;
      proxy_set_header Remote-User $user;
      proxy_set_header Remote-Groups $groups;
      proxy_set_header Remote-Email $email;
      proxy_set_header Remote-Name $name;
      proxy_pass http://127.0.0.1:${upstream};
    }
  }
}
`;
}

const NONCE = 'add_header DPoP-Nonce $dpop_nonce always;';

/** What stands there for the `server` of the application, with the addresses of this test, the JWT and nonces as the text says. */
async function documented(upstream: number, authz: string): Promise<string> {
  const text = await readFile(new URL('../../docs/forward_auth.md', import.meta.url), 'utf8');
  const example = [...text.matchAll(/```nginx\n(.*?)```/gs)].map(([, code = '']) => code)
    .find((code) => code.includes('auth_request '));
  const rows: readonly (readonly [string, string])[] = [
    ['http://127.0.0.1:9091/authz/', `${authz}/`],
    ['http://127.0.0.1:9091', new URL(authz).origin],
    ['http://127.0.0.1:8080', `http://127.0.0.1:${upstream}`],
    [
      'rewrite ^ /authz/',
      `proxy_hide_header X-Ostiary-Token;\n  rewrite ^ ${new URL(authz).pathname}/`,
    ],
    [
      'error_page 401',
      `auth_request_set $token $upstream_http_x_ostiary_token;
  auth_request_set $dpop_nonce $upstream_http_dpop_nonce;
  ${NONCE}
  error_page 401`,
    ],
    ['if ($redirect', `${NONCE}\n  if ($redirect`],
    [
      'proxy_set_header Remote-User',
      'proxy_set_header X-Ostiary-Token $token;\n  proxy_set_header Remote-User',
    ],
  ];
  return rows.reduce((code, [from, to]) => {
    assert(code.includes(from), `docs/forward_auth.md has no ${from}`);
    return code.replaceAll(from, to);
  }, example ?? '');
}

async function answers(port: number): Promise<void> {
  for (let rest = 100; rest > 0; rest -= 1) {
    const url = `http://${APP_HOST}:${port}/`;
    const isUp = await visit(url, {}).then(() => true, () => false);
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it does not answer');
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

export interface Visited {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One request to a host below localhost, wherever resolvers think that is; the path goes out as it is written. */
export function visit(
  url: string,
  headers: Readonly<Record<string, string>>,
  method = 'GET',
  target?: string,
): Promise<Visited> {
  const [, authority = '', path = '/'] = /^http:\/\/([^/]*)(.*)$/s.exec(url) ?? [];
  const port = Number(authority.split(':').at(-1));
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port,
        path: target ?? path,
        method,
        headers: { host: authority, ...headers },
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk as Buffer));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          }));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end();
  });
}
