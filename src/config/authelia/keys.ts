import { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { PlannedClient, PlannedKey } from '../../engine/administration/import_plan.ts';
import { readBroughtKey } from '../../keys/import.ts';
import { bareJwk, thumbprintOf } from '../../keys/public_jwk.ts';
import type { Path, Report } from '../import_report.ts';
import type { Section } from './section.ts';

type Jwk = ReturnType<typeof bareJwk>;

/** A private key, and where the file has it. */
export interface FoundKey {
  readonly path: Path;
  readonly key: PlannedKey;
}

/** The private keys of the issuer, and the one key of before there were several. */
export function readIssuerKeys(oidc: Section, report: Report): readonly FoundKey[] {
  const name = oidc.named('jwks', 'issuer_private_keys');
  const keys = (name === undefined ? [] : oidc.sections(name)).flatMap((section) =>
    readIssuerKey(section, report)
  );
  const [key, chain] = [oidc.text('issuer_private_key'), oidc.text('issuer_certificate_chain')];
  if (key !== undefined) {
    const alone = { key, chain, alg: 'RS256', use: 'sig', kid: undefined };
    const planned = plannedKey(alone);
    if ('problem' in planned) report.dropped(oidc.at('issuer_private_key'), planned.problem);
    else keys.push({ path: oidc.at('issuer_private_key'), key: planned });
  }
  if (keys.length === 0) {
    report.dropped(
      oidc.at('jwks'),
      'no key is taken over: Ostiary makes its own; a key in a secret of its own (a file, AUTHELIA_…_FILE) comes ' +
        'with ostiary key import',
    );
  }
  return keys;
}

function readIssuerKey(section: Section, report: Report): readonly FoundKey[] {
  const key = section.text('key');
  const read = {
    key: key ?? '',
    chain: section.text('certificate_chain'),
    alg: section.text('algorithm'),
    use: section.text('use') ?? 'sig',
    kid: section.text('key_id'),
  };
  section.finish();
  if (key === undefined) {
    report.dropped(section.path, 'has no key in this file: bring it in with ostiary key import');
    return [];
  }
  const planned = plannedKey(read);
  if ('problem' in planned) {
    report.dropped(section.path, planned.problem);
    return [];
  }
  return [{ path: section.path, key: planned }];
}

interface ReadKey {
  readonly key: string;
  readonly chain: string | undefined;
  readonly alg: string | undefined;
  readonly use: string;
  readonly kid: string | undefined;
}

function plannedKey({ key, chain = '', alg, use, kid }: ReadKey): PlannedKey | { problem: string } {
  const privateKey = opened(() => createPrivateKey(key));
  if (privateKey === undefined) return { problem: 'is no private key that can be read' };
  const jwk = opened(() => privateKey.export({ format: 'jwk' }) as Jwk);
  if (jwk === undefined) return { problem: 'must be a key of type RSA, EC or Ed25519' };
  const chosen = alg ?? usualAlg(jwk, use);
  const name = kid ?? autheliaKid(bareJwk(jwk), chosen);
  const text = `${JSON.stringify({ ...jwk, kid: name, use, alg: chosen })}\n${chain}`;
  const brought = readBroughtKey(text, {});
  if (!brought.ok) return { problem: brought.problem };
  return { kid: name, use: brought.key.use, alg: brought.key.alg, text };
}

/** Authelia's defaults by type of key. */
function usualAlg({ kty, crv }: Jwk, use: string): string {
  if (use === 'enc') return kty === 'RSA' ? 'RSA-OAEP-256' : 'ECDH-ES+A256KW';
  return kty === 'RSA' ? 'RS256' : CURVE_ALGS.get(crv ?? '') ?? 'EdDSA';
}

const CURVE_ALGS: ReadonlyMap<string, string> = new Map([
  ['P-256', 'ES256'],
  ['P-384', 'ES384'],
  ['P-521', 'ES512'],
]);

/** The name that relying parties know a key by which was given none. */
function autheliaKid(jwk: Jwk, alg: string): string {
  const thumbprint = Buffer.from(thumbprintOf(jwk), 'base64url').toString('hex');
  return `${thumbprint.slice(0, 6)}-${alg.toLowerCase().replaceAll('+', '.')}`;
}

/** Of an algorithm the first key signs; another is of use only to clients that name it. */
export function usedKeys(
  found: readonly FoundKey[],
  clients: readonly PlannedClient[],
  report: Report,
): readonly PlannedKey[] {
  const named = new Set(clients.flatMap(({ metadata }) => Object.values(metadata)));
  return found.filter(({ path, key }, index) => {
    const isFirst = found.findIndex((each) => each.key.alg === key.alg) === index;
    const isUsed = isFirst || named.has(key.kid);
    if (isUsed) report.mapped(path, `the key ${key.kid}`);
    else report.dropped(path, 'another key of its algorithm comes first, and no client names this');
    return isUsed;
  }).map(({ key }) => key);
}

/** Public keys of a client, in PEM; what is none is reported. */
export function readClientKeys(sections: readonly Section[], report: Report): readonly Jwk[] {
  return sections.flatMap((section) => {
    const [pem, use, alg, kid] = [
      section.text('key'),
      section.text('use'),
      section.text('algorithm'),
      section.text('key_id'),
    ];
    section.finish({ certificate_chain: 'has no counterpart: the key itself is trusted' });
    const key = pem === undefined ? undefined : opened(() => createPublicKey(pem));
    const jwk = key && opened(() => key.export({ format: 'jwk' }) as Jwk);
    if (jwk === undefined) {
      report.dropped(section.path, 'is no public key that can be read');
      return [];
    }
    return [{
      ...bareJwk(jwk),
      ...kid !== undefined && { kid },
      ...use !== undefined && { use },
      ...alg !== undefined && { alg },
    }];
  });
}

function opened<T extends KeyObject | Jwk>(open: () => T): T | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}
