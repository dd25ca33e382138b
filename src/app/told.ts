import type { Config } from '../config/config.ts';
import { observedNotifier } from '../engine/doctor/observed_notifier.ts';
import type { Engine } from '../engine/engine.ts';
import { createLogNotifier } from '../net/notifier/log.ts';
import type { Notifier } from '../net/notifier/notifier.ts';
import { checkedNotifier, openNotifier } from '../net/notifier/open.ts';
import { createOutbound, type Outbound, type OutboundOptions } from '../net/outbound.ts';
import { isLoopbackHost } from '../spec/redirect_uri.ts';
import type { InstanceOptions } from './options.ts';
import type { Shared } from './shared.ts';

type Told = Pick<Engine, 'outbound' | 'notifier'>;

/** How an issuer reaches others, as this configuration has it: all by the same means. */
export function toldBy(config: Config, { parts, options }: Shared): (issuer: string) => Told {
  const { now, observations } = parts;
  const outbound = options.outbound ?? createOutbound(outboundOptions(config, now));
  const notifier = notifierOf(config, outbound, now, options);
  return (issuer) => ({
    outbound,
    notifier: checkedNotifier(observedNotifier(notifier, issuer, observations)),
  });
}

function outboundOptions(
  { outbound, development, issuers }: Config,
  now: () => number,
): OutboundOptions {
  const { allow_networks, ca, timeout } = outbound;
  const isPlain = issuers.every(({ settings }) => new URL(settings.issuer).protocol === 'http:');
  return {
    allow_networks,
    timeoutSeconds: timeout,
    allowHttp: development || isPlain,
    ownUrls: issuers.map(({ settings }) => settings.issuer),
    now,
    ...ca !== undefined && { ca },
  };
}

/** Who configured none finds messages beside the data, or in the log of a server that keeps no data. */
function notifierOf(
  { notifier, storage, data, development, issuers }: Config,
  outbound: Outbound,
  now: () => number,
  options: InstanceOptions,
): Notifier {
  if (options.notifier !== undefined) return options.notifier;
  if (notifier !== undefined) return openNotifier(notifier, { outbound, now });
  if (storage.engine === 'file' && options.store === undefined) {
    return openNotifier({ kind: 'file', path: `${data}/notifications.jsonl` }, { outbound, now });
  }
  const isLocal = issuers.every(({ settings }) =>
    isLoopbackHost(new URL(settings.issuer).hostname)
  );
  return createLogNotifier(options.log, { isShown: development || isLocal });
}
