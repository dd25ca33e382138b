/** Every error code we ever send, and the HTTP status that goes with it where the answer is not a redirect. */
export const ERROR_STATUS = {
  // RFC 6749 §4.1.2.1, §5.2
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  unsupported_response_type: 400,
  invalid_scope: 400,
  access_denied: 403,
  server_error: 500,
  temporarily_unavailable: 503,
  // RFC 6750 §3.1
  invalid_token: 401,
  insufficient_scope: 403,
  // RFC 9470 §3
  insufficient_user_authentication: 401,
  // RFC 7009 §2.2.1
  unsupported_token_type: 400,
  // RFC 8707 §2
  invalid_target: 400,
  // OpenID Connect Core 1.0 §3.1.2.6
  login_required: 400,
  consent_required: 400,
  interaction_required: 400,
  account_selection_required: 400,
  registration_not_supported: 400,
  invalid_request_uri: 400,
  invalid_request_object: 400,
  // OpenID Connect Unmet Authentication Requirements §2
  unmet_authentication_requirements: 400,
  // RFC 8628 §3.5
  authorization_pending: 400,
  slow_down: 400,
  expired_token: 400,
  // CIBA §13
  expired_login_hint_token: 400,
  unknown_user_id: 400,
  missing_user_code: 400,
  invalid_user_code: 400,
  invalid_binding_message: 400,
  // RFC 9449 §5, §8
  invalid_dpop_proof: 400,
  use_dpop_nonce: 400,
  // RFC 9396 §5
  invalid_authorization_details: 400,
  // RFC 7591 §3.2.2
  invalid_redirect_uri: 400,
  invalid_client_metadata: 400,
  invalid_software_statement: 400,
  unapproved_software_statement: 400,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;
