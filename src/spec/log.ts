export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** One event for the operator. Fields never hold credentials, codes, tokens, cookies or assertions. */
export type Log = (
  level: LogLevel,
  event: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;
