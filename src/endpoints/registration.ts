import { admit } from '../engine/registration/admission.ts';
import {
  deleteClient,
  type Presented,
  readClient,
  updateClient,
} from '../engine/registration/manage.ts';
import { type ClientRequest, registerClient } from '../engine/registration/register.ts';
import { readJson } from '../http/body.ts';
import { json, noContent, noStore } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import { isMap } from '../spec/is_map.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import { bearerRefusal, bearerToken } from './bearer.ts';
import { usableMethods } from './discovery.ts';
import { senderOf, type Site, type SiteHandler } from './site.ts';

/** RFC 7591 §3. */
export const registration = handler(async (request, context, site) => {
  const admission = await admit(
    bearerToken(request, context),
    senderOf(request, context, site),
    site.engine,
  );
  const sent = await clientRequest(request, site);
  return json(await registerClient(sent, admission, site.engine), noStore, 201);
});

/** RFC 7592 §2.1. */
export const clientConfiguration = handler(async (request, context, site) =>
  json(await readClient(presented(request, context, site), site.engine), noStore)
);

/** RFC 7592 §2.2. */
export const clientUpdate = handler(async (request, context, site) => {
  const shown = presented(request, context, site);
  return json(await updateClient(shown, await clientRequest(request, site), site.engine), noStore);
});

/** RFC 7592 §2.3. */
export const clientRemoval = handler(async (request, context, site) => {
  await deleteClient(presented(request, context, site), site.engine);
  return noContent(noStore);
});

function handler(
  work: (request: Request, context: RequestContext, site: Site) => Promise<Response>,
): SiteHandler {
  return async (request, context, site) => {
    try {
      return await work(request, context, site);
    } catch (error) {
      return bearerRefusal(error, request, context, site);
    }
  };
}

function presented(request: Request, context: RequestContext, site: Site): Presented {
  const token = bearerToken(request, context);
  if (token === undefined) {
    throw new OAuthError('invalid_token', 'a registration access token is required');
  }
  return {
    client_id: context.params['client_id'] ?? '',
    token,
    source: senderOf(request, context, site),
  };
}

async function clientRequest(request: Request, site: Site): Promise<ClientRequest> {
  const body = await readJson(request, site.maxBodyBytes);
  if (!body.ok) throw new OAuthError('invalid_request', body.problem, { status: body.status });
  if (!isMap(body.value)) {
    throw new OAuthError('invalid_client_metadata', 'the body must be a JSON object');
  }
  return { sent: body.value, auth_methods: usableMethods(site) };
}
