import type { ReadJwt } from '../../keys/verify.ts';
import type { Client } from '../../spec/client.ts';
import { isProfileAlg, profileOf } from '../../spec/profile_client.ts';
import type { TokenExchangePolicy } from '../../spec/token_exchange.ts';
import type { TrustedIssuer } from '../../spec/trusted_issuer.ts';
import type { Engine } from '../engine.ts';
import { verifyJwtOf } from '../issuer_jwt.ts';

/** The issuer of that `iss` whose word the policy lets a client show, and the name it has in the configuration. */
export function trustedIssuer(
  iss: unknown,
  { assertion_issuers = [] }: Partial<TokenExchangePolicy>,
  { settings }: Engine,
): readonly [string, TrustedIssuer] | undefined {
  return [...settings.trusted_issuers].find(([name, { issuer }]) =>
    issuer === iss && assertion_issuers.includes(name)
  );
}

/** Its JWT, if it is signed by a key of its own and as the profile of the client that shows it allows. */
export async function verifyTrusted(
  jwt: string,
  { header }: ReadJwt,
  issuer: TrustedIssuer,
  client: Client,
  engine: Engine,
): Promise<ReadJwt | undefined> {
  const signer = { ...issuer, name: `trusted issuer ${issuer.issuer}` };
  const algs = issuer.algorithms.filter((alg) => isProfileAlg(alg, profileOf(client)));
  return await verifyJwtOf(signer, jwt, header, algs, engine);
}
