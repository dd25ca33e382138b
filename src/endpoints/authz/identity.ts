import type { UserRecord } from '../../store/records.ts';

/** Headers that tell the application who comes. Each is in every answer that lets somebody through, be it empty. */
export function identityHeaders(user: UserRecord | undefined): Readonly<Record<string, string>> {
  const { username = '', groups = [], claims = {} } = user ?? {};
  return {
    'remote-user': plain(username),
    'remote-groups': groups.map(groupName).join(','),
    'remote-name': plain(claims['name']),
    'remote-email': plain(claims['email']),
  };
}

/** What separates groups stands as an escape in a group's name. */
function groupName(name: string): string {
  return plain(name).replaceAll(/[%,]/g, encodeURIComponent);
}

/** On one line. */
function plain(value: unknown): string {
  return typeof value === 'string' ? value.toWellFormed().replaceAll(/\p{Cc}/gu, ' ').trim() : '';
}
