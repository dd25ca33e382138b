import { type ReadJwt, verifyJwt } from '../keys/verify.ts';
import type { ClientJwks } from '../spec/client_metadata.ts';
import type { SigningAlg } from '../spec/identifiers.ts';
import { clientKeys } from './client_keys.ts';
import type { Engine } from './engine.ts';

/** Somebody who signs, and is no client. */
export interface Signer {
  /** For the log, and to tell its keys from those of others. */
  readonly name: string;
  readonly jwks?: ClientJwks | undefined;
  readonly jwks_uri?: string | undefined;
}

/** What a JWT says, if the signer made it. Its keys are fetched anew if those at hand do not fit. */
export async function verifyJwtOf(
  { name, ...keys }: Signer,
  jwt: string,
  { alg, kid }: ReadJwt['header'],
  algs: readonly SigningAlg[],
  engine: Engine,
): Promise<ReadJwt | undefined> {
  const owner = { client_id: name, ...keys } as Parameters<typeof clientKeys>[0];
  const wanted = { use: 'sig', alg, kid } as const;
  return await verifyJwt(jwt, { keys: await clientKeys(owner, wanted, engine) }, algs) ??
    await verifyJwt(
      jwt,
      { keys: await clientKeys(owner, { ...wanted, newer: true }, engine) },
      algs,
    );
}
