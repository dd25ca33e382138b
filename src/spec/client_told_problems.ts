import type { ClientMetadata } from './client_metadata.ts';
import type { ClientProblem } from './client_problems.ts';
import { CIBA_GRANT } from './identifiers.ts';

/** What contradicts itself in where a client is told of answers and of the ends of sessions. */
export function toldProblems(client: ClientMetadata): readonly ClientProblem[] {
  return [
    ...backchannelProblems(client),
    ...logoutProblems(client),
    ...frontchannelProblems(client),
  ];
}

/** CIBA §4. */
function backchannelProblems(client: ClientMetadata): ClientProblem[] {
  const mode = client.backchannel_token_delivery_mode;
  if (!client.grant_types.includes(CIBA_GRANT)) {
    return mode === undefined ? [] : [{
      field: 'backchannel_token_delivery_mode',
      problem: `needs grant type ${CIBA_GRANT}`,
    }];
  }
  const problems: ClientProblem[] = [];
  if (mode === undefined) {
    problems.push({
      field: 'backchannel_token_delivery_mode',
      problem: `is required with ${CIBA_GRANT}`,
    });
  }
  const isTold = mode === 'ping' || mode === 'push';
  if (isTold && client.backchannel_client_notification_endpoint === undefined) {
    problems.push({
      field: 'backchannel_client_notification_endpoint',
      problem: `is required in mode ${mode}`,
    });
  }
  const isBound = client.dpop_bound_access_tokens ||
    client.tls_client_certificate_bound_access_tokens;
  if (mode === 'push' && isBound) {
    problems.push({
      field: 'backchannel_token_delivery_mode',
      problem: 'must not be push, as tokens that are pushed cannot be bound to a key',
    });
  }
  const methods = [
    client.token_endpoint_auth_method,
    client.backchannel_authentication_endpoint_auth_method,
  ];
  if (methods.includes('none')) {
    problems.push({
      field: 'grant_types',
      problem: `${CIBA_GRANT} is not for clients that do not prove who they are`,
    });
  }
  return problems;
}

/** Back-Channel Logout §2.2. */
function logoutProblems(client: ClientMetadata): ClientProblem[] {
  const isPublic = client.token_endpoint_auth_method === 'none';
  return isPublic && client.backchannel_logout_uri?.startsWith('http:') === true
    ? [{ field: 'backchannel_logout_uri', problem: 'must be https for a public client' }]
    : [];
}

/** Front-Channel Logout §2: scheme, host and port of a redirect URI, so that nobody has others' pages framed. */
function frontchannelProblems(
  { frontchannel_logout_uri, redirect_uris }: ClientMetadata,
): ClientProblem[] {
  if (frontchannel_logout_uri === undefined) return [];
  const { origin } = new URL(frontchannel_logout_uri);
  return redirect_uris.some((uri) => new URL(uri).origin === origin) ? [] : [{
    field: 'frontchannel_logout_uri',
    problem: 'must have scheme, host and port of one of redirect_uris',
  }];
}
