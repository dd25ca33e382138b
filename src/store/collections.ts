import { collection } from './collection.ts';
import type {
  ActivityRecord,
  AuditRecord,
  BackchannelDenialRecord,
  BackchannelPlaceRecord,
  BackchannelRequestRecord,
  BackchannelUserCodeRecord,
  BootstrapRecord,
  CodeRecord,
  ConfigurationRecord,
  ConsentRecord,
  DeliveryRecord,
  DeviceRecord,
  EndedDeliveryRecord,
  FactorRecord,
  FactorTurnRecord,
  FileUserRecord,
  GrantRecord,
  InitialTokenRecord,
  IssuerRecord,
  KeyRecord,
  MirrorRecord,
  ObservationRecord,
  OptionRecord,
  PasskeyOwnerRecord,
  PepperRecord,
  PushedRequestRecord,
  RecoveryRecord,
  RedeemedCodeRecord,
  RevokedRecord,
  SessionDueRecord,
  SessionRecord,
  SessionUntoldRecord,
  SetupRecord,
  StoredClient,
  SubjectOwnerRecord,
  SubjectRecord,
  UserCodeRecord,
  WithdrawalRecord,
} from './records.ts';

/** User. */
export const activities = collection<ActivityRecord>('activity');
/** The record's own id, whose order is that of time, the newest first. */
export const audits = collection<AuditRecord>('audit');
/** Issuer. */
export const bootstraps = collection<BootstrapRecord>('bootstrap');
/** SHA-256 of the auth_req_id under its issuer. */
export const backchannelRequests = collection<BackchannelRequestRecord>('ciba');
/** User and number under their issuer. */
export const backchannelPlaces = collection<BackchannelPlaceRecord>('ciba_place');
/** Second and SHA-256 of the auth_req_id under their issuer. */
export const backchannelDue = collection<true>('ciba_due');
/** User and `client_id` under their issuer. */
export const backchannelDenials = collection<BackchannelDenialRecord>('ciba_denial');
/** User. */
export const backchannelUserCodes = collection<BackchannelUserCodeRecord>('ciba_user_code');
/** One record, `[]`. */
export const configurations = collection<ConfigurationRecord>('configuration');
/** `client_id` under its issuer. */
export const clients = collection<StoredClient>('client');
/** Web origin, then `client_id`, under their issuer: where a client's scripts come from. */
export const originClients = collection<true>('origin_client');
/** SHA-256 of the code under its issuer. */
export const codes = collection<CodeRecord | RedeemedCodeRecord>('code');
/** Number under its issuer: taken by a client that nobody vouches for. */
export const clientSlots = collection<{ readonly client_id: string }>('client_slot');
/** User, `client_id` and a digest of what was asked, under their issuer. */
export const consents = collection<ConsentRecord>('consent');
/** Id under its issuer: what clients' servers are yet to be sent. */
export const deliveries = collection<DeliveryRecord>('delivery');
/** Id under its issuer: what became of it. */
export const endedDeliveries = collection<EndedDeliveryRecord>('ended_delivery');
/** SHA-256 of the device code under its issuer. */
export const devices = collection<DeviceRecord>('device');
/** User and id. */
export const factors = collection<FactorRecord>('factor');
/** User: written with every factor that comes or goes, so that they do so one after the other. */
export const factorTurns = collection<FactorTurnRecord>('factor_turn');
/** Canonical username. */
export const fileUsers = collection<FileUserRecord>('file_user');
/** Grant id under its issuer. */
export const grants = collection<GrantRecord>('grant');
/** Token id under its issuer. */
export const initialTokens = collection<InitialTokenRecord>('initial_token');
/** URL. */
export const issuers = collection<IssuerRecord>('issuer');
/** Kind and id under their issuer: what may be used once, until nobody could use it anyway. */
export const jtis = collection<true>('jti');
/** `client_id` under its issuer, or `''` for what concerns them all. */
export const observations = collection<ObservationRecord>('observation');
/** kid under its issuer. */
export const keyRecords = collection<KeyRecord>('key');
/** An algorithm, or `seal`, under its issuer: the kid that came last, written with each key that comes, so that they do so in turn. */
export const keyTurns = collection<string>('key_made');
/** Kind and name under their issuer. */
export const mirrors = collection<MirrorRecord>('mirror');
/** The parts of its path under its issuer. */
export const options = collection<OptionRecord>('option');
/** Credential id. */
export const passkeys = collection<PasskeyOwnerRecord>('passkey');
/** Its own id. */
export const peppers = collection<PepperRecord>('pepper');
/** SHA-256 of the request_uri under its issuer. */
export const pushedRequests = collection<PushedRequestRecord>('par');
/** User. */
export const recoveries = collection<RecoveryRecord>('recovery');
/** `jti` under its issuer. */
export const revocations = collection<RevokedRecord>('revoked');
/** `sid` under its issuer. */
export const sessions = collection<SessionRecord>('session');
/** Minute since 1970 by which it may be over, and `sid`, under their issuer. */
export const sessionsDue = collection<SessionDueRecord>('session_due');
/** `sid` under its issuer: only of sessions with more clients than one commit can tell. */
export const sessionsUntold = collection<SessionUntoldRecord>('session_untold');
/** One record, `[]`. */
export const setups = collection<SetupRecord>('setup');
/** Sector and user under their issuer. */
export const subjects = collection<SubjectRecord>('subject');
/** Sector and `sub` under their issuer: whom it stands for. */
export const subjectOwners = collection<SubjectOwnerRecord>('subject_owner');
/** User and grant id under their issuer: which grants are a person's. */
export const userGrants = collection<true>('user_grant');
/** User and `sid` under their issuer: which sessions are a person's. */
export const userSessions = collection<true>('user_session');
/** User and `client_id` under their issuer. */
export const withdrawals = collection<WithdrawalRecord>('withdrawn');
/** SHA-256 of the user code under its issuer. */
export const userCodes = collection<UserCodeRecord>('user_code');
