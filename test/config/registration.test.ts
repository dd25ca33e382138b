import { describe, it } from 'node:test';
import { parseConfig } from '../../src/config/parse.ts';
import { assert, assertEquals, assertStringIncludes } from '../support/assert.ts';

function registrationOf(registration?: unknown, config: object = {}) {
  const result = parseConfig({ ...config, ...registration !== undefined && { registration } });
  assert(result.ok, JSON.stringify(result));
  return result.config.issuers[0].settings.registration;
}

describe('the registration option', () => {
  it('T081: is closed by default, with scopes and grants that need a person', () => {
    const { mode, scope, grant_types, audience, ...rest } = registrationOf();
    assertEquals(mode, 'closed');
    assertEquals(scope, ['openid', 'profile', 'email', 'phone', 'address', 'offline_access']);
    assert(!grant_types.includes('client_credentials'));
    assertEquals(audience, []);
    assertEquals(rest, {
      max_clients: 1000,
      unused_client_lifetime: 30 * 86_400,
      software_statement_issuers: [],
      policies: new Map(),
    });
  });

  it('has policies with limits, options that registrants may set, and defaults', () => {
    const partner = {
      scope: 'openid read',
      grant_types: ['client_credentials'],
      audience: ['https://api.example/'],
      metadata: ['access_token_format'],
      defaults: { consent_mode: 'implicit', client_name: 'A partner', 'client_name#de': 'Partner' },
    };
    const resources = [{ resource: 'https://api.example/', scope: 'read' }];
    const { policies } = registrationOf({ policies: { partner } }, { resources });
    assertEquals(policies.get('partner'), { ...partner, scope: ['openid', 'read'] } as never);
  });

  const key = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) };
  const jwks = { keys: [key] };
  for (
    const [registration, path, part] of [
      [{ mode: 'ajar' }, 'registration.mode', 'must be one of closed, open, off'],
      [{ scope: 'openid nonsense' }, 'registration.scope', 'unknown scope'],
      [{ grant_types: ['password'] }, 'registration.grant_types.0', 'must be one of'],
      [{ grant_types: [] }, 'registration.grant_types', 'must not be empty'],
      [{ max_clients: -1 }, 'registration.max_clients', 'must be from 0 to 100000'],
      [{ unused_client_lifetime: '0s' }, 'registration.unused_client_lifetime', 'must be from'],
      [{ client_secret_lifetime: 60 }, 'registration.client_secret_lifetime', 'duration'],
      [
        { software_statement_issuers: [{ issuer: 'https://a.example' }] },
        'registration.software_statement_issuers.0',
        'either jwks or jwks_uri',
      ],
      [
        { software_statement_issuers: [{ issuer: 'a', jwks, jwks_uri: 'https://a.example/' }] },
        'registration.software_statement_issuers.0',
        'either jwks or jwks_uri',
      ],
      [
        { software_statement_issuers: [{ issuer: 'a', jwks }, { issuer: 'a', jwks }] },
        'registration.software_statement_issuers.1.issuer',
        'must differ',
      ],
      [
        { software_statement_issuers: [{ issuer: 'a', jwks_uri: 'http://a.example/' }] },
        'registration.software_statement_issuers.0.jwks_uri',
        'https',
      ],
      [
        { policies: { partner: { scope: 'nonsense' } } },
        'registration.policies.partner.scope',
        'unknown scope',
      ],
      [
        { policies: { partner: { metadata: ['client_name'] } } },
        'registration.policies.partner.metadata.0',
        'must be one of',
      ],
      [
        { policies: { partner: { defaults: { consent_mod: 'implicit' } } } },
        'registration.policies.partner.defaults.consent_mod',
        'did you mean consent_mode?',
      ],
    ] as const
  ) {
    it(`${path}: ${part}`, () => {
      const result = parseConfig({ registration });
      assert(!result.ok);
      const found = result.mistakes.find((each) => each.path.join('.') === path);
      assertStringIncludes(found?.problem ?? JSON.stringify(result.mistakes), part);
    });
  }
});
