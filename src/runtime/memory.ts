import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Gives back what the start needed and an idle server does not. V8 grows its heap for new objects while some 400 modules
 * are loaded, and does not shrink it by itself: that and the garbage in it are some 10 MiB. It grows again under load.
 * Takes tens of milliseconds, in which nothing is answered; nothing on other runtimes.
 */
export function giveBackMemory(): void {
  if ('Deno' in globalThis || 'Bun' in globalThis) return;
  // Only contexts made after it have a `gc`.
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('globalThis.gc');
  setFlagsFromString('--no-expose-gc');
  // Only this flavour shrinks the heap for new objects.
  if (typeof collect === 'function') collect({ type: 'major', flavor: 'last-resort' });
}
