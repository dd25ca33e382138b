/**
 * For servers that take a module with a `fetch`: `deno serve -A src/server.ts`, `bun src/server.ts`, Deno Deploy. The
 * configuration comes from `OSTIARY_CONFIG` or `ostiary.yaml`, as for the command line; where it listens does not.
 */
import process from 'node:process';
import { openInstance } from './app.ts';
import { createLog, LOG_RULE, parseLogSetting } from './cli/log.ts';
import { loadConfig } from './config/load.ts';
import { describeMistake } from './spec/mistake.ts';
import type { Peer } from './http/router.ts';

const setting = parseLogSetting(process.env['OSTIARY_LOG']);
if (setting === undefined) throw new TypeError(`Cannot start as OSTIARY_LOG ${LOG_RULE}`);
const log = createLog(setting, (line) => console.error(line));
const loaded = await loadConfig({ directory: process.cwd(), environment: process.env });
if (!loaded.ok) {
  throw new TypeError(`Cannot start:\n${loaded.mistakes.map(describeMistake).join('\n')}`);
}
const storageKey = process.env['OSTIARY_STORAGE_KEY'] || undefined;
const instance = await openInstance(loaded.config, { log, storageKey });
const setup = await instance.setupLink();
if (setup !== undefined) console.log(`setup      ${setup}`);

/** What Deno and Bun hand over beside the request. */
interface Beside {
  readonly remoteAddr?: { readonly hostname?: string };
  requestIP?(request: Request): { readonly address: string } | null;
}

function peerOf(request: Request, beside: Beside | undefined): Peer {
  return { address: beside?.remoteAddr?.hostname ?? beside?.requestIP?.(request)?.address };
}

export default {
  fetch: (request: Request, beside?: Beside): Promise<Response> =>
    instance.fetch(request, peerOf(request, beside)),
};
