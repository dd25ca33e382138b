import * as v from 'valibot';
import { ACCESS_LEVELS } from '../../spec/access_control.ts';
import { DELIVERY_MODES } from '../../spec/identifiers.ts';
import { ACTIVITY_KINDS, DELIVERY_KINDS } from '../../store/records.ts';
import { DELIVERY_STATES } from './deliveries.ts';
import { METADATA_FIELDS } from './forms.ts';
import type { Schema } from './schema.ts';

/** A page of a list. */
export function pageView(item: Schema): Schema {
  return v.strictObject({ items: v.array(item), next: v.nullable(cursor) });
}

const cursor = v.pipe(
  v.string(),
  v.description('For `after`; null: there is nothing more. A page may be short and go on.'),
);
const text = v.string();
const provenance = v.picklist(['file', 'cli', 'setup', 'sign_up', 'api', 'dcr', 'import']);
const seconds = v.pipe(v.number(), v.description('Unix seconds.'));
const count = v.pipe(v.number(), v.integer());
const texts = v.array(text);
const anything = v.record(text, v.unknown());

export const CLIENT_VIEW = v.pipe(
  v.looseObject({
    client_id: text,
    provenance,
    created_at: v.optional(seconds),
    updated_at: v.optional(seconds),
    client_id_issued_at: v.optional(seconds),
    client_secret_expires_at: v.optional(seconds),
    unused_until: v.optional(
      v.pipe(seconds, v.description('The client is gone then, unless it was used before.')),
    ),
    initial_token: v.optional(
      v.pipe(text, v.description('The registration token that it was registered with.')),
    ),
    shadowed: v.optional(
      v.pipe(v.literal(true), v.description('The file has the client, which counts.')),
    ),
    ...v.partial(v.object(METADATA_FIELDS)).entries,
  }),
  v.title('Client'),
);

export const WRITTEN_CLIENT_VIEW = v.strictObject({
  client: CLIENT_VIEW,
  client_secret: v.optional(v.pipe(text, v.description('Shown this once.'))),
});

export const PERSON_VIEW = v.pipe(
  v.strictObject({
    id: text,
    username: text,
    has_password: v.boolean(),
    disabled: v.boolean(),
    valid_from: v.optional(
      v.pipe(v.number(), v.description('Sessions and grants from before no longer hold.')),
    ),
    groups: texts,
    claims: anything,
    attributes: anything,
    created_at: seconds,
    updated_at: seconds,
    provenance,
  }),
  v.title('Person'),
);

export const REMOVED_PERSON_VIEW = v.strictObject({
  removed: text,
  sessions: count,
  grants: count,
});
export const FACTORS_VIEW = v.strictObject({
  factors: v.array(v.strictObject({
    id: text,
    kind: v.picklist(['totp', 'passkey']),
    name: text,
    created_at: seconds,
    last_used_at: v.optional(seconds),
    rp_id: v.optional(v.pipe(text, v.description('The host that a passkey belongs to.'))),
  })),
  recovery_codes: count,
});
export const RESET_FACTORS_VIEW = v.strictObject({ factors: count, sessions: count });
export const RESET_LINK_VIEW = v.strictObject({ username: text, url: text, expires_at: seconds });
export const ACTIVITY_VIEW = v.strictObject({
  items: v.array(v.strictObject({
    kind: v.picklist(ACTIVITY_KINDS),
    at: seconds,
    address: v.optional(text),
    user_agent: v.optional(text),
    count: v.optional(count),
    amr: v.optional(texts),
    client_id: v.optional(text),
  })),
});

const authentication = { auth_time: seconds, amr: texts, acr: text };

export const SESSION_VIEW = v.pipe(
  v.looseObject({
    sid: text,
    user: text,
    username: v.optional(text),
    remember: v.boolean(),
    created_at: seconds,
    last_used_at: seconds,
    clients: v.array(v.looseObject({ client_id: text, scope: texts, resource: texts })),
    earlier_clients: v.optional(
      v.pipe(
        v.array(v.looseObject({ client_id: text })),
        v.description('Those that were too many, by name alone.'),
      ),
    ),
    ...authentication,
  }),
  v.title('Session'),
);

export const GRANT_VIEW = v.pipe(
  v.looseObject({
    id: text,
    user: text,
    username: v.optional(text),
    client_id: text,
    scope: texts,
    resource: texts,
    granted_at: seconds,
    created_at: seconds,
    expires_at: seconds,
    authentication: v.looseObject({ sid: text, ...authentication }),
  }),
  v.title('Grant'),
);

export const DELIVERY_VIEW = v.pipe(
  v.strictObject({
    id: text,
    kind: v.picklist(DELIVERY_KINDS),
    client_id: text,
    sid: v.optional(v.pipe(text, v.description('The session that it is about.'))),
    state: v.picklist(DELIVERY_STATES),
    created_at: seconds,
    attempts: v.pipe(count, v.description('With the one under way.')),
    next_attempt_at: v.optional(
      v.pipe(seconds, v.description('Of one that waits; absent while an attempt is under way.')),
    ),
    last_attempt: v.optional(v.strictObject({
      at: seconds,
      status: v.optional(v.pipe(count, v.description('Of the answer; absent: none came.'))),
      problem: v.optional(v.pipe(text, v.description('Absent: the client took it.'))),
    })),
    ended_at: v.optional(seconds),
  }),
  v.title('Delivery'),
);

export const BACKCHANNEL_REQUEST_VIEW = v.pipe(
  v.strictObject({
    id: text,
    user: text,
    username: v.optional(text),
    client_id: text,
    scope: texts,
    resource: texts,
    authorization_details: v.optional(
      v.pipe(v.array(v.looseObject({ type: text })), v.description('RFC 9396 §2.')),
    ),
    acr_values: texts,
    binding_message: v.optional(text),
    delivery_mode: v.picklist(DELIVERY_MODES),
    created_at: seconds,
    expires_at: seconds,
  }),
  v.title('BackchannelRequest'),
);

export const CONSENT_VIEW = v.pipe(
  v.strictObject({
    user: text,
    username: v.optional(text),
    client_id: text,
    digest: v.pipe(text, v.description('Of what was asked.')),
    scope: texts,
    claims: texts,
    resource: texts,
    details: v.optional(text),
    left_out: v.strictObject({ scope: texts, claims: texts }),
    at: seconds,
    expires_at: seconds,
  }),
  v.title('Consent'),
);

export const KEY_VIEW = v.pipe(
  v.looseObject({
    kid: text,
    use: v.picklist(['sig', 'enc', 'seal']),
    alg: v.optional(text),
    state: text,
    created_at: seconds,
  }),
  v.title('Key'),
);
export const KEYS_VIEW = v.strictObject({ items: v.array(KEY_VIEW) });
export const ROTATED_VIEW = v.strictObject({ keys: v.array(KEY_VIEW), skipped: v.array(KEY_VIEW) });

export const BAN_VIEW = v.strictObject({
  kind: v.picklist(['user', 'client', 'source']),
  name: v.optional(text),
  source: text,
  failures: count,
  until: seconds,
});
export const LIFTED_VIEW = v.strictObject({ lifted: count });
export const SUBJECT_VIEW = v.strictObject({
  issuer: text,
  sector: text,
  username: text,
  sub: text,
});
export const ENDED_GRANTS_VIEW = v.strictObject({ grants: count });
export const ENDED_SESSIONS_VIEW = v.strictObject({ sessions: count });
export const FORGOTTEN_CONSENTS_VIEW = v.strictObject({ consents: count });

export const AUDIT_VIEW = v.pipe(
  v.strictObject({
    id: text,
    at: seconds,
    actor: v.looseObject({
      kind: v.picklist(['file', 'cli', 'import', 'system', 'api', 'console', 'dcr']),
    }),
    action: text,
    issuer: v.optional(text),
    target: text,
    changes: v.record(text, v.looseObject({})),
  }),
  v.title('AuditRecord'),
);

export const EXPLANATION_VIEW = v.looseObject({
  client_id: text,
  authorization_policy: text,
  level: v.picklist(['one_factor', 'two_factor', 'deny']),
  decided_by: text,
  default_policy: v.picklist(['one_factor', 'two_factor', 'deny']),
  rules: v.array(v.strictObject({ policy: text, outcome: text, because: text })),
});
export const ACCESS_CHECK_VIEW = v.looseObject({
  url: text,
  method: text,
  level: v.picklist([...ACCESS_LEVELS, 'sign_in']),
  decided_by: text,
  default_policy: v.picklist(ACCESS_LEVELS),
  rules: v.array(v.strictObject({ policy: text, outcome: text, because: text })),
});
export const POLICIES_VIEW = v.strictObject({
  authorization_policies: anything,
  claims_policies: anything,
  token_exchange_policies: anything,
  scopes: anything,
  lifespans: anything,
  resources: v.array(v.looseObject({ resource: text, scope: texts })),
});
export const ISSUER_VIEW = v.pipe(
  v.strictObject({
    issuer: text,
    provenance,
    created_at: v.optional(seconds),
    api: v.pipe(text, v.description('Where it is administered.')),
  }),
  v.title('Issuer'),
);
export const ISSUERS_VIEW = v.strictObject({ items: v.array(ISSUER_VIEW) });
export const OPTIONS_VIEW = v.strictObject({
  items: v.array(v.strictObject({
    path: text,
    value: v.unknown(),
    provenance,
    shadowed: v.optional(
      v.pipe(v.literal(true), v.description('The file says something else, which counts.')),
    ),
    updated_at: v.optional(seconds),
  })),
  version: text,
});
export const CHANGED_OPTIONS_VIEW = v.strictObject({
  applied: v.boolean(),
  changes: v.record(text, v.looseObject({})),
  version: text,
});
export const REGISTRATION_TOKEN_VIEW = v.pipe(
  v.strictObject({
    id: text,
    scope: v.optional(texts),
    grant_types: v.optional(texts),
    audience: v.optional(texts),
    policy: v.optional(text),
    note: v.optional(text),
    uses_left: v.optional(count),
    created_at: seconds,
    expires_at: v.optional(seconds),
  }),
  v.title('RegistrationToken'),
);
export const MADE_REGISTRATION_TOKEN_VIEW = v.strictObject({
  registration_token: REGISTRATION_TOKEN_VIEW,
  token: v.pipe(text, v.description('Shown this once.')),
});
export const SUBJECTS_IMPORT_VIEW = v.strictObject({ imported: count, unchanged: count });
export const SENT_VIEW = v.strictObject({ to: text, sent: v.literal(true) });
export const CLAIMS_EXPLANATION_VIEW = v.strictObject({
  client_id: text,
  username: text,
  claims_policy: v.optional(text),
  access_token_format: text,
  claims: v.array(v.looseObject({ claim: text, place: text, because: text })),
});
export const HEALTH_VIEW = v.strictObject({
  version: text,
  issuer: text,
  store: v.picklist(['ready', 'failing']),
  keys: v.strictObject({ active: count, all: count }),
});
