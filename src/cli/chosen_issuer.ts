import type { Instance } from '../app.ts';
import type { Engine } from '../engine/engine.ts';
import { type EngineCommand, type Invocation, textFlag } from './command.ts';

export type EngineChoice =
  | { readonly ok: true; readonly engine: Engine }
  | { readonly ok: false; readonly problem: string };

/** The engine of the issuer that --issuer names; where there are several, a command that is bound to one needs it. */
export function chosenEngine(
  command: Pick<EngineCommand, 'ofAllIssuers'>,
  invocation: Invocation,
  instance: Pick<Instance, 'engines'>,
): EngineChoice {
  const named = textFlag(invocation, 'issuer');
  const engines = instance.engines();
  const urls = engines.map(({ settings }) => settings.issuer).join(', ');
  if (named !== undefined) {
    const engine = engines.find(({ settings }) => settings.issuer === named);
    return engine === undefined
      ? { ok: false, problem: `--issuer must be one of ${urls}: got ${JSON.stringify(named)}` }
      : { ok: true, engine };
  }
  const { ofAllIssuers = false } = command;
  const isOfAll = typeof ofAllIssuers === 'function' ? ofAllIssuers(invocation) : ofAllIssuers;
  if (engines.length === 1 || isOfAll) return { ok: true, engine: engines[0] };
  return { ok: false, problem: `say which issuer is meant with --issuer: ${urls}` };
}
