const DAMAGED = 'OSTIARY_STORE_DAMAGED';

/** What was once written is not there as it was; names the file and the byte. Repeating the request does not help. */
export function storeDamaged(
  action: 'open' | 'read' | 'merge',
  file: string,
  offset: number,
  reason: string,
): Error {
  const message = `Cannot ${action} the store as ${file} is damaged at byte ${offset}: ${reason}`;
  return Object.assign(new Error(message), { code: DAMAGED, file, offset });
}

export function isStoreDamaged(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === DAMAGED;
}
