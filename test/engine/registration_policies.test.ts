import { describe, it } from 'node:test';
import { createProvider } from '../../src/app.ts';
import {
  refuse,
  register as registering,
  type Registration,
  REGISTRATION_POLICIES,
  type RegistrationPolicy,
} from '../../src/engine/registration/policies.ts';
import { updateClient } from '../../src/engine/administration/clients.ts';
import { assertEquals, assertFalse, assertStringIncludes } from '../support/assert.ts';
import {
  type Information,
  METADATA,
  type Metadata,
  plantToken,
  type Refusal,
  refusalOf,
  register,
  registered,
  send,
  withRegistrar,
} from '../support/registration.ts';

const API = 'https://api.example/';
const RESOURCES = [{ resource: API, scope: 'read' }, { resource: 'https://b.example/' }];

/** Options of Ostiary that the policy `trusted` lets registrants set. */
const REGISTRATION = {
  mode: 'open',
  policies: {
    trusted: {
      scope: 'openid read offline_access',
      grant_types: ['client_credentials', 'authorization_code', 'refresh_token'],
      audience: [API],
      metadata: ['access_token_format', 'audience', 'consent_mode', 'require_pkce'],
      defaults: { authorization_policy: 'two_factor', client_name: 'A partner' },
    },
  },
};

function withPolicies(work: (op: Parameters<typeof plantToken>[0]) => Promise<void>) {
  return withRegistrar(work, REGISTRATION, { resources: RESOURCES });
}

describe('registration policies', () => {
  it('have names, each once', () => {
    const names = REGISTRATION_POLICIES.map(({ name }) => name);
    assertEquals(new Set(names).size, names.length);
  });

  it('limit scope, grants and audience, and set defaults', () =>
    withPolicies(async (op) => {
      const token = await plantToken(op, { policy: 'trusted' });
      const client = await registered(op, { ...METADATA, access_token_format: 'jwt' }, token);
      assertEquals(client['scope'], 'openid read offline_access');
      assertEquals(client['audience'], [API]);
      assertEquals(client['access_token_format'], 'jwt');
      assertEquals(client['authorization_policy'], 'two_factor');
      assertEquals(client['client_name'], 'A partner');
      const asked = {
        grant_types: ['client_credentials', 'urn:ietf:params:oauth:grant-type:device_code'],
        audience: ['https://b.example/'],
        client_name: 'Robot',
        authorization_policy: 'one_factor',
      };
      const robot = await registered(op, asked, token);
      assertEquals(robot['grant_types'], ['client_credentials']);
      assertEquals(robot['audience'], []);
      assertEquals(robot['client_name'], 'Robot');
      assertEquals(robot['authorization_policy'], 'two_factor');
    }));

  it('a default scope is within the ceiling, too', () =>
    withRegistrar(async (op) => {
      const client = await registered(op);
      assertEquals(client['scope'], 'openid');
      const more = await registered(op, { ...METADATA, scope: 'openid email groups' });
      assertEquals(more['scope'], 'openid email');
    }, {
      mode: 'open',
      policies: { default: { scope: 'openid email', defaults: { scope: 'openid groups' } } },
    }));

  it('T081: scopes of administration are nobody’s, whoever allows them', () =>
    withRegistrar(async (op) => {
      const scope = 'openid ostiary:admin';
      assertEquals((await registered(op))['scope'], 'openid');
      assertEquals((await registered(op, { ...METADATA, scope }))['scope'], 'openid');
      const token = await plantToken(op, { scope: ['openid', 'ostiary:read'] });
      assertEquals((await registered(op, METADATA, token))['scope'], 'openid');
      const alone = await register(op, { ...METADATA, scope: 'ostiary:admin' });
      assertEquals((await refusalOf(alone)).error, 'invalid_client_metadata');
    }, { mode: 'open', scope: 'openid ostiary:admin' }));

  it('the token’s own word comes before that of its policy', () =>
    withPolicies(async (op) => {
      const token = await plantToken(op, { policy: 'trusted', scope: ['openid'], audience: [] });
      const client = await registered(op, METADATA, token);
      assertEquals([client['scope'], client['audience']], ['openid', []]);
    }));

  it('a token whose policy is gone registers nothing', () =>
    withPolicies(async (op) => {
      const token = await plantToken(op, { policy: 'forgotten' });
      assertEquals((await refusalOf(await register(op, METADATA, token))).status, 403);
    }));

  it('offline_access takes consent', () =>
    withPolicies(async (op) => {
      const token = await plantToken(op, { policy: 'trusted' });
      const client = await registered(op, { ...METADATA, consent_mode: 'implicit' }, token);
      assertEquals([client['scope'], client['consent_mode']], ['openid read', 'implicit']);
    }));

  it('T081: strangers act for people only, whatever the ceiling', () =>
    withRegistrar(async (op) => {
      const grant_types = ['client_credentials'];
      const refusal = await refusalOf(await register(op, { grant_types }));
      assertEquals(refusal.error, 'invalid_client_metadata');
      assertStringIncludes(refusal.error_description, 'initial access token');
      const vouched = await registered(op, { grant_types }, await plantToken(op));
      assertEquals(vouched['grant_types'], grant_types);
    }, { mode: 'open', grant_types: ['authorization_code', 'client_credentials'] }));

  it('public clients use PKCE, whoever vouches for them', () =>
    withPolicies(async (op) => {
      const token = await plantToken(op, { policy: 'trusted' });
      const sent = { ...METADATA, token_endpoint_auth_method: 'none', require_pkce: false };
      const response = await register(op, sent, token);
      assertEquals((await response.json() as Metadata)['require_pkce'], true);
      const confidential = await registered(op, { ...METADATA, require_pkce: false }, token);
      assertEquals(confidential['require_pkce'], false);
    }));

  it('default is for whoever names none', () =>
    withRegistrar(async (op) => {
      const client = await registered(op, { redirect_uris: ['http://127.0.0.1/cb'] });
      assertEquals([client['application_type'], client['scope']], ['native', 'openid']);
      const refusal = await register(op, { redirect_uris: ['http://rp.example/cb'] });
      assertEquals((await refusalOf(refusal)).error, 'invalid_redirect_uri');
    }, {
      mode: 'open',
      policies: { default: { scope: 'openid', defaults: { application_type: 'native' } } },
    }));

  it('a client cannot leave its sector by an update', () =>
    withPolicies(async (op) => {
      const sent = { ...METADATA, subject_type: 'pairwise' };
      const client = await registered(op, sent);
      const { client_id, registration_client_uri, registration_access_token } = client;
      for (
        const changes of [
          { subject_type: 'public' },
          { redirect_uris: ['https://victim.example/callback'] },
        ]
      ) {
        const body = { ...sent, client_id, ...changes };
        const response = await send(
          op,
          'PUT',
          registration_client_uri,
          body,
          registration_access_token,
        );
        assertEquals((await refusalOf(response)).error, 'invalid_client_metadata');
      }
    }));

  it('what an administrator allows a client afterwards is its own', () =>
    withPolicies(async (op) => {
      const client = await registered(op);
      const { client_id, registration_client_uri, registration_access_token } = client;
      await updateClient(
        client_id,
        { claims_in_id_token: true },
        { kind: 'cli' },
        op.instance.engine(),
      );
      const body = { ...METADATA, client_id };
      const response = await send(
        op,
        'PUT',
        registration_client_uri,
        body,
        registration_access_token,
      );
      assertEquals((await response.json() as Metadata)['claims_in_id_token'], true);
    }));
});

describe('rows of an embedder', () => {
  const seen: Registration[] = [];
  const POLICIES: readonly RegistrationPolicy[] = [
    {
      name: 'names',
      applies: () => true,
      judge(metadata, registration) {
        seen.push(registration);
        return Promise.resolve(
          metadata.client_name === undefined
            ? refuse('client_name', 'is required here')
            : registering({ ...metadata, client_name: metadata.client_name.toUpperCase() }),
        );
      },
    },
    {
      name: 'none of these',
      applies: ({ contacts }) => contacts?.includes('evil@rp.example') === true,
      judge: () => refuse('contacts', 'must be of good repute'),
    },
    {
      name: 'contradictory',
      applies: ({ client_uri }) => client_uri === 'https://rp.example/odd',
      judge: (metadata) => registering({ ...metadata, response_types: ['id_token'] }),
    },
  ];

  it('come after ours, when a client is created and when it is updated', async () => {
    const provider = await createProvider({
      config: {
        issuer: 'https://op.example',
        storage: { engine: 'memory' },
        registration: { mode: 'open' },
      },
      registrationPolicies: POLICIES,
    });
    try {
      const ask = async (method: string, url: string, body: object, token?: string) => {
        const response = await provider.fetch(
          new Request(url, {
            method,
            headers: {
              'content-type': 'application/json',
              ...token !== undefined && { authorization: `Bearer ${token}` },
            },
            body: JSON.stringify(body),
          }),
          { address: '192.0.2.1' },
        );
        return await response.json() as Information & Refusal;
      };
      const create = (body: object) => ask('POST', 'https://op.example/register', body);
      assertStringIncludes((await create(METADATA)).error_description, 'is required here');
      const named = { ...METADATA, client_name: 'Clock' };
      const client = await create(named);
      assertEquals(client['client_name'], 'CLOCK');
      const evil = { ...named, contacts: ['evil@rp.example'] };
      assertEquals((await create(evil)).error, 'invalid_client_metadata');
      const odd = { ...named, client_uri: 'https://rp.example/odd' };
      assertStringIncludes((await create(odd)).error_description, 'response_types');
      const { client_id, registration_client_uri, registration_access_token } = client;
      const updated = await ask(
        'PUT',
        registration_client_uri,
        { ...METADATA, client_id },
        registration_access_token,
      );
      assertEquals(updated.error, 'invalid_client_metadata');
      assertEquals([...new Set(seen.map(({ action }) => action))], ['create', 'update']);
      assertEquals(seen.at(-1)?.before?.client_name, 'CLOCK');
      for (const name of ['client_secret', 'registration']) {
        assertFalse(name in (seen.at(-1)?.before ?? {}));
      }
      assertFalse('initial_token' in (seen[0] ?? {}));
    } finally {
      await provider.close();
    }
  });
});
