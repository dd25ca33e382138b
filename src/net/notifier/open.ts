import type { Outbound } from '../outbound.ts';
import { createCommandNotifier } from './command.ts';
import { createFileNotifier } from './file.ts';
import { messageProblem, type Notifier, type NotifierSettings } from './notifier.ts';
import { createSmtpNotifier } from './smtp.ts';
import { createWebhookNotifier } from './webhook.ts';

/** The notifier that the settings describe. */
export function openNotifier(
  settings: NotifierSettings,
  { outbound, now }: { readonly outbound: Outbound; readonly now: () => number },
): Notifier {
  switch (settings.kind) {
    case 'file':
      return createFileNotifier({ path: settings.path, now });
    case 'smtp':
      return createSmtpNotifier(settings);
    case 'command':
      return createCommandNotifier(settings);
    case 'webhook':
      return createWebhookNotifier({ ...settings, outbound, now });
  }
}

/** The same for messages that are sound; others are refused before anything is sent. */
export function checkedNotifier(notifier: Notifier): Notifier {
  return {
    ...notifier,
    async send(message) {
      const problem = messageProblem(message, notifier);
      if (problem !== undefined) throw new Error(`the message cannot be sent: ${problem}`);
      await notifier.send(message);
    },
  };
}
