const UNAVAILABLE = 'OSTIARY_STORE_UNAVAILABLE';

/** An error of an engine that cannot serve for now (full disk, failed sync, closed); its cause is for the log. */
export function storeUnavailable(message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code: UNAVAILABLE });
}

/** Is this a store that cannot serve for now? The answer is 503, and the request may be repeated. */
export function isStoreUnavailable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === UNAVAILABLE;
}
