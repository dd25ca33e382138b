import { type Incoming, resolveIncoming } from '../engine/authorize/incoming.ts';
import { newPending } from '../engine/authorize/pending.ts';
import { parseAuthorizationRequest } from '../engine/authorize/request.ts';
import { refusalResponse } from '../engine/authorize/respond.ts';
import { findReturnAddress, type ReturnAddress } from '../engine/authorize/return_address.ts';
import type { RequestContext } from '../http/router.ts';
import { continueAuthorization } from '../interaction/continue.ts';
import { cookiesOf } from '../interaction/cookies.ts';
import { errorPage } from '../interaction/error_page.ts';
import { sendResponse } from '../interaction/send_response.ts';
import { type Params, paramsOf } from '../spec/params.ts';
import { aboutOf, refusalOf } from './error_response.ts';
import { observeOrigin } from './observe_origin.ts';
import { formPairs, queryParams } from './params.ts';
import type { Site } from './site.ts';

/** RFC 6749 §3.1, Core §3.1.2: GET and POST alike. */
export async function authorization(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  observeOrigin(request, context, site);
  let params: Params | undefined;
  let incoming: Incoming | undefined;
  let address: ReturnAddress;
  try {
    params = await authorizationParams(request, context, site);
    incoming = await resolveIncoming(params, site.engine);
    address = await findReturnAddress(incoming.params, site.engine);
  } catch (error) {
    const outer = incoming === undefined ? await outerAddress(params, site) : undefined;
    // Before the return address is known to be good, nothing may be sent to it.
    return outer === undefined
      ? errorPage(error, context, site)
      : await refuse(error, outer, context, site);
  }
  try {
    const parsed = await parseAuthorizationRequest(incoming, address, site.engine);
    const pending = newPending(address, parsed, incoming, site.engine);
    return await continueAuthorization(
      { pending, cookies: cookiesOf(request, context, site) },
      site,
    );
  } catch (error) {
    return await refuse(error, address, context, site);
  }
}

async function refuse(
  error: unknown,
  address: ReturnAddress,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const { client_id } = address.client;
  const refusal = refusalOf(error, site.engine.log, { ...aboutOf(context), client_id });
  return sendResponse(await refusalResponse(address, refusal, site.engine), [], site);
}

/** Where to say that a request object is no good: the address beside it, if it names one that is registered. */
async function outerAddress(
  params: Params | undefined,
  site: Site,
): Promise<ReturnAddress | undefined> {
  if (params?.get('redirect_uri') === undefined) return undefined;
  try {
    return await findReturnAddress(params, site.engine);
  } catch {
    return undefined;
  }
}

async function authorizationParams(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Params> {
  if (request.method === 'POST') return paramsOf(await formPairs(request, site.maxBodyBytes));
  return queryParams(context.query);
}
