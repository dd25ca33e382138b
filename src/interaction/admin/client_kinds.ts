/** Clients as people think of them, and what each kind starts from. */
export interface ClientKind {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** What is asked first; all else waits below. */
  readonly fields: readonly string[];
}

const SIGN_IN_FIELDS = ['client_name', 'redirect_uris', 'scope', 'authorization_policy'] as const;

export const CLIENT_KINDS: readonly ClientKind[] = [
  {
    name: 'web',
    title: 'Web application',
    about: 'Runs on a server, which keeps a secret. People sign in with a browser.',
    metadata: { grant_types: ['authorization_code', 'refresh_token'] },
    fields: [...SIGN_IN_FIELDS, 'consent_mode', 'token_endpoint_auth_method'],
  },
  {
    name: 'browser',
    title: 'Single-page application',
    about: 'Runs in the browser, where nothing stays secret. PKCE protects it.',
    metadata: {
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    },
    fields: [...SIGN_IN_FIELDS, 'consent_mode'],
  },
  {
    name: 'native',
    title: 'Native application',
    about: 'Installed on a phone or a desktop. Loopback addresses match with any port.',
    metadata: {
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    },
    fields: [...SIGN_IN_FIELDS, 'consent_mode'],
  },
  {
    name: 'machine',
    title: 'Machine',
    about: 'A service that acts for itself: nobody signs in.',
    metadata: { grant_types: ['client_credentials'], scope: '' },
    fields: ['client_name', 'scope', 'audience', 'access_token_format', 'authorization_policy'],
  },
  {
    name: 'device',
    title: 'Device',
    about: 'A television or a command line: people answer on their phone.',
    metadata: {
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    },
    fields: ['client_name', 'scope', 'authorization_policy', 'consent_mode'],
  },
  {
    name: 'backchannel',
    title: 'Call centre or till',
    about: 'Asks for a person it knows, who answers on their own device (CIBA).',
    metadata: {
      grant_types: ['urn:openid:params:grant-type:ciba', 'refresh_token'],
      backchannel_token_delivery_mode: 'poll',
    },
    fields: [
      'client_name',
      'scope',
      'backchannel_token_delivery_mode',
      'backchannel_client_notification_endpoint',
      'authorization_policy',
      'token_endpoint_auth_method',
    ],
  },
];
