import { allClients, findClient } from '../clients.ts';
import type { Engine } from '../engine.ts';
import type { Client } from '../../spec/client.ts';
import { isClientId } from '../../spec/client_id.ts';
import { missedClaims } from './claims.ts';
import { clientAlgorithms, clientSecrets } from './clients.ts';
import { recordsFromTheFuture } from './clock.ts';
import { failedDeliveries } from './deliveries.ts';
import {
  type Check,
  type Configured,
  type Finding,
  type Patient,
  type Remark,
  SEVERITIES,
} from './finding.ts';
import { clientKeySets, issuerKeySets } from './jwks_uris.ts';
import { keyChains } from './keys.ts';
import { notifications } from './notifier.ts';
import { ownUrl } from './own_url.ts';
import { administrators } from './people.ts';
import { clientProfiles } from './profiles.ts';
import { plainRedirectUris, postLogoutUrisAsked, redirectUrisAsked } from './redirect_uris.ts';
import { fileSectors } from './sectors.ts';
import {
  authMethods,
  foreignIntrospections,
  foreignScopes,
  missingPkce,
  proofs,
  unknownClients,
} from './seen_clients.ts';
import { storeHealth } from './store.ts';
import { hosts, protocols, untrustedProxies } from './traffic.ts';
import { unmet } from './unmet.ts';

export interface ExamineOptions extends Configured {
  /** Whether the records are those of the server: false leaves out what is about them. */
  readonly hasRecords: boolean;
  /** Whether requests may be sent. */
  readonly network: boolean;
  /** Whether this process answers requests. */
  readonly isServing: boolean;
}

export const CHECKS: readonly Check[] = [
  { check: 'store', isShared: true, isOfRecords: true, run: storeHealth },
  { check: 'configuration', isOfRecords: true, run: unmet },
  { check: 'clock', isOfRecords: true, run: recordsFromTheFuture },
  { check: 'own_url', isOfServer: true, isOfNetwork: true, run: ownUrl },
  { check: 'host', isOfRecords: true, run: hosts },
  { check: 'proto', isOfRecords: true, run: protocols },
  { check: 'trusted_proxies', isOfRecords: true, run: untrustedProxies },
  { check: 'key_chain', isOfRecords: true, run: keyChains },
  { check: 'algorithm', ofClients: clientAlgorithms },
  { check: 'profile', ofClients: clientProfiles },
  { check: 'jwks_uri', isOfNetwork: true, run: clientKeySets },
  { check: 'trusted_issuer', isOfNetwork: true, run: issuerKeySets },
  { check: 'sector', isOfNetwork: true, run: fileSectors },
  { check: 'client_secret', ofClients: clientSecrets },
  { check: 'plain_redirect_uri', ofClients: () => plainRedirectUris },
  { check: 'redirect_uri', isOfRecords: true, run: redirectUrisAsked },
  { check: 'post_logout_redirect_uri', isOfRecords: true, run: postLogoutUrisAsked },
  { check: 'auth_method', isOfRecords: true, run: authMethods },
  { check: 'authentication', isOfRecords: true, run: proofs },
  { check: 'pkce', isOfRecords: true, run: missingPkce },
  { check: 'scope', isOfRecords: true, run: foreignScopes },
  { check: 'introspection', isOfRecords: true, run: foreignIntrospections },
  { check: 'userinfo', isOfRecords: true, run: missedClaims },
  { check: 'delivery', isOfRecords: true, run: failedDeliveries },
  { check: 'unknown_client', isOfRecords: true, run: unknownClients },
  { check: 'administrators', isShared: true, isOfRecords: true, run: administrators },
  { check: 'notifier', isOfRecords: true, run: notifications },
];

/** What one check may find before the rest is only counted. */
const MAX_FINDINGS = 25;

/** Everything that is wrong as far as these issuers can tell, the worst first; what they share is told once. */
export async function examineAll(
  engines: readonly Engine[],
  options: ExamineOptions,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [index, engine] of engines.entries()) {
    // Of a first start one may still be being made.
    await engine.keys.jwksText();
    const patient = await patientOf(engine, options);
    const rows = CHECKS.filter((each) =>
      isPossible(each, options) && (each.isShared !== true || index === 0)
    );
    const ofClients = remarksOfClients(rows, patient);
    for (const row of rows) {
      const remarks = () => 'run' in row ? row.run(patient) : ofClients(row);
      const found = await outcomeOf(row, remarks, patient);
      const isBound = row.isShared !== true && engine.engines().length > 1;
      findings.push(...isBound ? found.map((each) => ofIssuer(each, engine)) : found);
    }
  }
  return bySeverity(findings);
}

/** Of one of them. */
export async function examine(
  engine: Engine,
  options: ExamineOptions,
): Promise<readonly Finding[]> {
  return await examineAll([engine], options);
}

/** Where there are several, commands that are bound to one are told which. */
function ofIssuer(finding: Finding, { settings: { issuer } }: Engine): Finding {
  const change = finding.change.replace(BOUND_COMMAND, `$& --issuer ${issuer}`);
  return { ...finding, issuer, change };
}

const BOUND_COMMAND = /\bostiary (?:client|key|notifier) [a-z]+/g;

export function bySeverity<T extends Pick<Finding, 'severity'>>(all: readonly T[]): readonly T[] {
  return all.toSorted((left, right) =>
    SEVERITIES.indexOf(left.severity) - SEVERITIES.indexOf(right.severity)
  );
}

function isPossible(
  { isOfRecords, isOfNetwork, isOfServer }: Check,
  { hasRecords, network, isServing }: ExamineOptions,
): boolean {
  return (hasRecords || isOfRecords !== true) && (network || isOfNetwork !== true) &&
    (isServing || isOfServer !== true);
}

async function patientOf(
  engine: Engine,
  { hasNotifier, trustedProxies }: Configured,
): Promise<Patient> {
  const seen = await engine.observations.read(engine.settings.issuer);
  const named = (seen.get('')?.sightings ?? []).map(({ value }) => value);
  const clients = new Map<string, Client>();
  for (const client_id of new Set([...seen.keys(), ...named].filter(isClientId))) {
    const client = await findClient(client_id, engine);
    if (client !== undefined) clients.set(client_id, client);
  }
  return { engine, nowSeconds: engine.now(), clients, seen, hasNotifier, trustedProxies };
}

/** One look at every client for all checks of clients together, when the first of them asks. */
function remarksOfClients(
  rows: readonly Check[],
  patient: Patient,
): (row: Check) => Promise<readonly Remark[]> {
  let look: Promise<ReadonlyMap<Check, readonly Remark[]>> | undefined;
  return async (row) => (await (look ??= lookAtClients(rows, patient))).get(row) ?? [];
}

async function lookAtClients(
  rows: readonly Check[],
  patient: Patient,
): Promise<ReadonlyMap<Check, readonly Remark[]>> {
  const checks = rows.flatMap((row) =>
    'run' in row ? [] : [{ row, remarksOn: row.ofClients(patient), remarks: [] as Remark[] }]
  );
  for await (const client of allClients(patient.engine)) {
    for (const { remarksOn, remarks } of checks) remarks.push(...remarksOn(client));
  }
  return new Map(checks.map(({ row, remarks }) => [row, remarks]));
}

/** A check that fails is a finding, and keeps no other from being made. */
async function outcomeOf(
  { check }: Check,
  remarksOf: () => readonly Remark[] | Promise<readonly Remark[]>,
  patient: Patient,
): Promise<readonly Finding[]> {
  try {
    const remarks = bySeverity(await remarksOf());
    const findings = remarks.slice(0, MAX_FINDINGS).map((remark) => ({ check, ...remark }));
    const rest = remarks.length - findings.length;
    return rest === 0 ? findings : [...findings, {
      check,
      severity: 'note',
      about: patient.engine.settings.issuer,
      found: `${rest} more of the same kind are not listed`,
      change: 'mend those that are, and run ostiary doctor again',
    }];
  } catch (cause) {
    patient.engine.log('error', 'doctor.check_failed', { check, cause });
    return [{
      check,
      severity: 'error',
      about: patient.engine.settings.issuer,
      found: 'this could not be checked: what it reads cannot be read',
      change: 'the log says why, at doctor.check_failed',
    }];
  }
}
