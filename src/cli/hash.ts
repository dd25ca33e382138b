import process from 'node:process';
import { createPasswordHasher } from '../accounts/password.ts';
import { passwordProblem } from '../accounts/password_policy.ts';
import { passwordSentence } from '../accounts/password_sentences.ts';
import { randomClientSecret } from '../keys/digest.ts';
import type { JsonValue } from '../store/store.ts';
import { type Command, type CommandResult, done, refused } from './command.ts';
import { fields } from './table.ts';
import { readStdin } from './terminal.ts';

export const HASH_COMMANDS: readonly Command[] = [
  {
    kind: 'local',
    name: 'hash-secret',
    positionals: [],
    flags: {
      'secret-stdin': { type: 'boolean', help: 'Read the secret from standard input.' },
    },
    stdinFlag: 'secret-stdin',
    help: 'Make a client secret and its digest for the configuration file.',
    async run({ stdin }) {
      if (stdin === '') return refused('the secret on standard input is empty');
      const secret = stdin ?? randomClientSecret();
      const result = await digestOf(secret);
      if (result.kind !== 'done' || stdin !== undefined) return result;
      return done({ client_secret: secret, ...result.value as { digest: string } });
    },
    print: printDigest,
  },
  {
    kind: 'local',
    name: 'hash-password',
    positionals: [],
    flags: {},
    help: 'Read a password from standard input and print its digest.',
    async run() {
      if (process.stdin.isTTY) return refused('give the password on standard input');
      const password = await readStdin();
      const problem = passwordProblem(password);
      return problem === undefined ? await digestOf(password) : refused(passwordSentence(problem));
    },
    print: printDigest,
  },
];

async function digestOf(text: string): Promise<CommandResult> {
  const hasher = createPasswordHasher();
  try {
    const digest = await hasher.hash(text);
    return digest === undefined ? refused('too much to hash at once') : done({ digest });
  } finally {
    await hasher.close();
  }
}

/** The digest alone, for use in scripts, unless there is a secret to show with it. */
function printDigest(value: JsonValue): string {
  const result = value as { readonly client_secret?: string; readonly digest: string };
  return result.client_secret === undefined ? `${result.digest}\n` : fields(result);
}
