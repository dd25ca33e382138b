/** What a form has just done, told once: the query names which of these sentences. */
const SENTENCES = {
  client_saved: 'The client is saved.',
  client_removed: 'The client is removed, with every grant and consent to it.',
  grant_revoked: 'The grant is revoked, and with it every token under it.',
  grants_revoked: 'All those grants are revoked, and with them every token under them.',
  consents_forgotten: 'The remembered answers are forgotten.',
  request_approved: 'The request is approved in the person’s place.',
  request_denied: 'The request is denied in the person’s place.',
  delivery_retried: 'The message is being sent.',
  session_revoked: 'That browser is signed out.',
  sessions_revoked: 'The person is signed out of every browser.',
  everybody_revoked: 'Everybody is signed out.',
  person_added: 'The person is added.',
  person_saved: 'The person is saved.',
  person_disabled: 'The person is disabled, and signed out everywhere.',
  person_enabled: 'The person may sign in again.',
  person_removed: 'The person is removed, with all that was theirs.',
  factors_reset: 'All second factors are removed, and the person is signed out everywhere.',
  key_rotated: 'A new key was made.',
  key_imported: 'The key is taken in.',
  key_removed: 'The key is removed, and another takes its place.',
  option_saved: 'The option is saved, and counts from now on.',
  option_unset: 'What the store said of that option is taken back.',
  issuer_added: 'The issuer is served from now on.',
  issuer_removed: 'The issuer is served no longer; what is kept for it waits.',
  token_removed: 'Nobody registers with that token any more.',
} as const;

export type Notice = keyof typeof SENTENCES;

export const NOTICES: ReadonlyMap<string, string> = new Map(Object.entries(SENTENCES));
