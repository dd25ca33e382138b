import { collection } from './collection.ts';
import type {
  CodeRecord,
  DeviceRecord,
  GrantRecord,
  PushedRequestRecord,
  RedeemedCodeRecord,
  RevokedRecord,
  SessionRecord,
  SetupRecord,
  StoredClient,
  SubjectRecord,
  UserCodeRecord,
} from './records.ts';

/** `client_id` under its issuer. */
export const clients = collection<StoredClient>('client');
/** Web origin, then `client_id`, under their issuer: where a client's scripts come from. */
export const originClients = collection<true>('origin_client');
/** SHA-256 of the code under its issuer. */
export const codes = collection<CodeRecord | RedeemedCodeRecord>('code');
/** SHA-256 of the device code under its issuer. */
export const devices = collection<DeviceRecord>('device');
/** Grant id under its issuer. */
export const grants = collection<GrantRecord>('grant');
/** Kind and id under their issuer: what may be used once, until nobody could use it anyway. */
export const jtis = collection<true>('jti');
/** SHA-256 of the request_uri under its issuer. */
export const pushedRequests = collection<PushedRequestRecord>('par');
/** `jti` under its issuer. */
export const revocations = collection<RevokedRecord>('revoked');
/** `sid` under its issuer. */
export const sessions = collection<SessionRecord>('session');
/** One record, `[]`. */
export const setups = collection<SetupRecord>('setup');
/** Sector and user under their issuer. */
export const subjects = collection<SubjectRecord>('subject');
/** SHA-256 of the user code under its issuer. */
export const userCodes = collection<UserCodeRecord>('user_code');
