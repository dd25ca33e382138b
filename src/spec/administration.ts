/** What access tokens may do at the administration API; the first may all that the second may. */
export const ADMIN_SCOPES = ['ostiary:admin', 'ostiary:read'] as const;
export type AdminScope = (typeof ADMIN_SCOPES)[number];

/** The group whose members administer this server. */
export const ADMINISTRATORS = 'admins';

/** Names that the configuration must not give a meaning of its own. */
export const RESERVED_SCOPE_PREFIX = 'ostiary:';

export function isAdminScope(scope: string): scope is AdminScope {
  return ADMIN_SCOPES.some((each) => each === scope);
}

/** The administration API of an issuer, as a resource that access tokens are meant for. RFC 8707 §2 */
export function adminResource(issuer: string): string {
  return `${issuer}/admin/api/v1`;
}
