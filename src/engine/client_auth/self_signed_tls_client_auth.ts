import type { JWK } from 'jose';
import { isKeyOf, parseCertificate } from '../../keys/certificate.ts';
import type { Client } from '../../spec/client.ts';
import { allClientKeys } from '../client_keys.ts';
import type { Engine } from '../engine.ts';
import {
  type ClientAuth,
  type Credentials,
  type Presented,
  type Proof,
  unproven,
} from './client_auth.ts';
import { readCertificate } from './tls_client_auth.ts';

/** A certificate whose key, or which itself, the client has registered; nobody vouches for it. RFC 8705 §2.2. */
export const selfSignedTlsClientAuth: ClientAuth = {
  token_endpoint_auth_method: 'self_signed_tls_client_auth',
  isGuessable: false,
  isIncidental: true,
  read: readCertificate,
  prove,
};

async function prove(
  client: Client,
  _credentials: Credentials,
  { certificates: [der] = [] }: Presented,
  engine: Engine,
): Promise<Proof> {
  const certificate = der === undefined ? undefined : parseCertificate(der);
  if (certificate === undefined) return unproven('the certificate cannot be read');
  const isAmong = (keys: readonly JWK[]): boolean => keys.some((key) => isKeyOf(certificate, key));
  return isAmong(await allClientKeys(client, isAmong, engine))
    ? { ok: true }
    : unproven('the certificate is not registered');
}
