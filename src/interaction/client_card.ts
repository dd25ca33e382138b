import type { ReturnAddress } from '../engine/authorize/return_address.ts';
import { formActionSource } from '../http/respond.ts';
import type { Client } from '../spec/client.ts';

/** A client as pages show it. Everything in it is the client's own word, save the host that was checked. */
export interface ClientCard {
  readonly name: string;
  readonly logo_uri?: string;
  readonly policy_uri?: string;
  readonly tos_uri?: string;
  /** Where the person will return to. */
  readonly redirectHost?: string;
}

export function clientCard({ client, redirect_uri }: ReturnAddress): ClientCard {
  return { ...deviceCard(client), redirectHost: new URL(redirect_uri).host || redirect_uri };
}

/** A client on a device: nobody returns to it by a redirect. */
export function deviceCard({ client_id, client_name, ...client }: Client): ClientCard {
  const { logo_uri, policy_uri, tos_uri } = client;
  return {
    name: client_name ?? client_id,
    ...(logo_uri === undefined ? {} : { logo_uri }),
    ...(policy_uri === undefined ? {} : { policy_uri }),
    ...(tos_uri === undefined ? {} : { tos_uri }),
  };
}

/**
 * Where a form may lead in the end. Browsers apply form-action to each redirect after a form, and clients redirect on
 * from their redirect URI to wherever they like: hence all of https.
 */
export function formTargets({ redirect_uri }: ReturnAddress): readonly string[] {
  return [formActionSource(redirect_uri), 'https:'];
}

/** The logo is loaded by the browser, from this origin alone. */
export function logoOrigins({ logo_uri }: Client): readonly string[] {
  return logo_uri === undefined ? [] : [new URL(logo_uri).origin];
}
