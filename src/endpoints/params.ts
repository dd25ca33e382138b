import { readForm } from '../http/body.ts';
import { type FormPairs, parseForm } from '../http/form.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import { checkSingleValued, type Params, paramsOf } from '../spec/params.ts';

/** The pairs of a form body. @throws {OAuthError} `invalid_request` with 400, 413 or 415 */
export async function formPairs(request: Request, maxBytes: number): Promise<FormPairs> {
  const body = await readForm(request, maxBytes);
  if (!body.ok) throw new OAuthError('invalid_request', body.problem, { status: body.status });
  return body.value;
}

/** A form body in which nothing repeats. RFC 6749 §3.2. @throws {OAuthError} `invalid_request` */
export async function formParams(request: Request, maxBytes: number): Promise<Params> {
  const params = paramsOf(await formPairs(request, maxBytes));
  checkSingleValued(params);
  return params;
}

/** The parameters of a query, repeated ones noted. @throws {OAuthError} `invalid_request` */
export function queryParams(query: string): Params {
  const parsed = parseForm(query);
  if (!parsed.ok) throw new OAuthError('invalid_request', parsed.problem);
  return paramsOf(parsed.pairs);
}
