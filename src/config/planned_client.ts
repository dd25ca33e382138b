import * as v from 'valibot';
import { isPasswordDigest, PLAINTEXT_PREFIX } from '../accounts/password_digest.ts';
import type { PlannedClient } from '../engine/administration/import_plan.ts';
import { isClientId } from '../spec/client_id.ts';
import {
  CLIENT_METADATA,
  type ClientMetadata,
  clientMetadataSchema,
  isMetadataField,
} from '../spec/client_metadata.ts';
import { clientProblems } from '../spec/client_problems.ts';
import { usesSecret } from '../spec/client_proof.ts';
import { withProfile } from '../spec/profile_client.ts';
import { localizedName } from '../spec/localized.ts';
import { ruleOf } from '../spec/section.ts';

/** What a file says of a client, in our names and otherwise unchecked. */
export interface RawClient {
  readonly client_id: unknown;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly client_secret?: unknown;
}

/** Hears what of a client cannot be taken over: a field, a member of a list, or the client as a whole. */
export interface ClientReport {
  dropped(field: string, why: string, index?: number): void;
  leftOut(why: string): void;
}

/** A client with all that is valid of it; undefined when what is left would be another client than it was. */
export function plannedClient(raw: RawClient, report: ClientReport): PlannedClient | undefined {
  const { client_id } = raw;
  if (typeof client_id !== 'string' || !isClientId(client_id)) {
    report.leftOut('client_id must be 1 to 255 of the characters A-Z a-z 0-9 . _ ~ : / @ + = -');
    return undefined;
  }
  const metadata: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(raw.metadata)) {
    const verdict = judge(field, value, report);
    if (verdict.kind === 'left_out') {
      report.leftOut(`${field} ${verdict.problem}`);
      return undefined;
    }
    if (verdict.kind === 'kept') metadata[field] = verdict.value;
  }
  const parsed = v.safeParse(clientMetadataSchema, withProfile(metadata, 'default'), {
    message: ruleOf,
  });
  if (!parsed.success) {
    report.leftOut(parsed.issues[0].message);
    return undefined;
  }
  const whole = parsed.output;
  const secret = secretOf(raw.client_secret, whole, report);
  if (secret.kind === 'left_out') {
    report.leftOut(secret.problem);
    return undefined;
  }
  const problems = clientProblems({ ...whole, client_secret: secret.value }, 'default');
  if (problems.length > 0) {
    report.leftOut(problems.map(({ field, problem }) => `${field} ${problem}`).join('; '));
    return undefined;
  }
  return {
    client_id,
    metadata,
    ...secret.value !== undefined && { client_secret: secret.value },
  };
}

/** Without them a client works as before. */
const OMITTABLE: ReadonlySet<string> = new Set([
  'client_name',
  'client_uri',
  'logo_uri',
  'policy_uri',
  'tos_uri',
  'contacts',
  'request_uris',
  'initiate_login_uri',
  'post_logout_redirect_uris',
  'frontchannel_logout_uri',
  'backchannel_logout_uri',
  'pre_configured_consent_duration',
]);

type Verdict =
  | { readonly kind: 'kept'; readonly value: unknown }
  | { readonly kind: 'dropped' }
  | { readonly kind: 'left_out'; readonly problem: string };

function judge(field: string, value: unknown, report: ClientReport): Verdict {
  if (!isMetadataField(field)) {
    report.dropped(field, 'is not known here');
    return { kind: 'dropped' };
  }
  const problem = problemOf(field, value);
  if (problem === undefined) return { kind: 'kept', value };
  const members = Array.isArray(value) ? value as readonly unknown[] : [];
  const kept = members.filter((member, index) => {
    const wrong = problemOf(field, [member]);
    if (wrong !== undefined) report.dropped(field, wrong, index);
    return wrong === undefined;
  });
  if (kept.length > 0 && problemOf(field, kept) === undefined) {
    return { kind: 'kept', value: kept };
  }
  if (!OMITTABLE.has(localizedName(field)?.field ?? field)) return { kind: 'left_out', problem };
  if (members.length === 0) report.dropped(field, problem);
  return { kind: 'dropped' };
}

function problemOf(field: string, value: unknown): string | undefined {
  const parsed = Object.hasOwn(CLIENT_METADATA, field)
    ? v.safeParse(rowOf(field), value, { message: ruleOf })
    : v.safeParse(clientMetadataSchema, { [field]: value }, { message: ruleOf });
  return parsed.success ? undefined : parsed.issues[0].message;
}

function rowOf(field: string): v.GenericSchema {
  return CLIENT_METADATA[field as keyof typeof CLIENT_METADATA].schema;
}

type Secret =
  | { readonly kind: 'secret'; readonly value: string | undefined }
  | { readonly kind: 'left_out'; readonly problem: string };

function secretOf(raw: unknown, metadata: ClientMetadata, report: ClientReport): Secret {
  if (raw === undefined) return { kind: 'secret', value: undefined };
  if (!usesSecret(metadata)) {
    report.dropped('client_secret', 'is of no use: the client proves who it is without one');
    return { kind: 'secret', value: undefined };
  }
  if (typeof raw !== 'string' || raw === '') {
    return { kind: 'left_out', problem: 'client_secret must be text' };
  }
  // What begins like a digest was none of the secret's own characters.
  const value = raw.startsWith('$') ? fromBase64(raw) : PLAINTEXT_PREFIX + raw;
  return isPasswordDigest(value) ? { kind: 'secret', value } : {
    kind: 'left_out',
    problem:
      'client_secret must be a digest by argon2, pbkdf2, scrypt, bcrypt or sha-crypt within our limits of cost, ' +
      'or the secret itself: give the client a new one',
  };
}

/** Another way to write a plain text. */
function fromBase64(text: string): string {
  const [, digits] = /^\$base64\$([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  if (digits === undefined) return text;
  try {
    const bytes = Uint8Array.from(atob(digits), (character) => character.charCodeAt(0));
    return PLAINTEXT_PREFIX + new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return text;
  }
}
