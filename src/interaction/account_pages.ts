/** The pages of a person's account, below `/account`; the first is `/account` itself. */
const ACCOUNT_PAGES = [
  'overview',
  'profile',
  'password',
  'factors',
  'totp',
  'passkey',
  'recovery-codes',
  'requests',
  'sessions',
  'applications',
  'activity',
] as const;
export type AccountPage = (typeof ACCOUNT_PAGES)[number];

/** Undefined when there is no such page. */
export function accountPageOf(name: string): AccountPage | undefined {
  return ACCOUNT_PAGES.find((page) => page === name);
}

export function accountUrl(page: AccountPage, issuer: string): string {
  return page === 'overview' ? `${issuer}/account` : `${issuer}/account/${page}`;
}
