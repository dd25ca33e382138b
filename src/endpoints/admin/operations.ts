import { AUDIT_OPERATIONS } from './audit.ts';
import { BACKCHANNEL_REQUEST_OPERATIONS } from './backchannel_requests.ts';
import { CLAIMS_OPERATIONS } from './claims.ts';
import { CLIENT_OPERATIONS } from './clients.ts';
import { CONFIGURATION_OPERATIONS } from './configuration.ts';
import { DELIVERY_OPERATIONS } from './deliveries.ts';
import { GRANT_OPERATIONS } from './grants.ts';
import { KEY_OPERATIONS } from './keys.ts';
import type { Operation } from './operation.ts';
import { REGISTRATION_TOKEN_OPERATIONS } from './registration_tokens.ts';
import { SERVER_OPERATIONS } from './server.ts';
import { SESSION_OPERATIONS } from './sessions.ts';
import { USER_OPERATIONS } from './users.ts';

/** Everything that the administration API can do. */
export const OPERATIONS: readonly Operation[] = [
  ...CLIENT_OPERATIONS,
  ...USER_OPERATIONS,
  ...SESSION_OPERATIONS,
  ...GRANT_OPERATIONS,
  ...BACKCHANNEL_REQUEST_OPERATIONS,
  ...DELIVERY_OPERATIONS,
  ...KEY_OPERATIONS,
  ...REGISTRATION_TOKEN_OPERATIONS,
  ...CLAIMS_OPERATIONS,
  ...CONFIGURATION_OPERATIONS,
  ...SERVER_OPERATIONS,
  ...AUDIT_OPERATIONS,
];
