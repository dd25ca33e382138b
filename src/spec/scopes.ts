/** What a scope stands for: the claims it releases, where it comes from. */
export interface Scope {
  /** Claim names released to the client. */
  readonly claims: readonly string[];
  /** In the administrator's words, for the consent page; our own scopes have theirs in the messages. */
  readonly description?: string;
}

/** Core §5.4, §11; `groups` as relying parties of self-hosters expect it. */
export const STANDARD_SCOPES: ReadonlyMap<string, Scope> = new Map<string, Scope>([
  ['openid', { claims: ['sub'] }],
  ['profile', {
    claims: [
      'name',
      'family_name',
      'given_name',
      'middle_name',
      'nickname',
      'preferred_username',
      'profile',
      'picture',
      'website',
      'gender',
      'birthdate',
      'zoneinfo',
      'locale',
      'updated_at',
    ],
  }],
  ['email', { claims: ['email', 'email_verified'] }],
  ['phone', { claims: ['phone_number', 'phone_number_verified'] }],
  ['address', { claims: ['address'] }],
  ['groups', { claims: ['groups'] }],
  ['offline_access', { claims: [] }],
]);

const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/;

/** RFC 6749 §3.3, with a bound on length. */
export function isScopeToken(value: string): boolean {
  return SCOPE_TOKEN.test(value);
}

/** A scope parameter into its tokens, each once; undefined if it breaks the grammar or is longer than we accept. */
export function parseScope(value: string): readonly string[] | undefined {
  if (value.length > 2048) return undefined;
  const tokens = value.split(' ').filter((token) => token !== '');
  if (tokens.length > 64 || !tokens.every(isScopeToken)) return undefined;
  return [...new Set(tokens)];
}
