import type { Site } from '../endpoints/site.ts';
import { type Messages, messages } from './messages.ts';

/** What every view is given for the frame around it. */
export interface Frame {
  readonly nonce: string;
  readonly messages: Messages;
  readonly product: string;
  /** What every address of ours starts with. */
  readonly issuer: string;
}

export function frameOf(nonce: string, site: Site): Frame {
  const { issuer } = site.engine.settings;
  return { nonce, messages: messages('en'), product: site.productName, issuer };
}
