import {
  CLIENT_METADATA,
  type ClientMetadata,
  isMetadataField,
} from '../../spec/client_metadata.ts';
import type { ClientProblem } from '../../spec/client_problems.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { metadataProblems, parseMetadata } from '../administration/client_options.ts';
import type { Engine } from '../engine.ts';
import type { Limits } from './admission.ts';
import { type Registration, REGISTRATION_POLICIES } from './policies.ts';

type Sent = Readonly<Record<string, unknown>>;

export interface MetadataRequest {
  /** The body of the request. */
  readonly sent: Sent;
  /** Of a software statement that was verified. */
  readonly claims: Sent;
  readonly registration: Omit<Registration, 'sent'>;
}

/**
 * What is registered of what was sent: the fields that we know and that the registrant may set, within its limits, as
 * every policy leaves them. RFC 7591 §2, §3.2.2
 * @throws {OAuthError} `invalid_redirect_uri`, `invalid_client_metadata`
 */
export async function registeredMetadata(
  { sent, claims, registration }: MetadataRequest,
  engine: Engine,
): Promise<ClientMetadata> {
  const { limits, before } = registration;
  // RFC 7591 §2.3: what is signed comes first.
  const own = Object.fromEntries([
    ...Object.entries(sent),
    ...Object.entries(claims),
  ].filter(([name, value]) => value !== null && mayBeSent(name, limits)));
  const parsed = parseMetadata(
    own,
    engine,
    { ...limits.defaults, ...keptOptions(before, limits) },
  );
  if (!parsed.ok) throw refusal(parsed.problems);
  const all: Registration = { ...registration, sent: new Set(Object.keys(own)) };
  const metadata = await judged(parsed.metadata, all, engine);
  const problems = await metadataProblems(metadata, engine, before);
  if (problems.length > 0) throw refusal(problems);
  return metadata;
}

/** Options of ours are no metadata that strangers know, and so are ignored as unknown ones are. RFC 7591 §2 */
function mayBeSent(name: string, { metadata }: Limits): boolean {
  return isMetadataField(name) && (!isOurs(name) || metadata.includes(name));
}

function isOurs(name: string): boolean {
  return Object.hasOwn(CLIENT_METADATA, name) &&
    CLIENT_METADATA[name as keyof typeof CLIENT_METADATA].defined === 'Ostiary';
}

/** What an administrator has set, and the registrant cannot take back by an update. */
function keptOptions(before: ClientMetadata | undefined, { metadata }: Limits): Sent {
  return Object.fromEntries(
    Object.entries(before ?? {}).filter(([name]) => isOurs(name) && !metadata.includes(name)),
  );
}

async function judged(
  metadata: ClientMetadata,
  registration: Registration,
  { registrar }: Engine,
): Promise<ClientMetadata> {
  let current = metadata;
  for (const policy of [...REGISTRATION_POLICIES, ...registrar.policies]) {
    if (!policy.applies(current, registration)) continue;
    const verdict = await policy.judge(current, registration);
    if (verdict.kind === 'refuse') throw refusal([verdict.problem]);
    current = verdict.metadata;
  }
  return current;
}

/** RFC 7591 §3.2.2. */
function refusal(problems: readonly ClientProblem[]): OAuthError {
  const isUri = problems[0]?.field.startsWith('redirect_uris') === true;
  const text = problems.map(({ field, problem }) => `${field} ${problem}`).join('; ');
  return new OAuthError(isUri ? 'invalid_redirect_uri' : 'invalid_client_metadata', text);
}
