/** Closes a switch over a union: adding a member without a case does not compile. */
export function unreachable(value: never): never {
  throw new TypeError(`Cannot continue as every case was handled: got ${JSON.stringify(value)}`);
}
