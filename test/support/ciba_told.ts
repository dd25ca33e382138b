/** Clients that are told of answers by the back channel, and what they are told. */
import { acknowledged, type BackchannelResponse, BANK, openCibaOp } from './ciba.ts';
import type { Tokens } from './flow.ts';
import { basic, type Op, type OpOptions } from './op.ts';
import type { Post, Posts } from './posts.ts';

export const ENDPOINT = 'https://bank.example/cb';
export const TOKEN = 'notification-token-0123456789';
export const PING = {
  ...BANK,
  client_id: 'ping',
  backchannel_token_delivery_mode: 'ping',
  backchannel_client_notification_endpoint: ENDPOINT,
};
export const PUSH = { ...PING, client_id: 'push', backchannel_token_delivery_mode: 'push' };
export const SCOPE = 'openid profile offline_access';

export interface Pushed extends Tokens {
  readonly auth_req_id: string;
  readonly error?: string;
  readonly error_description?: string;
}

export async function openTold(posts: Posts, options: OpOptions = {}): Promise<Op> {
  return await openCibaOp([PING, PUSH], {}, { outbound: posts.outbound, ...options });
}

export async function asked(
  op: Op,
  client_id: 'ping' | 'push',
  changes: object = {},
): Promise<BackchannelResponse> {
  const form = { client_notification_token: TOKEN, scope: SCOPE, ...changes };
  return await acknowledged(op, form, basic(client_id));
}

export async function settled(op: Op): Promise<void> {
  await op.instance.engine().deliveries.settled();
}

export function bodyOf(post: Post | undefined): Pushed {
  return JSON.parse(post?.body ?? '{}') as Pushed;
}
