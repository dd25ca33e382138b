import { unref } from './unref.ts';

/** Work that waits for more of its kind, so that much of it is done at once. */
export interface Soon {
  /** It is done so many seconds after it was first asked for; then it may be asked for again. */
  ask(): void;
  /** It is not done any more. */
  cancel(): void;
}

/** `failed` is told what `work` threw. */
export function createSoon(
  seconds: number,
  work: () => Promise<void>,
  failed: (cause: unknown) => void,
): Soon {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    ask() {
      if (timer !== undefined) return;
      timer = setTimeout(() => {
        timer = undefined;
        work().catch(failed);
      }, seconds * 1000);
      unref(timer);
    },
    cancel() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
