/** Something open that must be closed, or a test run would wait for it. */
export interface Closable {
  close(): Promise<void>;
}

export interface Holder {
  /** For `before`: what the steps hold is closed at once when one of them fails, since `after` may not run then. */
  open(steps: (hold: Hold) => Promise<void>): Promise<void>;
  /** For `after`: closes the latest first. */
  close(): Promise<void>;
}

export type Hold = <T extends Closable>(opening: Promise<T>) => Promise<T>;

/** What a suite opens before its tests and closes after them. */
export function createHolder(): Holder {
  const held: Closable[] = [];
  const holder: Holder = {
    async open(steps) {
      try {
        await steps(async (opening) => {
          const opened = await opening;
          held.push(opened);
          return opened;
        });
      } catch (error) {
        await holder.close();
        throw error;
      }
    },
    async close() {
      for (let each = held.pop(); each !== undefined; each = held.pop()) await each.close();
    },
  };
  return holder;
}
