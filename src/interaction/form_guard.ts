import { isSameOrigin } from '../http/origin.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import type { Params } from '../spec/params.ts';
import type { Site } from '../endpoints/site.ts';

/** What a form belongs to: a page, a browser, a passage through the pages, and a session where there is one. */
export interface FormBinding {
  readonly page: string;
  readonly browser: string;
  /** The pending request's id, or what else the form is about. */
  readonly about: string;
  readonly sid?: string | undefined;
}

/** The hidden field of a form. RFC 6819 §4.4.1.10. */
export function csrfToken(binding: FormBinding, site: Site): string {
  return site.engine.keys.mac('csrf', textOf(binding));
}

/** @throws {OAuthError} `invalid_request` when the form was not made by us for this very browser and purpose */
export function checkForm(
  request: Request,
  params: Params,
  binding: FormBinding,
  site: Site,
): void {
  if (!isSameOrigin(request, site.origin)) {
    throw new OAuthError('invalid_request', 'this form was not sent from our own page', {
      status: 403,
    });
  }
  const token = params.get('csrf');
  if (token === undefined || !site.engine.keys.isMac('csrf', textOf(binding), token)) {
    throw new OAuthError(
      'invalid_request',
      'this form has expired or is not yours; go back and try again',
      { status: 403 },
    );
  }
}

function textOf({ page, browser, about, sid }: FormBinding): string {
  return JSON.stringify([page, browser, about, sid ?? null]);
}
