import type { Client } from '../spec/client.ts';
import type { DeliveryMode } from '../spec/identifiers.ts';
import type { RegistrationLimits } from '../spec/registration.ts';
import type { JsonValue } from './store.ts';

/** Who brought a record into the store; `file` records live in the configuration and are never stored. */
export type Provenance = 'cli' | 'setup' | 'sign_up' | 'api' | 'dcr' | 'import';

/** Who changes something that administrators change. */
export type Actor =
  /** The configuration file, the command line, an import, or the server by itself (rotation, expiry). */
  | { readonly kind: 'file' | 'cli' | 'import' | 'system' }
  /** The administration API: the client, and the person behind its token if there is one; without either, the local token. */
  | { readonly kind: 'api'; readonly client_id?: string; readonly user?: string }
  /** A person at the console. */
  | { readonly kind: 'console'; readonly user: string }
  /** A registration endpoint, and which initial access token was used there; without one, where the stranger was. */
  | { readonly kind: 'dcr'; readonly token_id?: string; readonly source?: string };

/** One change, in a name that reads `what.happened`: `client.created`, `key.rotated`. */
export interface AuditRecord {
  /** In the order of time, the newest first: what the record is kept under, `['audit', id]`. */
  readonly id: string;
  /** Unix seconds, with a fraction. */
  readonly at: number;
  readonly actor: Actor;
  readonly action: string;
  /** Absent: what all issuers share. */
  readonly issuer?: string;
  /** What was changed: a client_id, a user ID, a kid, the path of an option. */
  readonly target: string;
  /** Fields that differ, by name. Secrets are never among the values: of these only that they changed. */
  readonly changes: { readonly [field: string]: AuditChange };
}

export interface AuditChange {
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}

/** What the store adds to an issuer's options: `['option', issuer, ...path]`. */
export interface OptionRecord {
  readonly value: JsonValue;
  readonly provenance: Provenance;
  /** Unix seconds. */
  readonly created_at: number;
  readonly updated_at: number;
}

/** An issuer that is served beside those of the file: `['issuer', url]`. */
export interface IssuerRecord {
  readonly issuer: string;
  readonly provenance: Provenance;
  /** Unix seconds. */
  readonly created_at: number;
}

/** `['configuration']`: written with every change to options and issuers, so that each is judged with all others. */
export interface ConfigurationRecord {
  readonly changes: number;
}

/** What the configuration file last said: `['mirror', issuer, kind, name]`. */
export interface MirrorRecord {
  /** Without secrets; absent where it is too long for a record. */
  readonly value?: JsonValue;
  /** Of all of it, keyed. */
  readonly mark: string;
}

/** A person. Shared by all issuers: `['user', id]`, found by name through `['username', canonical name]`. */
export interface UserRecord {
  /** Random, never shown outside and never reused; what clients see is the subject identifier. */
  readonly id: string;
  /** Canonical form (`accounts/username.ts`). */
  readonly username: string;
  /** A PHC string; absent: no sign-in by password. */
  readonly password?: string;
  readonly disabled: boolean;
  /** Unix seconds, with a fraction: sessions and grants that began earlier no longer hold. */
  readonly valid_from?: number;
  readonly groups: readonly string[];
  /** Standard claims under their OpenID names: Core §5.1 (`sub`, `updated_at` and `preferred_username` are derived). */
  readonly claims: { readonly [claim: string]: JsonValue };
  /** What the administrator added beyond the standard claims. */
  readonly attributes: { readonly [attribute: string]: JsonValue };
  readonly created_at: number;
  readonly updated_at: number;
  readonly provenance: Provenance | 'file';
}

/**
 * What the store remembers of a person in `users.yaml`: `['file_user', canonical name]`. It stays when the entry goes, so
 * that the person who comes back is the same.
 */
export interface FileUserRecord {
  readonly id: string;
  /** Whether the file had the person when it was last read. */
  readonly is_listed: boolean;
  readonly disabled: boolean;
  /** A MAC of the password's digest, and of everything else in the entry: they tell whether something changed. */
  readonly password_mark: string;
  readonly content_mark: string;
  readonly valid_from?: number;
  readonly created_at: number;
  readonly updated_at: number;
}

/**
 * From a name to the person it belongs to: `['username', canonical name]`, and `['username_skeleton', skeleton]` so that
 * nobody else takes a name that looks like it.
 */
export interface UsernameRecord {
  readonly user: string;
}

/** A key of an issuer: `['key', issuer, kid]`. Signing and encryption keys have a public half; sealing keys have none. */
export interface KeyRecord {
  readonly kid: string;
  readonly use: 'sig' | 'enc' | 'seal';
  /** Not of `seal`. */
  readonly alg?: string;
  readonly public_jwk?: { readonly [member: string]: JsonValue };
  /** The certificates it was brought in with. */
  readonly chain?: KeyChain;
  /** The private JWK, or 32 bytes in base64url, sealed with the storage key. */
  readonly sealed: string;
  /** Of somebody else's making. */
  readonly imported?: true;
  readonly created_at: number;
  /** From when on it is used; until then it is only published. `keys/key_state.ts` tells what follows from the times. */
  readonly active_at: number;
  /** When a newer key takes over; this one still verifies and opens until what was made with it has expired. */
  readonly superseded_at?: number;
  /** When a client that names it last had it used after that. */
  readonly used_at?: number;
  /** Seconds: the longest life of anything made with it. */
  readonly longest: number;
}

/** What keyed digests are made with, of all issuers: `['pepper', id]`. */
export interface PepperRecord {
  readonly id: string;
  /** The highest is the one in use. */
  readonly number: number;
  /** 32 bytes in base64url, sealed with the storage key. */
  readonly sealed: string;
}

/** X.509 certificates for a key, each issued by the next; RFC 7517 §4.7. */
export interface KeyChain {
  /** DER in base64, the key's own first. */
  readonly x5c: readonly string[];
  /** Unix seconds between which all of them are valid. */
  readonly not_before: number;
  readonly not_after: number;
}

/** How and when a person proved who they are; travels from the session into codes, grants and tokens. */
export interface AuthenticationContext {
  /** The session's name; each sector has a `sid` claim of its own, made from it. */
  readonly sid: string;
  /** Unix seconds, with a fraction: two sign-ins of one second are two. */
  readonly auth_time: number;
  /** RFC 8176. */
  readonly amr: readonly string[];
  readonly acr: string;
}

/** A browser session: `['session', issuer, sid]`. The cookie holds the sid and a secret of which this keeps the digest. */
export interface SessionRecord extends AuthenticationContext {
  readonly user: string;
  readonly secret_digest: string;
  readonly remember: boolean;
  /** Unix seconds, with a fraction: when a second factor was last proven; absent: not in this session. */
  readonly second_factor_at?: number;
  /** Where the sign-in came from, and what the browser called itself: for the person to recognize it. */
  readonly address?: string;
  readonly user_agent?: string;
  readonly created_at: number;
  readonly last_used_at: number;
  /** Clients that took part, oldest first, with what the person said in this session. */
  readonly clients: readonly SessionClient[];
  /** Those that were too many, the longest unused first, by name alone: they are yet to be told of its end. */
  readonly earlier_clients?: readonly EarlierClient[];
}

/** Whom the end of a session that is gone is yet to be told: `['session_untold', issuer, sid]`. */
export interface SessionUntoldRecord {
  readonly user: string;
  readonly clients: readonly EarlierClient[];
}

/** That a session is to be looked at then: `['session_due', issuer, minute, sid]`. It outlives a session that ends before. */
export interface SessionDueRecord {
  readonly user: string;
}

export interface EarlierClient {
  readonly client_id: string;
  /** Unix seconds, with a fraction: when its part was noted last; absent in records from before it was kept. */
  readonly at?: number;
}

export interface SessionClient extends EarlierClient {
  /** What it was given last. */
  readonly scope: readonly string[];
  readonly resource: readonly string[];
  /** What the person said when they were asked in this session, newest first; absent: nobody asked. */
  readonly answers?: readonly ConsentAnswer[];
}

/** What a person was asked about a client, and what they said. */
export interface ConsentAnswer {
  /** Unix seconds, with a fraction. */
  readonly at: number;
  /** What they allowed. */
  readonly scope: readonly string[];
  /** Names asked for by the `claims` parameter. */
  readonly claims: readonly string[];
  readonly resource: readonly string[];
  /** A digest of the authorization_details, if there were any. */
  readonly details?: string;
  /** What they were shown, too, and left out. */
  readonly left_out: { readonly scope: readonly string[]; readonly claims: readonly string[] };
}

/** An answer that a person wanted remembered: `['consent', issuer, user, client_id, digest of what was asked]`. */
export interface ConsentRecord extends ConsentAnswer {
  readonly user: string;
  readonly client_id: string;
  /** SHA-256 of what was asked: only the very same is answered by this. */
  readonly digest: string;
  /** Unix seconds. */
  readonly expires_at: number;
}

/** What the `claims` parameter asked for, by name, for each place. Core §5.5. */
export interface RequestedClaims {
  readonly userinfo: readonly string[];
  readonly id_token: readonly string[];
}

/** What a person allowed a client: what codes and grants carry. */
export interface Authorization {
  readonly client_id: string;
  readonly user: string;
  /** Unix seconds, with a fraction. */
  readonly granted_at: number;
  /** Where the person was then; only of clients whose policy looks at networks. */
  readonly address?: string;
  readonly scope: readonly string[];
  /** RFC 8707 resources that tokens may be asked for. */
  readonly resource: readonly string[];
  readonly claims: RequestedClaims;
  /** Languages in which claims are wanted, best first. Core §5.2. */
  readonly claims_locales?: readonly string[];
  /** RFC 9396, as they were granted. */
  readonly authorization_details?: AuthorizationDetails;
  readonly authentication: AuthenticationContext;
}

/** RFC 9396 §2: objects with a `type`. */
export type AuthorizationDetails = readonly {
  readonly type: string;
  readonly [member: string]: JsonValue;
}[];

/** The keys that whoever presents a token must hold: one of them, or both. RFC 9449 §6.1, RFC 8705 §3.1 */
export interface Confirmation {
  readonly jkt?: string;
  readonly 'x5t#S256'?: string;
}

/** An authorization code by its digest: `['code', issuer, sha256]`. */
export interface CodeRecord extends Authorization {
  readonly redirect_uri: string;
  /** Whether the request carried it; then the token request must, too. RFC 6749 §4.1.3. */
  readonly redirect_uri_sent: boolean;
  readonly code_challenge?: string;
  /** Absent: S256. */
  readonly code_challenge_method?: 'plain';
  readonly nonce?: string;
  /** The thumbprint of the key that must redeem it. RFC 9449 §10 */
  readonly dpop_jkt?: string;
  /** The grant that an access token from the authorization endpoint already lives under. */
  readonly grant?: string;
  /** Unix seconds. */
  readonly expires_at: number;
}

/** What stays in a redeemed code's place: the grant that falls when the code comes again. RFC 6749 §4.1.2. */
export interface RedeemedCodeRecord {
  readonly redeemed: string;
}

/** All that was issued from one authorization: `['grant', issuer, id]`. It ends when this does. */
export interface GrantRecord extends Authorization {
  readonly id: string;
  readonly sub: string;
  /** What yielded it; absent: authorization_code. */
  readonly grant_type?: 'implicit' | 'device_code' | 'ciba' | 'jwt_bearer';
  /** The key its refresh tokens are bound to: those of public clients. RFC 9449 §5, RFC 8705 §4 */
  readonly cnf?: Confirmation;
  /** Unix seconds, with a fraction. */
  readonly created_at: number;
  /** Unix seconds; the absolute end, whatever is refreshed. */
  readonly expires_at: number;
  /** The refresh token that counts, and when it became so. */
  readonly refresh?: { readonly n: number; readonly moved_at: number };
}

/** A person's subject identifier in a sector: `['subject', issuer, sector, user]`. Core §8. */
export interface SubjectRecord {
  readonly sub: string;
}

/** From a subject identifier to the person: `['subject_owner', issuer, sector, sub]`. */
export interface SubjectOwnerRecord {
  readonly user: string;
}

/** An access token revoked on its own: `['revoked', issuer, jti]`, until it would have expired. */
export interface RevokedRecord {
  readonly revoked_at: number;
}

/** That an issuer began with what a file says: `['bootstrap', issuer]`. */
export interface BootstrapRecord {
  /** SHA-256 of what was read last. */
  readonly digest: string;
  /** Unix seconds. */
  readonly at: number;
}

/** Where the first administrator signs up: `['setup']`. */
export interface SetupRecord {
  readonly token_digest: string;
}

/** A client brought in by other means than the file: `['client', issuer, client_id]`. */
export interface StoredClient extends Client {
  readonly provenance: Provenance;
  /** Of `dcr`: how the client is managed by whoever registered it. */
  readonly registration?: DynamicRegistration;
  /** Unix seconds. */
  readonly created_at: number;
  readonly updated_at: number;
}

/** RFC 7592. */
export interface DynamicRegistration {
  /** A keyed digest of the registration access token. */
  readonly token: string;
  /** What vouched for it, as it was then; absent: nobody did. */
  readonly initial?: RegistrationLimits & { readonly id: string; readonly policy?: string };
  /** Its place among those that nobody vouches for. */
  readonly slot?: number;
  /** As it was sent. RFC 7591 §3.2.1 */
  readonly software_statement?: string;
  /** The update that led to this token: a digest of what was sent, and when. */
  readonly update?: {
    readonly request: string;
    readonly at: number;
    readonly has_new_secret?: boolean;
  };
}

/** Leave to register clients: `['initial_token', issuer, id]`. RFC 7591 §3 */
export interface InitialTokenRecord extends RegistrationLimits {
  /** By which administrators name it. */
  readonly id: string;
  readonly digest: string;
  /** A name of registration.policies. */
  readonly policy?: string;
  /** In the administrator's words. */
  readonly note?: string;
  /** Absent: any number. */
  readonly uses_left?: number;
  /** Unix seconds; absent: never. */
  readonly expires_at?: number;
  readonly created_at: number;
}

/** A pushed authorization request: `['par', issuer, sha256 of its request_uri]`. RFC 9126 §2.2 */
export interface PushedRequestRecord {
  readonly client_id: string;
  readonly params: readonly (readonly [name: string, value: string])[];
  /** They came in a signed request object. */
  readonly signed?: true;
  /** The thumbprint of the key that proved itself when it was pushed. RFC 9449 §10.1 */
  readonly dpop_jkt?: string;
  /** Unix seconds: until then a browser must bring it; a sign-in may take longer. */
  readonly expires_at: number;
}

export const DELIVERY_KINDS = ['backchannel_logout', 'ciba_ping', 'ciba_push'] as const;
export type DeliveryKindName = (typeof DELIVERY_KINDS)[number];

/** A message that a client's server is yet to be sent: `['delivery', issuer, id]`. */
export interface DeliveryRecord {
  /** In the order of time, the newest first. */
  readonly id: string;
  readonly kind: DeliveryKindName;
  readonly client_id: string;
  /** The session that it is about, if it is about one. */
  readonly sid?: string;
  /** What each attempt makes its request of. No secret is among it. */
  readonly content: { readonly [member: string]: JsonValue };
  /** Unix seconds, with a fraction. */
  readonly created_at: number;
  /** From when on it is worth nothing; absent: it is for as long as it is tried. */
  readonly expires_at?: number;
  /** How many there were, with the one under way. */
  readonly attempts: number;
  /** When the next attempt is to be made; of one under way, when it is taken for lost. */
  readonly due_at: number;
  /** An attempt is under way. */
  readonly claimed?: true;
  /** How the last attempt ended. */
  readonly last?: DeliveryAttempt;
}

export interface DeliveryAttempt {
  /** Unix seconds, with a fraction. */
  readonly at: number;
  /** Of the answer; absent: none came. */
  readonly status?: number;
  /** What went wrong; absent: it was taken. */
  readonly problem?: string;
}

/** A message that is no longer sent: `['ended_delivery', issuer, id]`, for some days. */
export interface EndedDeliveryRecord extends Omit<DeliveryRecord, 'due_at' | 'claimed'> {
  readonly outcome: 'delivered' | 'given_up';
  /** Unix seconds, with a fraction. */
  readonly ended_at: number;
}

/** What a client asks a person for, and polls for until there is an answer. */
export interface PolledRecord {
  readonly client_id: string;
  readonly scope: readonly string[];
  readonly resource: readonly string[];
  readonly authorization_details?: AuthorizationDetails;
  /** Unix seconds: from then on nobody answers or redeems it; that it was there is known for a while longer. */
  readonly expires_at: number;
  /** Seconds that must lie between two polls; more when they came faster. */
  readonly interval: number;
  /** What the person said; absent while nobody has answered. */
  readonly answer?: 'denied' | Authorization;
}

/** A device authorization request: `['device', issuer, sha256 of its device_code]`. RFC 8628 §3.2 */
export interface DeviceRecord extends PolledRecord {
  /** SHA-256 of the user code. */
  readonly user_code: string;
  /** Unix seconds, with a fraction; absent in records from before it was kept. */
  readonly created_at?: number;
}

/** A backchannel authentication request: `['ciba', issuer, sha256 of its auth_req_id]`. CIBA §7.1 */
export interface BackchannelRequestRecord extends PolledRecord {
  /** Who is asked. */
  readonly user: string;
  /** Its number among those that wait for the person. */
  readonly place: number;
  /** What to sign in with, best first. */
  readonly acr_values: readonly string[];
  /** Shown to the person here and by the client. */
  readonly binding_message?: string;
  /** As the client was registered when it asked. */
  readonly delivery_mode: DeliveryMode;
  /** What a notification takes, sealed with the storage key; not in mode poll. */
  readonly sealed?: string;
  /** What an approval has led to in mode push. */
  readonly grant?: string;
  /** Nobody has answered in time, of which the client is told in mode push. CIBA §12 */
  readonly lapsed?: true;
  /** Unix seconds, with a fraction. */
  readonly created_at: number;
}

/** That a request waits for a person: `['ciba_place', issuer, user, number]`. The numbers are few, and so are the requests. T070 */
export interface BackchannelPlaceRecord {
  /** SHA-256 of its auth_req_id. */
  readonly request: string;
  /** Who asks. */
  readonly client_id: string;
}

/** What applications must know before they reach a person: `['ciba_user_code', user]`. */
export interface BackchannelUserCodeRecord {
  /** As of a password. */
  readonly digest: string;
}

/** How often lately a person has turned a client down: `['ciba_denial', issuer, user, client_id]`. */
export interface BackchannelDenialRecord {
  readonly count: number;
  /** Unix seconds: until then the client does not reach the person. */
  readonly until: number;
}

/** From a user code to the request that waits for it: `['user_code', issuer, sha256 of the code]`. */
export interface UserCodeRecord {
  /** SHA-256 of the device code. */
  readonly device: string;
}

/** A second factor of a person, confirmed: `['factor', user, id]`. People and their factors are shared by all issuers. */
export type FactorRecord = TotpRecord | PasskeyRecord;

/** When a factor of a person last came or went: `['factor_turn', user]`. */
export interface FactorTurnRecord {
  readonly changed_at: number;
}

interface FactorFields {
  readonly id: string;
  /** As the person calls it. */
  readonly name: string;
  readonly created_at: number;
  readonly last_used_at?: number;
}

/** RFC 6238. */
export interface TotpRecord extends FactorFields {
  readonly kind: 'totp';
  /** The shared secret, sealed with the storage key. */
  readonly sealed: string;
  /** The step of the last code that was accepted: neither it nor one before it counts again. §5.2 */
  readonly last_step: number;
}

/** WebAuthn §4, "credential record". */
export interface PasskeyRecord extends FactorFields {
  readonly kind: 'passkey';
  readonly credential_id: string;
  /** The RP ID it answers to; absent in records from before it was kept, until the passkey is used. */
  readonly rp_id?: string;
  readonly public_key: string;
  readonly algorithm: 'ES256' | 'RS256';
  readonly sign_count: number;
  readonly transports: readonly string[];
  readonly backup_eligible: boolean;
  readonly backed_up: boolean;
  readonly aaguid: string;
}

/** From a credential to its owner: `['passkey', credential id]`. */
export interface PasskeyOwnerRecord {
  readonly user: string;
  readonly factor: string;
}

/** Recovery codes that were not used yet: `['recovery', user]`. */
export interface RecoveryRecord {
  readonly digests: readonly string[];
  readonly created_at: number;
}

/** When a person last took back what a client may do: `['withdrawn', issuer, user, client_id]`. */
export interface WithdrawalRecord {
  /** Unix seconds, with a fraction: what was granted until then and not redeemed yet no longer holds. */
  readonly at: number;
}

export const ACTIVITY_KINDS = [
  'signed_in',
  'sign_in_failed',
  'second_factor_failed',
  'password_changed',
  'password_reset',
  'factor_added',
  'factor_removed',
  'recovery_codes_made',
  'recovery_code_used',
  'session_ended',
  'application_revoked',
  'request_approved',
  'request_denied',
  'profile_changed',
] as const;
export type ActivityKind = (typeof ACTIVITY_KINDS)[number];

/** Something that happened to an account. */
export interface ActivityEntry {
  readonly kind: ActivityKind;
  /** Unix seconds, with a fraction; of several, the last. */
  readonly at: number;
  readonly address?: string;
  readonly user_agent?: string;
  /** How often in a row; absent: once. */
  readonly count?: number;
  readonly amr?: readonly string[];
  readonly client_id?: string;
}

/** What happened lately to a person's account, newest first: `['activity', user]`. */
export interface ActivityRecord {
  readonly entries: readonly ActivityEntry[];
}

const SIGHTING_KINDS = [
  /** An unregistered redirect_uri was asked for: `value`. */
  'redirect_uri',
  /** … an unregistered post_logout_redirect_uri. */
  'post_logout_redirect_uri',
  /** The client proved itself by another method than is registered for the endpoint. */
  'auth_method',
  /** … by the registered method, and failed: `value` says why. */
  'proof',
  /** PKCE is required of the client, and no code_challenge came. */
  'pkce',
  /** A scope that the client is not registered for. */
  'scope',
  /** It introspected a live token of another client, and was told nothing: `value` is whom that token is for. */
  'introspection',
  /** The client's server did not take what it was sent: `value` says why, `endpoint` the kind of message. */
  'delivery',
  /** Of all clients together: a client_id that nobody has. */
  'unknown_client',
  /** … a request for another host than the issuer’s. */
  'host',
  /** … a request that came by http to an https issuer. */
  'proto',
  /** … forwarding headers from an address that is no trusted proxy. */
  'forwarded',
  /** … a message to a person could not be handed on: `value` says why. */
  'notifier',
] as const;
export type SightingKind = (typeof SIGHTING_KINDS)[number];

/** Something that went wrong lately between us and others, in the words in which it came, cut to a length. */
export interface Sighting {
  readonly kind: SightingKind;
  readonly value: string;
  readonly endpoint?: string;
  readonly count: number;
  /** Unix seconds, with a fraction. */
  readonly first_at: number;
  readonly at: number;
}

/** What a client gets and asks for. */
export interface ClientUse {
  /** ID tokens beside access tokens; no longer exact above some twenty. */
  readonly tokens: number;
  /** What was granted last. */
  readonly scope: readonly string[];
  readonly first_at: number;
  readonly at: number;
}

/** What was seen of a client lately, or with the client_id '' of all together: `['observation', issuer, client_id]`. */
export interface ObservationRecord {
  readonly sightings: readonly Sighting[];
  readonly use?: ClientUse;
  /** When it last asked UserInfo. */
  readonly userinfo_at?: number;
  /** When a message to a person was last handed on. */
  readonly delivered_at?: number;
}
