import { nearestName } from '../spec/suggest.ts';
import type { Command } from './command.ts';

type Family = () => Promise<readonly Command[]>;

/** First word of a command → its family; imported when needed, so that `serve` starts without the others. */
const FAMILIES: ReadonlyMap<string, Family> = new Map<string, Family>([
  ['serve', async () => (await import('./serve.ts')).SERVE_COMMANDS],
  ['user', async () => [
    ...(await import('./user.ts')).USER_COMMANDS,
    ...(await import('./user_factors.ts')).USER_FACTOR_COMMANDS,
    (await import('./reset_link.ts')).RESET_LINK_COMMAND,
    (await import('./activity.ts')).ACTIVITY_COMMAND,
  ]],
  ['client', async () => (await import('./client.ts')).CLIENT_COMMANDS],
  [
    'registration-token',
    async () => (await import('./registration_token.ts')).REGISTRATION_TOKEN_COMMANDS,
  ],
  ['grant', async () => (await import('./grant.ts')).GRANT_COMMANDS],
  ['ciba', async () => (await import('./ciba.ts')).CIBA_COMMANDS],
  ['consent', async () => (await import('./consent.ts')).CONSENT_COMMANDS],
  ['session', async () => (await import('./session.ts')).SESSION_COMMANDS],
  ['delivery', async () => (await import('./delivery.ts')).DELIVERY_COMMANDS],
  ['ban', async () => (await import('./ban.ts')).BAN_COMMANDS],
  ['subject', async () => (await import('./subject.ts')).SUBJECT_COMMANDS],
  ['claims', async () => (await import('./claims.ts')).CLAIMS_COMMANDS],
  ['policy', async () => (await import('./policy.ts')).POLICY_COMMANDS],
  ['notifier', async () => (await import('./notifier.ts')).NOTIFIER_COMMANDS],
  ['audit', async () => (await import('./audit.ts')).AUDIT_COMMANDS],
  ['key', async () => (await import('./key.ts')).KEY_COMMANDS],
  ['config', async () => [
    ...(await import('./config.ts')).CONFIG_COMMANDS,
    ...(await import('./option.ts')).OPTION_COMMANDS,
  ]],
  ['issuer', async () => (await import('./option.ts')).OPTION_COMMANDS],
  ['export', async () => (await import('./export.ts')).EXPORT_COMMANDS],
  ['import', async () => (await import('./import.ts')).IMPORT_COMMANDS],
  ['store', async () => (await import('./store.ts')).STORE_COMMANDS],
  ['doctor', async () => (await import('./doctor.ts')).DOCTOR_COMMANDS],
  ['hash-secret', async () => (await import('./hash.ts')).HASH_COMMANDS],
  ['hash-password', async () => (await import('./hash.ts')).HASH_COMMANDS],
]);

export type CommandChoice =
  | { readonly kind: 'command'; readonly command: Command; readonly rest: readonly string[] }
  | { readonly kind: 'family'; readonly commands: readonly Command[] }
  | { readonly kind: 'unknown'; readonly problem: string };

/** The command that a command line begins with. */
export async function chooseCommand(words: readonly string[]): Promise<CommandChoice> {
  const [first = '', second = ''] = words;
  const family = await FAMILIES.get(first)?.();
  if (family === undefined) {
    return unknown(first, [...FAMILIES.keys()]);
  }
  const single = family.find(({ name }) => name === first);
  if (single !== undefined) return { kind: 'command', command: single, rest: words.slice(1) };
  if (second === '' || second.startsWith('-')) return { kind: 'family', commands: family };
  const command = family.find(({ name }) => name === `${first} ${second}`);
  if (command !== undefined) return { kind: 'command', command, rest: words.slice(2) };
  return unknown(`${first} ${second}`, family.map(({ name }) => name));
}

/** By its exact name, as a running server is asked for it. */
export async function commandNamed(name: string): Promise<Command | undefined> {
  const family = await FAMILIES.get(name.split(' ')[0] ?? '')?.();
  return family?.find((command) => command.name === name);
}

export async function allCommands(): Promise<readonly Command[]> {
  const families = await Promise.all([...FAMILIES.values()].map((family) => family()));
  return [...new Set(families.flat())].filter(({ isInternal }) => isInternal !== true);
}

function unknown(typed: string, known: readonly string[]): CommandChoice {
  const meant = nearestName(typed, known);
  const hint = meant === undefined ? 'see ostiary --help' : `did you mean ${meant}?`;
  return { kind: 'unknown', problem: `there is no command ${JSON.stringify(typed)}; ${hint}` };
}
