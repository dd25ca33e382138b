import { describe, it } from 'node:test';
import { loadCel } from '../../src/accounts/cel.ts';
import { configJsonSchema } from '../../src/config/json_schema.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { OPTIONS } from '../../src/config/schema.ts';
import { readYaml } from '../../src/spec/yaml.ts';
import { CLIENT_METADATA } from '../../src/spec/client_metadata.ts';
import { assert, assertEquals, assertExists } from '../support/assert.ts';
import { schemaProblems } from '../support/json_schema.ts';

await loadCel();

/** The documented contract, as far as it exists. */
const EXAMPLE = `
issuer: https://auth.example.com/path
listen: { host: 127.0.0.1, port: 9091 }
data: ./data
trusted_proxies: [ 127.0.0.1/32 ]
development: false
storage: { engine: file }
clients:
  - client_id: app
    client_name: My app
    client_name#de: Meine App
    client_secret: "$plaintext$a-secret-of-some-length"
    redirect_uris: [ https://app.example.com/callback ]
    grant_types: [ authorization_code, refresh_token ]
    response_types: [ code ]
    scope: openid profile email groups offline_access
    token_endpoint_auth_method: client_secret_basic
    consent_mode: explicit
    claims_policy: trusted
    lifespan: short
    access_token_format: opaque
    access_token_signed_response_alg: ES256
    require_pkce: true
resources:
  - resource: https://api.example.com/
    scope: read write
    access_token_format: jwt
    access_token_lifetime: 10m
    introspection_clients: [ api ]
scopes: { admin: { claims: [ is_admin ], description: "Administer everything" } }
claims_policies: { trusted: { id_token: [ email ], access_token: [], custom_claims: { is_admin: { attribute: is_admin } } } }
definitions: { user_attributes: { is_admin: { expression: '"admins" in groups' } } }
lifespans:
  access_token: 1h
  refresh_token: 30d
  id_token: 1h
  authorization_code: 60s
  custom: { short: { access_token: 5m } }
cors: { endpoints: [ token, userinfo, revocation ], allowed_origins: [], allowed_origins_from_client_redirect_uris: true }
sessions: { idle: 12h, absolute: 7d, remember: 30d }
pkce: public
refresh_token_grace: 10s
name: Ostiary
`;

function valueOf(text: string): unknown {
  const read = readYaml(text);
  assert(read.ok);
  return read.value;
}

describe('the configuration file', () => {
  it('as documented becomes settings in seconds', () => {
    const result = parseConfig(valueOf(EXAMPLE));
    assert(result.ok);
    const [{ settings }] = result.config.issuers;
    assertEquals(settings.issuer, 'https://auth.example.com/path');
    assertEquals(settings.lifespans, {
      access_token: 3600,
      refresh_token: 2_592_000,
      id_token: 3600,
      authorization_code: 60,
      device_code: 600,
      backchannel_authentication: 300,
      pushed_authorization_request: 90,
    });
    assertEquals(settings.custom_lifespans.get('short'), { access_token: 300 });
    assertEquals(settings.resources.get('https://api.example.com/')?.scope, ['read', 'write']);
    assertEquals(settings.resources.get('https://api.example.com/')?.access_token_lifetime, 600);
    assertEquals(settings.scopes.get('admin')?.claims, ['is_admin']);
    assertEquals(settings.scopes.get('email')?.claims, ['email', 'email_verified']);
    assertEquals(settings.clients.get('app')?.lifespan, 'short');
    assertEquals(settings.sessions, {
      idle: 43_200,
      absolute: 604_800,
      remember: 2_592_000,
      end_offline_access: false,
    });
  });

  it('warns of a resource server that it does not define', () => {
    const result = parseConfig(valueOf(EXAMPLE));
    assert(result.ok);
    assertEquals(result.warnings.map(({ path }) => path), [
      ['resources', 0, 'introspection_clients', 0],
    ]);
  });

  it('may be absent: every option has a default', () => {
    const result = parseConfig({});
    assert(result.ok);
    assertEquals(result.config.issuers[0].settings.issuer, 'http://localhost:9091');
    assertEquals(result.config.storage.engine, 'file');
    assertEquals(result.config.listen, { host: '127.0.0.1', port: 9091 });
  });

  it('T146: brings no client, no secret and no proxy by default', () => {
    const result = parseConfig({});
    assert(result.ok);
    assertEquals(result.config.issuers[0].settings.clients.size, 0);
    assertEquals(result.config.trusted_proxies, []);
    assertEquals(result.config.development, false);
  });

  it('says the default issuer’s port from where it listens', () => {
    const result = parseConfig({ listen: { port: 8080 } });
    assert(result.ok);
    assertEquals(result.config.issuers[0].settings.issuer, 'http://localhost:8080');
  });

  it('T030: lets an authorization code live 60 seconds at most', () => {
    assertEquals(parseConfig({ lifespans: { authorization_code: '61s' } }).ok, false);
    const custom = { long: { authorization_code: '10m' } };
    assertEquals(parseConfig({ lifespans: { custom } }).ok, false);
  });

  it('may be JSON indented by tabs', () => {
    const text = JSON.stringify(valueOf(EXAMPLE), null, '\t');
    assertEquals(valueOf(text), valueOf(EXAMPLE));
  });
});

describe('config schema', () => {
  const schema = configJsonSchema();

  it('accepts the documented example', () => {
    assertEquals(schemaProblems(schema, valueOf(EXAMPLE)), []);
    assertEquals(schemaProblems(schema, {}), []);
  });

  it('refuses unknown keys at every level', () => {
    const value = {
      wibble: 1,
      listen: { prot: 1 },
      clients: [{ client_id: 'a', redirectUris: [] }],
    };
    assertEquals(schemaProblems(schema, value), [
      '/wibble: unknown',
      '/listen/prot: unknown',
      '/clients/0/redirectUris: unknown',
    ]);
  });

  it('refuses wrong values', () => {
    const value = {
      listen: { port: 70_000 },
      lifespans: { access_token: 3600 },
      pkce: 'sometimes',
      clients: [{}],
    };
    assertEquals(schemaProblems(schema, value), [
      '/listen/port: out of range',
      '/lifespans/access_token: not of type string',
      '/pkce: not in enum',
      '/clients/0/client_id: missing',
    ]);
  });

  it('describes every option and every client option', () => {
    const properties = schema['properties'] as Record<string, Record<string, never>>;
    for (const option of Object.keys(OPTIONS)) {
      assertExists(properties[option]?.['description'], option);
    }
    const client = (properties['clients']?.['items'] as unknown as typeof schema)[
      'properties'
    ] as typeof properties;
    for (const option of ['client_id', 'client_secret', ...Object.keys(CLIENT_METADATA)]) {
      assertExists(client[option]?.['description'], option);
    }
  });
});
