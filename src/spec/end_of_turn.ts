/** When the event loop has handed out all that had arrived, so that what came together is done together. */
export function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
