import { MAX_POSTS, MAX_POSTS_PER_HOST } from '../../net/outbound.ts';

/** To whom something is sent: lanes of one host share what the host may take at once. */
export interface Lane {
  readonly host: string;
  /** Messages of one kind to one client. */
  readonly queue: string;
}

/** What became of it; undefined: nothing was sent. */
export type Attempted = 'answered' | 'silent' | undefined;

/** Whose turn it is to be sent, so that whoever answers late or never holds up nobody but themselves. T073, T115 */
export interface Turns {
  /** Does it when it is its turn; resolves when that is done, or not done any more. */
  enter(lane: Lane, work: () => Promise<Attempted>): Promise<void>;
  /** What has not begun does not begin. */
  clear(): void;
}

/** Of one queue, and of one where nobody answered last time. */
const PER_LANE = 2;
const PER_FAILING_LANE = 1;
/** Those that did not answer last time leave half of everything to others. */
const FAILING = MAX_POSTS / 2;
const FAILING_PER_HOST = MAX_POSTS_PER_HOST / 2;
const MAX_REMEMBERED = 1000;

interface Waiting {
  readonly work: () => Promise<Attempted>;
  readonly resolve: () => void;
  readonly reject: (cause: unknown) => void;
}

interface State {
  readonly name: string;
  readonly host: string;
  readonly waiting: Waiting[];
  running: number;
}

interface Count {
  all: number;
  failing: number;
}

export function createTurns(): Turns {
  /** With something waiting or running; whoever had a turn goes to the end. */
  const lanes = new Map<string, State>();
  /** Lanes that did not answer last time, the longest ago first. */
  const failing = new Set<string>();
  const hosts = new Map<string, Count>();
  const total: Count = { all: 0, failing: 0 };

  return {
    enter({ host, queue }, work) {
      const name = `${host} ${queue}`;
      const lane = lanes.get(name) ?? { name, host, waiting: [], running: 0 };
      lanes.set(name, lane);
      return new Promise((resolve, reject) => {
        lane.waiting.push({ work, resolve, reject });
        next();
      });
    },
    clear() {
      for (const { waiting } of lanes.values()) {
        for (const { resolve } of waiting.splice(0)) resolve();
      }
    },
  };

  function next(): void {
    for (const lane of [...lanes.values()]) {
      while (lane.waiting.length > 0 && mayRun(lane)) void run(lane);
    }
  }

  function mayRun({ name, host, running }: State): boolean {
    const ofHost = hosts.get(host) ?? { all: 0, failing: 0 };
    if (total.all >= MAX_POSTS || ofHost.all >= MAX_POSTS_PER_HOST) return false;
    if (!failing.has(name)) return running < PER_LANE;
    return running < PER_FAILING_LANE && total.failing < FAILING &&
      ofHost.failing < FAILING_PER_HOST;
  }

  async function run(lane: State): Promise<void> {
    const turn = lane.waiting.shift();
    if (turn === undefined) return;
    const isFailing = failing.has(lane.name);
    lanes.delete(lane.name);
    lanes.set(lane.name, lane);
    count(lane, isFailing, 1);
    try {
      remember(lane.name, await turn.work());
      turn.resolve();
    } catch (cause) {
      turn.reject(cause);
    }
    count(lane, isFailing, -1);
    if (lane.running === 0 && lane.waiting.length === 0) lanes.delete(lane.name);
    next();
  }

  function count(lane: State, isFailing: boolean, by: 1 | -1): void {
    const ofHost = hosts.get(lane.host) ?? { all: 0, failing: 0 };
    hosts.set(lane.host, ofHost);
    lane.running += by;
    for (const each of [total, ofHost]) {
      each.all += by;
      if (isFailing) each.failing += by;
    }
    if (ofHost.all === 0) hosts.delete(lane.host);
  }

  function remember(name: string, attempted: Attempted): void {
    if (attempted === undefined) return;
    failing.delete(name);
    if (attempted === 'answered') return;
    failing.add(name);
    const [oldest] = failing;
    if (failing.size > MAX_REMEMBERED && oldest !== undefined) failing.delete(oldest);
  }
}
