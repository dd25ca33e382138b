import type { Client } from '../../spec/client.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { profileOf } from '../../spec/profile_client.ts';
import { checkSingleValued, type Params, required } from '../../spec/params.ts';
import type { BackchannelRequestRecord } from '../../store/records.ts';
import { parseAuthorizationDetails } from '../authorization_details.ts';
import { askedAcrValues, parseRequestedScope } from '../authorize/request.ts';
import { lifespansOf } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { parseResources } from '../resources.ts';
import { parseBindingMessage } from './binding_message.ts';

/** What a request asks for, whoever is asked. */
export interface Wanted extends
  Pick<
    BackchannelRequestRecord,
    'scope' | 'resource' | 'authorization_details' | 'acr_values' | 'binding_message'
  > {
  /** Seconds. */
  readonly lifetime: number;
}

/** CIBA §7.1. @throws {OAuthError} `invalid_request`, `invalid_scope`, `invalid_target`, `invalid_binding_message`, … */
export function parseWanted(params: Params, client: Client, engine: Engine): Wanted {
  checkSingleValued(params);
  required(params, 'scope');
  const scope = parseRequestedScope(params, client, engine);
  if (!scope.includes('openid')) throw new OAuthError('invalid_scope', 'scope must hold openid');
  const details = parseAuthorizationDetails(params.get('authorization_details'), client, engine);
  const binding_message = parseBindingMessage(params.get('binding_message'));
  if (binding_message === undefined && details === undefined) checkContext(client);
  return {
    scope,
    resource: parseResources(params, scope, client, engine),
    ...(details === undefined ? {} : { authorization_details: details }),
    acr_values: askedAcrValues(params),
    ...(binding_message === undefined ? {} : { binding_message }),
    lifetime: parseLifetime(params, client, engine),
  };
}

/** @throws {OAuthError} `invalid_binding_message` */
function checkContext(client: Client): void {
  const rule = profileOf(client).requests.binding_message;
  if (rule === undefined) return;
  throw new OAuthError(
    'invalid_binding_message',
    `binding_message or authorization_details is required (${rule.clause})`,
  );
}

/** What is asked for, where that is less than what there is. */
function parseLifetime(params: Params, client: Client, engine: Engine): number {
  const most = lifespansOf(client, engine, 'ciba').backchannel_authentication;
  const sent = params.get('requested_expiry');
  if (sent === undefined) return most;
  if (!/^0*[1-9]\d{0,8}$/.test(sent)) {
    throw new OAuthError(
      'invalid_request',
      'requested_expiry must be a positive number of seconds',
    );
  }
  return Math.min(most, Number(sent));
}
