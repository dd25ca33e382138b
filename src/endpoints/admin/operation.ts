import type { PageRequest } from '../../engine/administration/listing.ts';
import type { Outcome } from '../../engine/administration/outcome.ts';
import type { Form, Schema } from '../../engine/administration/schema.ts';
import type { Engine } from '../../engine/engine.ts';
import type { PathParams } from '../../http/path_patterns.ts';
import type { Method } from '../../http/router.ts';
import type { AdminScope } from '../../spec/administration.ts';
import type { Actor } from '../../store/records.ts';

/** A parameter of the query. */
export interface QueryParameter {
  readonly type: 'string' | 'boolean' | 'integer';
  readonly help: string;
  /** The only values, if there are only some. */
  readonly oneOf?: readonly string[];
}

/** What was asked, parsed. */
export interface Call<T> {
  readonly params: PathParams;
  /** Parameters that were given, save those of paging. */
  readonly query: ReadonlyMap<string, string>;
  readonly page: PageRequest;
  readonly body: T;
  /** What If-Match says of what is there; true without one. */
  readonly isExpected: (etag: string) => boolean;
  readonly by: Actor;
}

export interface Answer {
  /** Absent: 204. */
  readonly value?: unknown;
  readonly etag?: string;
  /** Of what was made, below the API. */
  readonly location?: string;
}

/** One row says everything about an operation: routing, access, validation, the OpenAPI document and the manual read it. */
export interface OperationRow<T> {
  /** `operationId`. */
  readonly id: string;
  readonly tag: string;
  readonly method: Method;
  /** Below the API: `/clients/{client_id}`. */
  readonly path: string;
  readonly summary: string;
  readonly scope: AdminScope;
  readonly query?: Readonly<Record<string, QueryParameter>>;
  /** Takes `limit` and `after`. */
  readonly isPaged?: true;
  readonly body?: Form<T>;
  /** By default application/json. */
  readonly mediaType?: 'application/merge-patch+json';
  /** A body may be left out, as one without members. */
  readonly isBodyOptional?: true;
  /** Absent: If-Match is refused. */
  readonly ifMatch?: 'honoured' | 'required';
  /** By default 200. */
  readonly status?: 200 | 201 | 204;
  /** Absent: there is no content. */
  readonly response?: Schema;
  readonly hasEtag?: true;
  readonly run: (call: Call<T>, engine: Engine) => Promise<Outcome<Answer>>;
}

/** A row whose body only it knows. */
export type Operation = OperationRow<unknown>;

/** Checks a row where it is written; its body is what its form lets through, which the type of a table cannot say. */
export function operation<T = undefined>(row: OperationRow<T>): Operation {
  return row as unknown as Operation;
}
