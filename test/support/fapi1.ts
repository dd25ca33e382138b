/** A client of fapi1_advanced, and how it asks. */
import { type FapiClient, fapiClient, openFapi } from './fapi.ts';
import { answerOf, REDIRECT_URI } from './flow.ts';

export async function openAdvanced(): Promise<FapiClient> {
  const options = { client_id: 'advanced', isBoundToCertificate: true };
  return await fapiClient(await openFapi(), options);
}

export const WITHOUT_PKCE = { code_challenge: undefined, code_challenge_method: undefined };

/** By value, as FAPI 1.0 has it. */
export async function authorize(
  client: FapiClient,
  claims: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, string>>> {
  const request = await client.requestObject({ ...WITHOUT_PKCE, ...claims });
  const url = `/authorize?${new URLSearchParams({
    client_id: 'advanced',
    response_type: String(claims['response_type'] ?? 'code'),
    redirect_uri: REDIRECT_URI,
    scope: 'openid',
    request,
  })}`;
  return answerOf(await client.visit(url));
}
