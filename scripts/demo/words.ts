/** What the demo says about each field, in a phrase. */
export type Words = ReadonlyMap<string, string>;

/** RFC 6749 §5.1, Core §3.1.3.3. */
export const TOKEN_RESPONSE: Words = new Map([
  ['access_token', 'Opens userinfo and APIs. To this application it is only a string.'],
  ['token_type', 'How to present it: Authorization: Bearer, then the token.'],
  ['expires_in', 'Seconds for which the access token is good.'],
  ['scope', 'What you allowed, which may be less than was asked for.'],
  ['refresh_token', 'Gets new tokens while you are away, once; the next one comes with them.'],
  ['id_token', 'Says who signed in, signed by the provider. It is decoded below.'],
]);

/** RFC 7515 §4.1. */
export const HEADER: Words = new Map([
  ['alg', 'The algorithm of the signature.'],
  ['kid', 'Which of the provider’s published keys made it.'],
  ['typ', 'What kind of token this is.'],
]);

/** Core §2 and §5.1, RFC 7662 §2.2. */
export const CLAIMS: Words = new Map([
  ['iss', 'Who says so: the provider.'],
  ['sub', 'Who you are to this application: never reused, unlike a name or an address.'],
  ['aud', 'Whom it is meant for.'],
  ['azp', 'Which application asked for it.'],
  ['exp', 'Not good after.'],
  ['iat', 'Issued at.'],
  ['auth_time', 'When you typed your password.'],
  ['nonce', 'Ties the token to the request that this browser made.'],
  ['at_hash', 'Ties the token to the access token beside it.'],
  ['sid', 'Your session at the provider.'],
  ['acr', 'How strong the sign-in was.'],
  ['amr', 'By which means: pwd is a password.'],
  ['jti', 'The token’s own name.'],
  ['active', 'Whether the token is good at this moment.'],
  ['client_id', 'Whose token it is.'],
  ['username', 'Your name at the provider.'],
  ['token_type', 'How it is presented.'],
  ['scope', 'What it is good for.'],
  ['name', 'Scope profile.'],
  ['given_name', 'Scope profile.'],
  ['family_name', 'Scope profile.'],
  ['middle_name', 'Scope profile.'],
  ['nickname', 'Scope profile.'],
  ['preferred_username', 'Scope profile. It may change, so it identifies nobody.'],
  ['profile', 'Scope profile.'],
  ['picture', 'Scope profile.'],
  ['website', 'Scope profile.'],
  ['gender', 'Scope profile.'],
  ['birthdate', 'Scope profile.'],
  ['zoneinfo', 'Scope profile.'],
  ['locale', 'Scope profile.'],
  ['updated_at', 'Scope profile. When any of this last changed.'],
  ['email', 'Scope email.'],
  ['email_verified', 'Scope email. Whether the provider made sure that it is yours.'],
  ['phone_number', 'Scope phone.'],
  ['phone_number_verified', 'Scope phone.'],
  ['address', 'Scope address.'],
  ['groups', 'Scope groups.'],
]);

/** Claims that are Unix seconds. RFC 7519 §2, NumericDate. */
export const TIMES: ReadonlySet<string> = new Set(['exp', 'iat', 'auth_time', 'updated_at', 'nbf']);
