import type { UsersFile } from '../accounts/users_file/users_file.ts';
import type { Log } from '../spec/log.ts';
import { describeMistake } from '../spec/mistake.ts';
import { type Poll, pollFiles } from './poll.ts';

export interface UsersWatchOptions {
  readonly file: string;
  readonly users: Pick<UsersFile, 'reload'>;
  /** What `fingerprint` said before the file was read. */
  readonly seen: string;
  readonly log: Log;
  /** Default 500. */
  readonly intervalMilliseconds?: number;
}

/** A valid change of the users file takes over, an invalid one is reported and changes nothing. */
export function watchUsersFile(options: UsersWatchOptions): Poll {
  const { file, users, seen, log, intervalMilliseconds } = options;
  return pollFiles({
    files: [file],
    seen,
    ...intervalMilliseconds !== undefined && { intervalMilliseconds },
    failed: (cause) => log('error', 'users_file.not_reloaded', { cause }),
    async changed() {
      const result = await users.reload();
      switch (result.kind) {
        case 'unchanged':
          return;
        case 'reloaded':
          return log('info', 'users_file.reloaded', { people: result.people });
        case 'refused': {
          const mistakes = result.mistakes.map((each) =>
            describeMistake({ ...each, source: file })
          );
          return log('error', 'users_file.refused', { mistakes });
        }
      }
    },
  });
}
