/** A provider behind a real socket of the runtime at hand, on memory. */
import { type Instance, openInstance } from '../../src/app.ts';
import { requireConfig } from '../../src/config/parse.ts';
import { type ServeOptions, startServer } from '../../src/runtime/serve.ts';
import { type Browser, openBrowser } from './browser.ts';
import { addAlice, CLIENT, quickHasher } from './op.ts';

export interface RunningOp {
  readonly issuer: string;
  readonly instance: Instance;
  /** The provider's clock runs ahead of the machine's by this; set it to move time. */
  readonly clock: { aheadSeconds: number };
  /** A browser with a cookie jar of its own. */
  browser(): Browser;
  close(): Promise<void>;
}

export type RunningConfig = Readonly<Record<string, unknown>>;

/**
 * Options of `ostiary.yaml`, or what makes them once the issuer is known; issuer and the client `app` are there unless
 * they, or several issuers, are named. Alice is there already. `path` is the issuer's; with `tls`, the issuer is https.
 */
export async function startOp(
  config: RunningConfig | ((issuer: string) => Promise<RunningConfig>) = {},
  path = '',
  tls?: ServeOptions['tls'],
): Promise<RunningOp> {
  const opened = Promise.withResolvers<Instance>();
  const server = await startServer({
    fetch: async (request, peer) => (await opened.promise).fetch(request, peer),
    host: '127.0.0.1',
    port: 0,
    ...tls === undefined ? {} : { tls },
  });
  const issuer = `${tls === undefined ? 'http' : 'https'}://localhost:${server.port}${path}`;
  const clock = { aheadSeconds: 0 };
  let instance: Instance;
  try {
    const own = typeof config === 'function' ? await config(issuer) : config;
    const single = Object.hasOwn(own, 'issuers') ? {} : { issuer, clients: [CLIENT] };
    const options = { ...single, storage: { engine: 'memory' }, ...own };
    instance = await openInstance(requireConfig(options), {
      hasher: quickHasher(),
      now: () => Date.now() / 1000 + clock.aheadSeconds,
      log: () => {},
    });
    await addAlice(instance);
  } catch (error) {
    await server.close(0);
    throw error;
  }
  opened.resolve(instance);
  return {
    issuer,
    instance,
    clock,
    browser: () => openBrowser((request) => fetch(request), issuer),
    async close() {
      await server.close(1);
      await instance.close();
    },
  };
}
