const CLIENT_ID = /^[A-Za-z0-9._~:/@+=-]{1,255}$/;

/** Whether an administrator may give a client this id: within RFC 6749 §A.1, and safe in URLs, forms and logs. */
export function isClientId(value: string): boolean {
  return CLIENT_ID.test(value);
}
