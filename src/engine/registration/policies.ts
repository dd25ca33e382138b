import type { ClientMetadata } from '../../spec/client_metadata.ts';
import type { ClientProblem } from '../../spec/client_problems.ts';
import { authMethodsOf } from '../../spec/client_proof.ts';
import {
  CIBA_GRANT,
  type GrantType,
  JWT_BEARER_GRANT,
  PROTECTED_KINDS,
  TOKEN_EXCHANGE_GRANT,
} from '../../spec/identifiers.ts';
import { isLoopbackHost } from '../../spec/redirect_uri.ts';
import { claimedSectorProblem, sectorChangeProblem } from '../sector.ts';
import type { Limits } from './admission.ts';

/** A client that somebody registers or updates. */
export interface Registration {
  readonly client_id: string;
  readonly action: 'create' | 'update';
  /** Of the initial access token; absent: nobody vouches for the client. */
  readonly initial_token?: string;
  readonly limits: Limits;
  /** The fields that were sent, or that a software statement has. */
  readonly sent: ReadonlySet<string>;
  /** By which clients can prove who they are here. */
  readonly auth_methods: readonly string[];
  /** What is registered until now. */
  readonly before?: ClientMetadata;
}

export type Verdict =
  /** What is registered in place of what was asked for. RFC 7591 §2 */
  | { readonly kind: 'register'; readonly metadata: ClientMetadata }
  | { readonly kind: 'refuse'; readonly problem: ClientProblem };

/** One rule for clients that register themselves, asked when one is created and when it is updated. */
export interface RegistrationPolicy {
  readonly name: string;
  applies(metadata: ClientMetadata, registration: Registration): boolean;
  judge(metadata: ClientMetadata, registration: Registration): Verdict | Promise<Verdict>;
}

/** Grants that no person has a part in at the moment. */
const VOUCHED_GRANTS: readonly GrantType[] = [
  'client_credentials',
  TOKEN_EXCHANGE_GRANT,
  JWT_BEARER_GRANT,
  // Each request reaches for a person. T070
  CIBA_GRANT,
];

/** In this order, each judging what the one before left. What contradicts itself in the end is refused afterwards. */
export const REGISTRATION_POLICIES: readonly RegistrationPolicy[] = [
  {
    name: 'auth_methods_of_this_server',
    applies: () => true,
    judge: (metadata, { auth_methods }) => {
      const missing = authMethodsOf(metadata).find((method) => !auth_methods.includes(method));
      return missing === undefined
        ? register(metadata)
        : refuse('token_endpoint_auth_method', `must be one of ${auth_methods.join(', ')}`);
    },
  },
  {
    name: 'scope_ceiling',
    applies: () => true,
    judge(metadata, { limits, sent }) {
      const isSaid = sent.has('scope') || Object.hasOwn(limits.defaults, 'scope');
      if (!isSaid) return register({ ...metadata, scope: limits.scope.join(' ') });
      const asked = metadata.scope.split(' ').filter((scope) => scope !== '');
      const allowed = asked.filter((scope) => limits.scope.includes(scope));
      return asked.length > 0 && allowed.length === 0
        ? refuse('scope', `must be some of ${limits.scope.join(' ')}`)
        : register({ ...metadata, scope: allowed.join(' ') });
    },
  },
  {
    name: 'audience_ceiling',
    applies: (_, { limits }) => limits.audience !== undefined,
    judge(metadata, { limits: { audience: ceiling = [] } }) {
      const { audience = ceiling } = metadata;
      return register({ ...metadata, audience: audience.filter((each) => ceiling.includes(each)) });
    },
  },
  {
    name: 'grant_type_ceiling',
    applies: () => true,
    judge(metadata, { limits }) {
      const allowed = metadata.grant_types.filter((grant) => limits.grant_types.includes(grant));
      return allowed.length === 0
        ? refuse('grant_types', `must be some of ${limits.grant_types.join(', ')}`)
        : register({ ...metadata, grant_types: allowed });
    },
  },
  {
    name: 'strangers_act_for_people_only',
    applies: ({ grant_types }, { initial_token }) =>
      initial_token === undefined && grant_types.some((grant) => VOUCHED_GRANTS.includes(grant)),
    judge: ({ grant_types }) => {
      const grant = VOUCHED_GRANTS.find((each) => grant_types.includes(each));
      return refuse('grant_types', `must not hold ${grant} without an initial access token`);
    },
  },
  {
    name: 'redirect_uris_of_the_application_type',
    applies: () => true,
    judge: (metadata) => {
      const problem = redirectUriProblem(metadata);
      return problem === undefined ? register(metadata) : refuse('redirect_uris', problem);
    },
  },
  {
    name: 'post_logout_redirect_uris_of_the_application_type',
    applies: ({ application_type }) => application_type === 'web',
    judge: (metadata) => {
      const wrong = metadata.post_logout_redirect_uris?.find((uri) => !uri.startsWith('https://'));
      return wrong === undefined
        ? register(metadata)
        : refuse('post_logout_redirect_uris', MUST_BE_HTTPS);
    },
  },
  {
    name: 'pkce_of_public_clients',
    applies: ({ token_endpoint_auth_method, grant_types }) =>
      token_endpoint_auth_method === 'none' && answersBy('authorization_code', grant_types),
    judge: (metadata) => register({ ...metadata, require_pkce: true }),
  },
  {
    name: 'offline_access_with_consent',
    applies: ({ consent_mode, scope }) =>
      consent_mode === 'implicit' && scope.split(' ').includes('offline_access'),
    judge: (metadata) =>
      register({
        ...metadata,
        scope: metadata.scope.split(' ').filter((each) => each !== 'offline_access').join(' '),
      }),
  },
  {
    name: 'content_encryption',
    applies: () => true,
    judge: (metadata) => register({ ...metadata, ...impliedEncryptions(metadata) }),
  },
  {
    name: 'signed_request_objects',
    applies: ({ request_object_signing_alg }) => request_object_signing_alg === 'none',
    judge: () => refuse('request_object_signing_alg', 'must not be none (RFC 8725 §3.2)'),
  },
  {
    name: 'sectors_of_others',
    applies: ({ subject_type }, { before }) =>
      subject_type === 'pairwise' || before?.subject_type === 'pairwise',
    judge: (metadata, { client_id, before }) => {
      const problem = claimedSectorProblem(metadata) ??
        (before && sectorChangeProblem({ ...before, client_id }, { ...metadata, client_id }));
      return problem === undefined ? register(metadata) : { kind: 'refuse', problem };
    },
  },
];

export function register(metadata: ClientMetadata): Verdict {
  return { kind: 'register', metadata };
}

export function refuse(field: string, problem: string): Verdict {
  return { kind: 'refuse', problem: { field, problem } };
}

/** OpenID Registration §2: what an alg without its enc means. */
function impliedEncryptions(metadata: ClientMetadata): Partial<ClientMetadata> {
  const pairs = [
    ...PROTECTED_KINDS.map((kind) =>
      [`${kind}_encrypted_response_alg`, `${kind}_encrypted_response_enc`] as const
    ),
    ['request_object_encryption_alg', 'request_object_encryption_enc'] as const,
  ];
  return Object.fromEntries(
    pairs.filter(([alg, enc]) => metadata[alg] !== undefined && metadata[enc] === undefined)
      .map(([, enc]) => [enc, 'A128CBC-HS256']),
  );
}

function answersBy(grant: GrantType, grant_types: readonly GrantType[]): boolean {
  return grant_types.includes(grant);
}

/** OpenID Registration §2, application_type; RFC 8252 §7. That each is sound by itself was checked before. T082 */
function redirectUriProblem(
  { application_type, redirect_uris, response_types }: ClientMetadata,
): string | undefined {
  if (application_type === 'native') return undefined;
  const isImplicit = response_types.some((type) => /\b(?:token|id_token)\b/.test(type));
  const wrong = redirect_uris.find((uri) =>
    !uri.startsWith('https://') || isImplicit && isLoopbackHost(new URL(uri).hostname)
  );
  if (wrong === undefined) return undefined;
  return wrong.startsWith('https://')
    ? 'must not be on this machine with the implicit grant'
    : MUST_BE_HTTPS;
}

const MUST_BE_HTTPS =
  'must use https, as the application_type is web; native allows loopback and schemes of an app';
