import { ERROR_STATUS, type ErrorCode } from './error_codes.ts';

export interface OAuthErrorOptions {
  /** For the operator's log; for the client's developer only where `client_debug_messages` is on. */
  readonly debug?: string;
  /** What led here; for the log only. */
  readonly cause?: unknown;
  /** Where HTTP knows a better status than the code's own: 413, 415, 429. */
  readonly status?: number;
  /** Seconds after which trying again may help; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number;
}

/**
 * A refusal that the protocol has a name for. `code` is for programs, `hint` for the client's developer (it becomes
 * `error_description`), `debug` and `cause` for the operator. No token, code or secret goes into any of them.
 */
export class OAuthError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly status: number;
  readonly debug: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, hint: string, options: OAuthErrorOptions = {}) {
    super(`${code}: ${hint}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'OAuthError';
    this.code = code;
    this.hint = descriptionOf(hint);
    this.status = options.status ?? ERROR_STATUS[code];
    this.debug = options.debug;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** What `error_description` says: the hint, and the exact cause, too, where the operator lets clients see it. */
export function errorDescription({ hint, debug }: OAuthError, showsDebug: boolean): string {
  return showsDebug && debug ? descriptionOf(`${hint} (${debug})`) : hint;
}

/** Keeps to the characters of `error_description`, RFC 6749 §5.2; hints may quote what a client sent. */
function descriptionOf(hint: string): string {
  return hint.replaceAll('§', 'section ').slice(0, 400).replaceAll('"', "'").replaceAll('\\', '/')
    .replace(/[^\x20-\x7e]/g, '?');
}
