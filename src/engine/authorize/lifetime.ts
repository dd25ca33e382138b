/** Seconds a person may take from the request to its end. */
export const PENDING_SECONDS = 3600;
