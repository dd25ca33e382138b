import { Buffer } from 'node:buffer';
import { createHmac, randomUUID } from 'node:crypto';
import { type Outbound, statusProblem } from '../outbound.ts';
import type { Notifier } from './notifier.ts';

export interface WebhookNotifierOptions {
  readonly url: string;
  /** Its UTF-8 is the HMAC key; after `whsec_`, the bytes that the rest stands for in base64. */
  readonly secret: string;
  readonly outbound: Outbound;
  /** Unix seconds. */
  readonly now: () => number;
}

/** POSTs each message as JSON, signed as the Standard Webhooks specification 1.0 has it. */
export function createWebhookNotifier(options: WebhookNotifierOptions): Notifier {
  const { url, outbound, now } = options;
  const key = keyOf(options.secret);

  return {
    takesNames: true,
    async send(message) {
      const body = JSON.stringify(message);
      const [id, timestamp] = [randomUUID(), String(Math.floor(now()))];
      const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
      const result = await outbound.post(url, {
        body,
        contentType: 'application/json',
        headers: {
          'webhook-id': id,
          'webhook-timestamp': timestamp,
          'webhook-signature': `v1,${mac}`,
        },
      });
      const problem = result.ok ? statusProblem(result.status) : result.problem;
      if (problem !== undefined) {
        throw new Error(`the webhook did not take the message: ${problem}`);
      }
    },
  };
}

function keyOf(secret: string): Uint8Array {
  return secret.startsWith('whsec_')
    ? Buffer.from(secret.slice('whsec_'.length), 'base64')
    : Buffer.from(secret);
}
