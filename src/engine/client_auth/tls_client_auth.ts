import { type Certificate, certificatesOfPem, parseCertificate } from '../../keys/certificate.ts';
import { type AltNameKind, hasAltName, isSubject } from '../../keys/certificate_names.ts';
import { isTrusted } from '../../keys/certificate_path.ts';
import type { Client } from '../../spec/client.ts';
import type { Engine } from '../engine.ts';
import {
  type ClientAuth,
  type Credentials,
  type Presented,
  type Proof,
  unproven,
} from './client_auth.ts';

/** A certificate of an authority that we trust, with the subject that is registered. RFC 8705 §2.1. */
export const tlsClientAuth: ClientAuth = {
  token_endpoint_auth_method: 'tls_client_auth',
  isGuessable: false,
  isIncidental: true,
  read: readCertificate,
  prove,
};

/** A certificate counts for the client that the request names: RFC 8705 §2 requires client_id. */
export function readCertificate({ certificates = [], params }: Presented): Credentials | undefined {
  const client_id = params.get('client_id');
  return client_id === undefined || certificates.length === 0 ? undefined : { client_id };
}

/** More than any real chain has. */
const MAX_CHAIN = 8;

/** Whoever was in front may have looked at the chain already: we look at it all the same. */
function prove(
  client: Client,
  _credentials: Credentials,
  { certificates = [] }: Presented,
  engine: Engine,
): Proof {
  const [leaf, ...intermediates] = certificates.slice(0, MAX_CHAIN).map(parseCertificate);
  if (leaf === undefined) return unproven('the certificate cannot be read');
  const isChained = isTrusted(leaf, {
    intermediates: intermediates.filter((each) => each !== undefined),
    authorities: authoritiesOf(engine.settings.client_certificate_authorities),
    now: engine.now(),
  });
  if (!isChained) return unproven('the certificate does not lead to a configured authority');
  return isRegisteredSubject(leaf, client)
    ? { ok: true }
    : unproven('the certificate has another subject');
}

const parsed = new WeakMap<readonly string[], readonly Certificate[]>();

/** Parsed once per load of the configuration. */
function authoritiesOf(pems: readonly string[]): readonly Certificate[] {
  const known = parsed.get(pems);
  if (known !== undefined) return known;
  const authorities = pems.flatMap(certificatesOfPem).filter((each) => each !== undefined);
  parsed.set(pems, authorities);
  return authorities;
}

const ALT_NAMES: readonly AltNameKind[] = ['dns', 'uri', 'ip', 'email'];

/** RFC 8705 §2.1.2: exactly one is registered. */
function isRegisteredSubject(certificate: Certificate, client: Client): boolean {
  const { tls_client_auth_subject_dn: dn } = client;
  const verdicts = [
    ...dn === undefined ? [] : [isSubject(certificate, dn)],
    ...ALT_NAMES.flatMap((kind) => {
      const name = client[`tls_client_auth_san_${kind}`];
      return name === undefined ? [] : [hasAltName(certificate, kind, name)];
    }),
  ];
  return verdicts.length === 1 && verdicts[0] === true;
}
