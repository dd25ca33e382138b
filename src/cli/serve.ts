import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { type Instance, openInstance } from '../app.ts';
import type { Config } from '../config/config.ts';
import { configFiles, type ConfigSource, loadConfig } from '../config/load.ts';
import { describeMistake, type Mistake } from '../spec/mistake.ts';
import { fingerprint } from '../config/poll.ts';
import { type ConfigWatchOptions, watchConfig } from '../config/watch.ts';
import { giveBackMemory } from '../runtime/memory.ts';
import { startServer } from '../runtime/serve.ts';
import { randomToken } from '../keys/digest.ts';
import type { Log } from '../spec/log.ts';
import { type Command, type Invocation, textFlag } from './command.ts';
import { startControl } from './control_server.ts';
import { doubtsOf } from './doubts.ts';
import { freePort } from './free_port.ts';
import { createLog, LOG_RULE, parseLogSetting } from './log.ts';
import { stopSignal } from './signals.ts';
import { sourceOf } from './source.ts';
import { complain, print } from './terminal.ts';

/** Requests that still run this long after a signal are cut. */
const DRAIN_SECONDS = 10;

/** After the start, when what waited for it has been answered. */
const GIVE_BACK_SECONDS = 1;

export const SERVE_COMMANDS: readonly Command[] = [
  {
    kind: 'long',
    name: 'serve',
    positionals: [],
    flags: {
      port: { type: 'string', value: 'N', help: 'The port to listen on; 0: any free one.' },
      host: { type: 'string', value: 'HOST', help: 'The address to listen on.' },
    },
    help: 'Run the provider until SIGTERM or SIGINT, with OSTIARY_LOG for its log.',
    run: serve,
  },
];

/** Three lines on standard output say that it is ready; everything after them is in the log, on standard error. */
async function serve(invocation: Invocation): Promise<number> {
  const setting = parseLogSetting(process.env['OSTIARY_LOG']);
  if (setting === undefined) return await fail(`OSTIARY_LOG ${LOG_RULE}`);
  const log = createLog(setting, (line) => process.stderr.write(`${line}\n`));
  const source = await serveSource(invocation);
  if (source === undefined) return await fail('--port must be from 0 to 65535', 2);
  const stopped = stopSignal();
  const files = configFiles(source);
  const seen = await fingerprint(files);
  const loaded = await loadConfig(source);
  if (!loaded.ok) {
    await complain(...loaded.mistakes.map(describeMistake));
    return 1;
  }
  const { config, warnings } = loaded;
  const storageKey = process.env['OSTIARY_STORAGE_KEY'] || undefined;
  const localToken = randomToken(32);
  const instance = await openInstance(config, { log, storageKey, localToken });
  try {
    for (const about of await doubtsOf(instance, config, warnings)) {
      log('warn', 'config.doubt', { about });
    }
    const running = await listen(config, instance, localToken, log);
    try {
      await announce(running.url, instance, invocation.flags['json'] === true);
      const watch = watchConfig({
        files,
        seen,
        load: () => loadConfig(source),
        current: config,
        ...reloadInto(instance, log),
      });
      const givingBack = setTimeout(giveBackMemory, GIVE_BACK_SECONDS * 1000);
      const signal = await stopped;
      clearTimeout(givingBack);
      log('info', 'stopping', { signal, draining: `up to ${DRAIN_SECONDS}s` });
      watch.close();
    } finally {
      await running.close();
    }
  } finally {
    await instance.close();
  }
  log('info', 'stopped');
  return 0;
}

async function serveSource(invocation: Invocation): Promise<ConfigSource | undefined> {
  const source = sourceOf(invocation);
  const [host, port] = [textFlag(invocation, 'host'), textFlag(invocation, 'port')];
  if (port !== undefined && !/^\d{1,5}$/.test(port)) return undefined;
  const number = port === '0' ? await freePort(host ?? '127.0.0.1') : Number(port);
  return {
    ...source,
    flags: {
      ...source.flags,
      ...host !== undefined && { host },
      ...port !== undefined && { port: number },
    },
  };
}

function reloadInto(
  instance: Instance,
  log: Log,
): Pick<ConfigWatchOptions, 'changed' | 'refused'> {
  const refuse = (mistakes: readonly Mistake[]): void =>
    log('error', 'config.refused', { mistakes: mistakes.map(describeMistake) });
  return {
    async changed(next, { needsRestart, warnings }) {
      const mistakes = await instance.reload(next);
      if (mistakes.length > 0) return refuse(mistakes);
      log('info', 'config.reloaded', { warnings: await doubtsOf(instance, next, warnings) });
      if (needsRestart.length > 0) log('warn', 'config.needs_restart', { options: needsRestart });
    },
    refused: refuse,
  };
}

async function listen(
  config: Config,
  instance: Instance,
  localToken: string,
  log: Log,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { host, port, tls } = config.listen;
  const server = await startServer({
    host,
    port,
    fetch: (request, peer) => instance.fetch(request, peer),
    onError: (error) => log('error', 'server.error', { cause: error }),
    ...tls !== undefined && {
      tls: {
        cert: await readFile(tls.cert, 'utf8'),
        key: await readFile(tls.key, 'utf8'),
        requestsCertificates: tls.client_certificates === 'request',
      },
    },
  });
  try {
    const control = await startControl(config.data, localToken, instance);
    return {
      url: server.url,
      async close() {
        await Promise.all([control.close(), server.close(DRAIN_SECONDS)]);
      },
    };
  } catch (error) {
    await server.close(0);
    throw error;
  }
}

async function announce(
  address: string,
  instance: Instance,
  isJson: boolean,
): Promise<void> {
  const discoveries = instance.engines().map(({ settings }) =>
    `${settings.issuer}/.well-known/openid-configuration`
  );
  const [discovery] = discoveries;
  const setup = await instance.setupLink();
  if (isJson) {
    const several = discoveries.length > 1 ? { discoveries } : {};
    return await print(`${JSON.stringify({ address, discovery, ...several, setup })}\n`);
  }
  await print(
    `address    ${address}\n${discoveries.map((each) => `discovery  ${each}\n`).join('')}` +
      (setup === undefined ? '' : `setup      ${setup}\n`),
  );
}

async function fail(problem: string, code = 1): Promise<number> {
  await complain(`ostiary serve: ${problem}`);
  return code;
}
