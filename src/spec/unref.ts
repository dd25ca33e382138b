/** So that a timer alone does not keep the process alive; only Node-like runtimes have the notion. */
export function unref(timer: unknown): void {
  if (
    typeof timer === 'object' && timer !== null && 'unref' in timer &&
    typeof timer.unref === 'function'
  ) timer.unref();
}
