import { randomToken } from '../../keys/digest.ts';

/** How a request says that it came. */
export interface Arrival {
  /** In lower case, without a port that goes without saying. */
  readonly host: string | undefined;
  readonly proto: string | undefined;
  /** The sender of forwarding headers, when it is no trusted proxy. */
  readonly untrustedProxy: string | undefined;
  /** A trusted proxy that says nothing of whom it forwards. */
  readonly silentProxy: string | undefined;
}

/** Requests that this process sends to its own public URL, to see whether and how they come back to it. */
export interface Probes {
  /** A query that nobody can guess, and that is waited for until `end`. */
  begin(): Probe;
  /** Requests that nobody waits for leave no trace. */
  arrived(token: string, how: () => Arrival): void;
}

export interface Probe {
  /** For the URL, without `?`. */
  readonly query: string;
  /** How it came here; undefined: it did not. */
  end(): Arrival | undefined;
}

const NAME = 'ostiary_probe=';

export function createProbes(): Probes {
  const awaited = new Map<string, Arrival | undefined>();
  return {
    begin() {
      const token = randomToken(16);
      awaited.set(token, undefined);
      return {
        query: `${NAME}${token}`,
        end() {
          const arrival = awaited.get(token);
          awaited.delete(token);
          return arrival;
        },
      };
    },
    arrived(token, how) {
      if (awaited.has(token)) awaited.set(token, how());
    },
  };
}

/** The token in the query of a request, if there is one. */
export function probeIn(query: string): string | undefined {
  return query.startsWith(NAME) ? query.slice(NAME.length) : undefined;
}
