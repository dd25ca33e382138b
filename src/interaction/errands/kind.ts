import type { Site } from '../../endpoints/site.ts';
import type { Session } from '../../engine/session.ts';
import type { PageOptions } from '../../http/respond.ts';
import type { ClientCard } from '../client_card.ts';
import type { BrowserCookies } from '../cookies.ts';

/** What stands between a person and what they came for. */
export type Step =
  | { readonly kind: 'login' }
  | { readonly kind: 'second_factor'; readonly session: Session }
  | { readonly kind: 'denied' | 'ready' };

/** Somebody on their way, with what they have by now. */
export interface Way {
  readonly cookies: BrowserCookies;
  /** To be set with the answer. */
  readonly setCookies: readonly string[];
}

/** One kind of thing to sign in for: how it travels, what it asks of a person, and where it leads. */
export interface ErrandKind<E> {
  /** The field, of a form or a query, that carries it. */
  readonly parameter: string;
  /** Undefined for a value that is none of this kind. @throws {OAuthError} `invalid_request` when it is over, or not of this browser */
  open(value: string, cookies: BrowserCookies, site: Site): Promise<E | undefined> | E | undefined;
  /** What `open` reads. */
  valueOf(errand: E): string;
  /** What forms for it are bound to. */
  idOf(errand: E): string;
  step(errand: E, cookies: BrowserCookies, site: Site): Promise<Step>;
  /** On with it, signed in. */
  resume(errand: E, way: Way, site: Site): Promise<Response> | Response;
  /** The languages that are asked for; absent: those of the browser alone. */
  localesOf?(errand: E): string | undefined;
  /** Who asks; absent when nobody but the person does. */
  cardOf?(errand: E, lang: string): ClientCard;
  /** What a page on the way may load, and where its form may lead in the end. */
  pageOptionsOf?(errand: E, lang: string): Partial<PageOptions>;
}
