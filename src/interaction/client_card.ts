import type { ReturnAddress } from '../engine/authorize/return_address.ts';
import { originSource } from '../http/respond.ts';
import type { Client } from '../spec/client.ts';
import { localized } from '../spec/localized.ts';

/** A client as pages show it. Everything in it is the client's own word, save the host that was checked. */
export interface ClientCard {
  readonly name: string;
  readonly logo_uri?: string;
  readonly policy_uri?: string;
  readonly tos_uri?: string;
  /** Where the person will return to. */
  readonly redirectHost?: string;
}

/** `lang` is the page's. */
export function clientCard(
  { client, redirect_uri }: Pick<ReturnAddress, 'client' | 'redirect_uri'>,
  lang: string,
): ClientCard {
  return { ...deviceCard(client, lang), redirectHost: new URL(redirect_uri).host || redirect_uri };
}

/** A client on a device: nobody returns to it by a redirect. */
export function deviceCard(client: Client, lang: string): ClientCard {
  const [logo_uri, policy_uri, tos_uri] = (['logo_uri', 'policy_uri', 'tos_uri'] as const).map(
    (field) => localized(client, field, lang),
  );
  return {
    name: clientName(client, lang),
    ...(logo_uri === undefined ? {} : { logo_uri }),
    ...(policy_uri === undefined ? {} : { policy_uri }),
    ...(tos_uri === undefined ? {} : { tos_uri }),
  };
}

/**
 * Where a form may lead in the end. Browsers apply form-action to each redirect after a form, and clients redirect on
 * from their redirect URI to wherever they like: hence all of https.
 */
export function formTargets(
  { redirect_uri }: Pick<ReturnAddress, 'redirect_uri'>,
): readonly string[] {
  return [originSource(redirect_uri), 'https:'];
}

export function clientName(client: Client, lang: string): string {
  return localized(client, 'client_name', lang) ?? client.client_id;
}

/** The logo is loaded by the browser, from this origin alone. */
export function logoOrigins(client: Client, lang: string): readonly string[] {
  const logo_uri = localized(client, 'logo_uri', lang);
  return logo_uri === undefined ? [] : [new URL(logo_uri).origin];
}
