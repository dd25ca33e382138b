import type { Engine } from '../engine.ts';
import { done, type Outcome, refused } from './outcome.ts';

/** Sends a message the way people are told things, and says whether it was taken. */
export async function sendTestMessage(
  to: string,
  { notifier, settings: { issuer } }: Engine,
): Promise<Outcome<{ readonly to: string; readonly sent: true }>> {
  try {
    await notifier.send({
      to,
      kind: 'test',
      subject: `Test message of ${new URL(issuer).host}`,
      text: `${issuer} can send messages. Nothing needs to be done.\n`,
    });
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error), 'conflict');
  }
  return done({ to, sent: true });
}
