import { type Remark, shown } from './finding.ts';

/** Words of all runtimes for what is wrong with a certificate. */
const CAUSES: readonly (readonly [words: RegExp, cause: string, change: string])[] = [
  [
    /expired/i,
    'its certificate has expired',
    'have it renewed where TLS ends: in the proxy, or listen.tls.cert',
  ],
  [
    /altname|notvalidforname|hostname/i,
    'its certificate is for another name',
    'take a certificate for the host of the issuer where TLS ends: in the proxy, or listen.tls.cert',
  ],
  [
    /self.?signed|unable_to_(get|verify)|unknown ?issuer|issuer_cert|leaf_signature|cert_untrusted/i,
    'nobody that is trusted here vouches for its certificate',
    'have the whole chain sent where TLS ends; if the authority is your own, name it: outbound.ca_file',
  ],
  [
    /cert|tls|ssl|wrong_version|eproto/i,
    'TLS fails',
    'see whether something speaks TLS at that port: the proxy, or this server with listen.tls',
  ],
];

/** What a failed request says of TLS; undefined when it failed before that. */
export function tlsRemark(problem: string, issuer: string): Remark | undefined {
  const found = CAUSES.find(([words]) => words.test(problem));
  if (found === undefined) return undefined;
  const [, cause, change] = found;
  return { severity: 'error', about: issuer, found: `${cause}: ${shown(problem)}`, change };
}
