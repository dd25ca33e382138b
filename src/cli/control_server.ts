import process from 'node:process';
import type { Instance } from '../app.ts';
import { readJson } from '../http/body.ts';
import { json } from '../http/respond.ts';
import { constantTimeEquals } from '../keys/digest.ts';
import { startServer } from '../runtime/serve.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import { isFileStore } from '../store/file/is_file_store.ts';
import { type CommandResult, type Invocation, refused } from './command.ts';
import { chosenEngine } from './chosen_issuer.ts';
import { commandNamed } from './commands.ts';
import { proofOf, removeControl, TEXT_RESULT, writeControl } from './control_file.ts';

export interface ControlServer {
  close(): Promise<void>;
}

/** A command line of a few long names, and a file's contents. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Commands may take their time: a long merge of segments says nothing until it is done. */
const IDLE_SECONDS = 255;

/** Lets the command line work on a store that this process holds, over loopback, with a token of this start only. */
export async function startControl(
  data: string,
  token: string,
  instance: Instance,
): Promise<ControlServer> {
  let host = '';
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    fetch: (request) => answer(request, { token, host, instance }),
    onError: (error) => instance.engine().log('error', 'control.failed', { cause: error }),
    limits: { idleSeconds: IDLE_SECONDS },
  });
  const url = `http://127.0.0.1:${server.port}`;
  host = new URL(url).host;
  await writeControl(data, { url, token, pid: process.pid });
  return {
    async close() {
      await removeControl(data);
      await server.close(1);
    },
  };
}

interface Control {
  readonly token: string;
  readonly host: string;
  readonly instance: Instance;
}

async function answer(request: Request, control: Control): Promise<Response> {
  // Browsers of this machine reach loopback, too, under any name that resolves to it.
  if (request.headers.has('origin') || request.headers.get('host') !== control.host) {
    return statusOnly(403);
  }
  const { pathname, search, searchParams } = new URL(request.url);
  if (pathname.startsWith('/admin/api/')) {
    return await administer(request, pathname + search, control);
  }
  if (pathname === '/proof' && request.method === 'GET') {
    return json({ proof: proofOf(control.token, searchParams.get('challenge') ?? '') });
  }
  if (pathname !== '/command' || request.method !== 'POST') return statusOnly(404);
  const [scheme, token = ''] = request.headers.get('authorization')?.split(' ') ?? [];
  if (scheme !== 'Bearer' || !constantTimeEquals(token, control.token)) return statusOnly(401);
  const body = await readJson(request, MAX_BODY_BYTES);
  if (!body.ok) return statusOnly(body.status);
  const { name, invocation } = body.value as { name: string; invocation: Invocation };
  return responseOf(await runNamed(name, invocation, control));
}

/** The header that names an issuer where there are several; by default the first. */
const ISSUER_HEADER = 'ostiary-issuer';

/** The administration API, whose own rules hold: here it is reached without a proxy, and without TLS. */
async function administer(
  request: Request,
  target: string,
  { instance }: Control,
): Promise<Response> {
  const issuer = request.headers.get(ISSUER_HEADER) ?? instance.engine().settings.issuer;
  const peer = { address: '127.0.0.1', target: basePathOf(issuer) + target };
  return await instance.fetchOf(issuer, request, peer) ?? statusOnly(404);
}

function basePathOf(issuer: string): string {
  return URL.canParse(issuer) ? new URL(issuer).pathname.replace(/\/$/, '') : '';
}

async function runNamed(
  name: string,
  invocation: Invocation,
  { instance }: Control,
): Promise<CommandResult> {
  const command = await commandNamed(name);
  const { log } = instance.engine();
  log('info', 'command', { name });
  try {
    switch (command?.kind) {
      case 'engine': {
        const choice = chosenEngine(command, invocation, instance);
        return choice.ok ? await command.run(choice.engine, invocation) : refused(choice.problem);
      }
      case 'files':
        return isFileStore(instance.store)
          ? await command.run(instance.store, invocation, true)
          : refused('the store is memory and has no files');
      default:
        return refused(`the server cannot run ${name}`);
    }
  } catch (error) {
    // What the directory does not let be written, such as a users file that is read-only.
    if (error instanceof OAuthError) return refused(error.hint);
    log('error', 'command.failed', { name, cause: error });
    return refused('the server failed; its log says why');
  }
}

function responseOf(result: CommandResult): Response {
  if (result.kind !== 'text') return json(result);
  const encoder = new TextEncoder();
  const pieces = result.pieces[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await pieces.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
    async cancel() {
      await pieces.return?.();
    },
  });
  return new Response(body, { headers: { 'content-type': TEXT_RESULT } });
}

function statusOnly(status: number): Response {
  return new Response(null, { status });
}
