import type { Log } from '../../spec/log.ts';
import type { Notifier } from './notifier.ts';

/**
 * For servers that keep nothing: messages appear in the log of one that only its developer uses, and nowhere otherwise,
 * as they hold links that open accounts.
 */
export function createLogNotifier(log: Log, { isShown }: { readonly isShown: boolean }): Notifier {
  return {
    takesNames: true,
    send(message) {
      if (isShown) log('info', 'notification', { ...message });
      else log('warn', 'notification.dropped', { why: 'no notifier is configured' });
      return Promise.resolve();
    },
  };
}
