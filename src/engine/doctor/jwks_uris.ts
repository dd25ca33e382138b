import type { Client } from '../../spec/client.ts';
import { jwksProblem } from '../../spec/jwks.ts';
import { fetchKeySet } from '../client_keys.ts';
import { allClients } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { askEach } from './fetching.ts';
import { clientName, isOfFile, type Patient, type Remark, shown } from './finding.ts';

/** Can those be had of issuers whose word counts here? RFC 7523 §3, RFC 7591 §2.3 */
export async function issuerKeySets({ engine }: Patient): Promise<readonly Remark[]> {
  const { trusted_issuers, registration } = engine.settings;
  const all = [...trusted_issuers.values(), ...registration.software_statement_issuers];
  const found = await Promise.all(
    all.map(({ issuer, jwks_uri }) => remarkOnIssuer(issuer, jwks_uri, engine)),
  );
  return found.flatMap((each) => each ?? []);
}

const PLACE = { field: 'jwks_uri', event: 'client_keys.not_fetched' } as const;

/** Can the keys be had that clients publish, and are they good? */
export async function clientKeySets({ engine }: Patient): Promise<readonly Remark[]> {
  const all: Client[] = [];
  for await (const client of allClients(engine)) {
    if (client.jwks_uri !== undefined) all.push(client);
  }
  return await askEach(all, PLACE, (client) => remarkOn(client, engine), engine);
}

async function remarkOn(client: Client, engine: Engine): Promise<Remark | undefined> {
  const { jwks_uri = '', client_id } = client;
  const problem = await problemAt(jwks_uri, engine);
  const whose = isOfFile(client) ? 'in the configuration file' : `with ostiary client update`;
  return problem === undefined
    ? undefined
    : remark(clientName(client), jwks_uri, problem, `jwks_uri of client ${client_id} ${whose}`);
}

async function remarkOnIssuer(
  issuer: string,
  jwks_uri: string | undefined,
  engine: Engine,
): Promise<Remark | undefined> {
  const problem = jwks_uri === undefined ? undefined : await problemAt(jwks_uri, engine);
  return jwks_uri === undefined || problem === undefined
    ? undefined
    : remark(shown(issuer), jwks_uri, problem, 'jwks_uri of that issuer in the configuration');
}

async function problemAt(jwks_uri: string, engine: Engine): Promise<string | undefined> {
  const result = await fetchKeySet(jwks_uri, engine);
  return result.ok ? jwksProblem(result.body) : result.problem;
}

function remark(about: string, jwks_uri: string, problem: string, option: string): Remark {
  return {
    severity: 'error',
    about,
    found: `its keys cannot be had from ${shown(jwks_uri)}: ${shown(problem)}`,
    change: /special use/.test(problem)
      ? 'if that address is meant, add its network to outbound.allow_networks'
      : `mend what serves it, or correct ${option}`,
  };
}
