import type { Params } from '../spec/params.ts';

/** What the script on a page puts into its form: the answer of an authenticator, as JSON; undefined for what is none. */
export function passkeyResponse(params: Params): unknown {
  const text = params.get('passkey_response');
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
