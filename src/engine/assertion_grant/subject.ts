import type { Client } from '../../spec/client.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { SubjectName } from '../../spec/trusted_issuer.ts';
import type { UserRecord } from '../../store/records.ts';
import type { Engine } from '../engine.ts';
import { personByEmail } from '../person_by_email.ts';
import { personBySub } from '../person_by_sub.ts';
import type { Assertion } from './verify.ts';

/** The person whom an assertion means; undefined: the client itself. RFC 7523 §3 no. 2 @throws {OAuthError} `invalid_grant` */
export async function assertedPerson(
  { issuer, payload }: Pick<Assertion, 'issuer' | 'payload'>,
  client: Client,
  engine: Engine,
): Promise<UserRecord | undefined> {
  const { subject_claim, subject_is, subjects } = issuer;
  const said = Object.hasOwn(payload, subject_claim) ? payload[subject_claim] : undefined;
  if (!isName(payload.sub) || !isName(said)) {
    throw invalid(
      `assertion must have sub${subject_claim === 'sub' ? '' : ` and ${subject_claim}`}`,
    );
  }
  const isDoubtful = subject_claim === 'email' && !isVerified(payload);
  const name = isDoubtful ? undefined : subjects === undefined ? said : subjects.get(said);
  if (name !== undefined && subject_is === 'client') {
    if (name === client.client_id) return undefined;
    throw invalid('assertion is of another client');
  }
  const user = name === undefined || subject_is === 'client'
    ? undefined
    : await FINDERS[subject_is](name, client, engine);
  // RFC 7519 §2: compared as it is. What is read as alice here may be another person there.
  const isAnother = subject_is === 'username' && subjects === undefined && user?.username !== said;
  // The same for somebody who is not there and somebody who may not be.
  if (user === undefined || user.disabled || isAnother) {
    throw invalid('assertion names nobody whom the client may act for');
  }
  return user;
}

/** What its issuer has not verified, anybody may have said; some write it as text. Core §5.1 */
function isVerified({ email_verified }: Readonly<Record<string, unknown>>): boolean {
  return email_verified === undefined || email_verified === true || email_verified === 'true';
}

const MAX_NAME_LENGTH = 512;

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_NAME_LENGTH;
}

type Finder = (name: string, client: Client, engine: Engine) => Promise<UserRecord | undefined>;

const FINDERS: Readonly<Record<Exclude<SubjectName, 'client'>, Finder>> = {
  username: (name, _client, { directory }) => directory.findByUsername(name),
  email: (name, _client, engine) => personByEmail(name, engine),
  sub: personBySub,
};

function invalid(hint: string): OAuthError {
  return new OAuthError('invalid_grant', hint);
}
