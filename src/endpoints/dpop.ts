import { endpointUrls } from '../engine/endpoint_urls.ts';
import type { Caller } from '../engine/client_auth/client_auth.ts';
import { checkProof, checkProofAlg, nextNonce, type Proof } from '../engine/dpop.ts';
import type { RequestContext } from '../http/router.ts';
import type { Site } from './site.ts';

/** What a request asks for, as a proof must name it. */
export interface ProvenRequest {
  readonly method: string;
  readonly urls: readonly string[];
}

/** The proof that came with a request, if one did; by default about an endpoint of ours. RFC 9449 §4.1. @throws {OAuthError} `invalid_dpop_proof`, `use_dpop_nonce` */
export async function shownProof(
  request: Request,
  context: RequestContext,
  { engine }: Site,
  accessToken?: string,
  about: ProvenRequest = {
    method: request.method,
    urls: endpointUrls(context.path, engine.settings),
  },
): Promise<Proof | undefined> {
  const proof = request.headers.get('dpop');
  if (proof === null) return undefined;
  return await checkProof({
    proof,
    ...about,
    ...(accessToken === undefined ? {} : { accessToken }),
  }, engine);
}

/** The caller and the key of its proof, which is used up with all else that the request showed. @throws {OAuthError} `invalid_dpop_proof` */
export function withProof(caller: Caller, proof: Proof | undefined): Caller {
  if (proof === undefined) return caller;
  checkProofAlg(proof.alg, caller.client);
  return { ...caller, uses: [...caller.uses, proof.use], dpop_jkt: proof.jkt };
}

/** RFC 9449 §8, §8.2, §9: with every answer while proofs need one, refusals included. */
export function nonceHeader({ engine }: Site): Readonly<Record<string, string>> {
  const nonce = nextNonce(engine);
  return nonce === undefined ? {} : { 'dpop-nonce': nonce };
}
