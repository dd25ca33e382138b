/** RFC 8693 §2.2.2, T074: what is not exchanged, and that nothing is made then. */
import { describe, it } from 'node:test';
import { assertEquals, assertFalse, assertStringIncludes } from '../support/assert.ts';
import {
  API,
  exchange,
  FILES,
  GATEWAY,
  grantRecords,
  openExchange,
  ownToken,
  subjectTokens,
  typeOf,
} from '../support/exchange.ts';
import { assertRefused } from '../support/flow.ts';
import { ISSUER } from '../support/op.ts';

describe('RFC 8693 §2.2.2: refusals', () => {
  interface Refusal {
    readonly name: string;
    /** In the hint. */
    readonly told: string;
    readonly code: string;
    readonly asked?: Readonly<Record<string, string | undefined>>;
    readonly policy?: Readonly<Record<string, unknown>>;
    readonly gateway?: Readonly<Record<string, unknown>>;
    readonly token?: string;
    readonly headers?: Record<string, string>;
    readonly status?: number;
  }

  const REFUSALS: readonly Refusal[] = [
    {
      name: 'no subject_token',
      told: 'subject_token is required',
      code: 'invalid_request',
      token: '',
    },
    {
      name: 'no subject_token_type',
      told: 'subject_token_type is required',
      code: 'invalid_request',
      asked: { subject_token_type: undefined },
    },
    {
      name: 'an unknown subject_token_type',
      told: 'must be one of',
      code: 'invalid_request',
      asked: { subject_token_type: 'constructor' },
    },
    {
      name: 'SAML',
      told: 'must be one of',
      code: 'invalid_request',
      asked: { subject_token_type: typeOf('saml2') },
    },
    {
      name: 'an opaque token as a JWT',
      told: 'of another type',
      code: 'invalid_request',
      asked: { subject_token_type: typeOf('jwt') },
    },
    {
      name: 'an access token as a refresh token',
      told: 'of another type',
      code: 'invalid_request',
      asked: { subject_token_type: typeOf('refresh_token') },
    },
    {
      name: 'an access token as an ID token',
      told: 'of another type',
      code: 'invalid_request',
      asked: { subject_token_type: typeOf('id_token') },
    },
    {
      name: 'what is no token',
      told: 'subject_token is no token',
      code: 'invalid_request',
      token: 'ost_at_nonsense',
    },
    {
      name: 'actor_token without its type',
      told: 'actor_token_type is required',
      code: 'invalid_request',
      asked: { actor_token: 'x' },
    },
    {
      name: 'actor_token_type without a token',
      told: 'without its token',
      code: 'invalid_request',
      asked: { actor_token_type: typeOf('jwt') },
    },
    {
      name: 'an actor_token that is none',
      told: 'actor_token is no token',
      code: 'invalid_request',
      asked: { actor_token: 'x', actor_token_type: typeOf('jwt') },
    },
    {
      name: 'a requested type that nobody has',
      told: 'requested_token_type',
      code: 'invalid_request',
      asked: { requested_token_type: typeOf('saml1') },
    },
    {
      name: 'a refresh token',
      told: 'requested_token_type',
      code: 'invalid_request',
      asked: { requested_token_type: typeOf('refresh_token') },
    },
    {
      name: 'an ID token, unless the policy has it',
      told: 'requested_token_type',
      code: 'invalid_request',
      asked: { requested_token_type: typeOf('id_token') },
    },
    {
      name: 'a JWT, when the policy has none',
      told: 'requested_token_type',
      code: 'invalid_request',
      policy: { requested_token_types: ['access_token'] },
      asked: { requested_token_type: typeOf('jwt') },
    },
    {
      name: 'a scope that the subject token lacks',
      told: 'exceeds what the client may have by this: write',
      code: 'invalid_scope',
      asked: { scope: 'read write' },
    },
    {
      name: 'a scope that the client lacks',
      told: 'exceeds',
      code: 'invalid_scope',
      gateway: { scope: 'openid' },
      asked: { scope: 'read' },
    },
    {
      name: 'a scope that the policy lacks',
      told: 'exceeds',
      code: 'invalid_scope',
      policy: { scope: 'openid' },
      asked: { scope: 'read' },
    },
    {
      name: 'a scope that breaks the grammar',
      told: 'grammar',
      code: 'invalid_scope',
      asked: { scope: 'a"b' },
    },
    {
      name: 'a resource that the subject token is not for',
      told: `exceeds what may be exchanged: ${FILES}`,
      code: 'invalid_target',
      asked: { resource: FILES },
    },
    {
      name: 'an audience that nobody knows',
      told: 'exceeds',
      code: 'invalid_target',
      asked: { audience: 'constructor' },
    },
    {
      name: 'a resource with a fragment',
      told: 'exceeds',
      code: 'invalid_target',
      asked: { resource: `${API}#x` },
    },
    {
      name: 'a resource that is not the client’s',
      told: 'exceeds',
      code: 'invalid_target',
      gateway: { audience: [FILES] },
      asked: { resource: API },
    },
    {
      name: 'a resource that the policy lacks',
      told: 'exceeds',
      code: 'invalid_target',
      policy: { audience: [ISSUER] },
      asked: { resource: API },
    },
    {
      name: 'nobody left whom it could be for',
      told: 'meant for nobody',
      code: 'invalid_target',
      policy: { audience: [FILES] },
    },
    {
      name: 'openid where UserInfo is not allowed',
      told: 'scope openid',
      code: 'invalid_scope',
      policy: { audience: [API] },
      asked: { scope: 'openid' },
    },
    {
      name: 'RFC 9396 §6: details, which nobody hands on',
      told: 'was not granted',
      code: 'invalid_authorization_details',
      asked: { authorization_details: '[{"type":"payment"}]' },
    },
    {
      name: 'T074: tokens of a client that the policy does not name',
      told: 'does not let this subject_token',
      code: 'invalid_request',
      policy: { subject_clients: ['api'] },
    },
    {
      name: 'T074: tokens that are not for the policy’s audience',
      told: 'does not let this subject_token',
      code: 'invalid_request',
      policy: { subject_audience: [FILES] },
    },
    {
      name: 'T074: kinds of tokens that the policy does not name',
      told: 'of type access_token',
      code: 'invalid_request',
      policy: { subject_token_types: ['id_token'] },
    },
    {
      name: 'T074: an actor that the policy does not name',
      told: 'does not let the client itself act',
      code: 'invalid_request',
      policy: { actors: ['client:api'] },
    },
    {
      name: 'T074: a client without a policy',
      told: 'no policy lets',
      code: 'unauthorized_client',
      gateway: { token_exchange_policy: undefined },
    },
    {
      name: 'T074: a client without the grant type',
      told: 'not registered for grant_type',
      code: 'unauthorized_client',
      gateway: { grant_types: ['client_credentials'] },
    },
    {
      name: 'T074: a person whom the client’s policy keeps out',
      told: 'does not let the person in',
      code: 'invalid_request',
      gateway: { authorization_policy: 'deny' },
    },
    {
      name: 'T074: a person who has proven too little',
      told: 'does not let the person in',
      code: 'invalid_request',
      gateway: { authorization_policy: 'two_factor' },
    },
    {
      name: 'RFC 6749 §5.2: a client that does not prove who it is',
      told: 'authentication failed',
      code: 'invalid_client',
      headers: {},
      status: 401,
    },
  ];

  for (
    const { name, told, code, asked = {}, policy, gateway, token, headers, status } of REFUSALS
  ) {
    it(`${code}: ${name}`, async () => {
      const op = await openExchange({ ...policy && { policy }, ...gateway && { gateway } });
      const subject = await subjectTokens(op);
      const before = await grantRecords(op);
      const response = await exchange(op, token ?? subject.access_token, asked, headers);
      const body = await assertRefused(response, code, status);
      assertStringIncludes(body['error_description'] ?? '', told);
      assertEquals(await grantRecords(op), before, 'nothing was made');
      assertFalse(op.log.some((line) => line.includes('token.exchanged')));
    });
  }

  it('the log says what would have been possible, of token, client and policy together', async () => {
    const op = await openExchange({ gateway: { scope: 'openid read' } });
    const { access_token } = await subjectTokens(op);
    await assertRefused(await exchange(op, access_token, { scope: 'write' }), 'invalid_scope');
    await assertRefused(await exchange(op, access_token, { resource: FILES }), 'invalid_target');
    const causes = op.log.map((line) => JSON.parse(line) as Record<string, string>)
      .filter(({ event }) => event === 'request.refused').map(({ debug }) => debug);
    assertEquals(causes, ['possible are openid read', `possible are ${API} ${ISSUER}`]);
  });

  it('scopes of administration are never handed on', async () => {
    const robot = {
      ...GATEWAY,
      client_id: 'robot',
      grant_types: ['client_credentials'],
      scope: 'ostiary:admin read',
    };
    const op = await openExchange({
      policy: { subject_clients: ['robot'] },
      gateway: { scope: 'ostiary:admin read' },
      clients: [robot],
    });
    const token = await ownToken(op, 'robot', { scope: 'ostiary:admin read' });
    await assertRefused(await exchange(op, token, { scope: 'ostiary:admin' }), 'invalid_target');
    await assertRefused(await exchange(op, token), 'invalid_target');
  });
});
