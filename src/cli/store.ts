import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { emailsIncomplete } from '../accounts/email_index.ts';
import { dumpStore, loadDump } from '../store/dump.ts';
import type { VerifyReport } from '../store/file/verify.ts';
import type { JsonValue } from '../store/store.ts';
import { argument, type Command, done, refused } from './command.ts';
import { fields } from './table.ts';

export const STORE_COMMANDS: readonly Command[] = [
  {
    kind: 'files',
    name: 'store verify',
    positionals: [],
    flags: {},
    help: 'Read every record of the store and compare it with its checksum.',
    async run(store) {
      const report = await store.verify();
      const { damages } = report;
      const first = damages[0];
      return first === undefined ? done(report) : refused(
        `${damages.length} damaged records, the first in ${first.file} at byte ${first.offset}`,
      );
    },
    print(value) {
      const { segments, lines, bytes } = value as unknown as VerifyReport;
      return `sound: ${lines} lines, ${bytes} bytes in ${segments} segments\n`;
    },
  },
  {
    kind: 'files',
    name: 'store compact',
    positionals: [],
    flags: {},
    help: 'Merge away records that were replaced, removed or have expired.',
    run: async (store) => done(await store.compact()),
    print: (value) => fields(value as Readonly<Record<string, JsonValue>>),
  },
  {
    kind: 'files',
    name: 'store dump',
    positionals: [],
    flags: {},
    help: 'Print every record as a line of JSON; private keys stay sealed with secret.key.',
    run: (store) => Promise.resolve({ kind: 'text', pieces: dumpStore(store) }),
    print: () => '',
  },
  {
    kind: 'files',
    name: 'store load',
    positionals: ['FILE'],
    flags: {
      merge: { type: 'boolean', help: 'Load over the records that are there.' },
    },
    help: 'Put the records of a dump or backup into the store, while no server runs on it.',
    async run(store, invocation, isServing) {
      if (isServing) return refused('stop the server first: it would not expect what is loaded');
      if (invocation.flags['merge'] !== true) {
        for await (const _ of store.list([], { limit: 1 })) {
          return refused('the store is not empty; give --merge to load over what is there');
        }
      }
      const file = resolve(invocation.directory, argument(invocation, 0));
      // Before, too, as it may be cut short.
      await emailsIncomplete(store);
      const loaded = await loadDump(store, () => createReadStream(file, 'utf8'));
      // The dump may be from before there was an index, or of an index that knew nobody of those who were here.
      await emailsIncomplete(store);
      return done(loaded);
    },
    print: (value) => fields(value as Readonly<Record<string, JsonValue>>),
  },
  {
    kind: 'files',
    name: 'store backup',
    positionals: ['FILE'],
    flags: {},
    help:
      'Write all records of one moment to a file; keep secret.key with it, or it cannot be used.',
    async run(store, invocation) {
      const file = resolve(invocation.directory, argument(invocation, 0));
      await store.backup(file);
      return done({ file });
    },
    print: (value) => fields(value as Readonly<Record<string, JsonValue>>),
  },
];
