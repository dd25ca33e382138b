import { metadataOf } from '../../spec/client_metadata.ts';
import type { StoredClient } from '../../store/records.ts';
import type { Engine } from '../engine.ts';

/** RFC 7591 §3.2.1, RFC 7592 §3. */
export interface ClientInformation {
  readonly client_id: string;
  readonly registration_access_token: string;
  readonly registration_client_uri: string;
  readonly [field: string]: unknown;
}

/** Where a client is managed. RFC 7592 §1.2 */
function registrationUri(client_id: string, { settings }: Engine): string {
  return `${settings.issuer}/register/${encodeURIComponent(client_id)}`;
}

export interface Shown {
  readonly registration_access_token: string;
  /** Just made: of what is stored none can be shown. */
  readonly client_secret?: string | undefined;
}

/** A client with all that is registered of it, defaults and what we have put in place of what was asked for included. */
export function clientInformation(
  record: StoredClient,
  { registration_access_token, client_secret }: Shown,
  engine: Engine,
): ClientInformation {
  const { client_id, client_id_issued_at, client_secret_expires_at = 0, registration } = record;
  const software_statement = registration?.software_statement;
  return {
    client_id,
    ...client_id_issued_at !== undefined && { client_id_issued_at },
    ...client_secret !== undefined && { client_secret },
    ...record.client_secret !== undefined && { client_secret_expires_at },
    registration_access_token,
    registration_client_uri: registrationUri(client_id, engine),
    ...metadataOf(record),
    ...software_statement !== undefined && { software_statement },
  };
}
