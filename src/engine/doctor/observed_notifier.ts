import type { Notifier } from '../../net/notifier/notifier.ts';
import type { Observations } from '../observations.ts';

/** The same, and it is remembered for the doctor whether messages were handed on. */
export function observedNotifier(
  notifier: Notifier,
  issuer: string,
  observations: Observations,
): Notifier {
  return {
    ...notifier,
    async send(message) {
      try {
        await notifier.send(message);
        observations.delivered(issuer);
      } catch (error) {
        const value = error instanceof Error ? error.message : 'unknown';
        observations.saw(issuer, { kind: 'notifier', value });
        throw error;
      }
    },
  };
}
