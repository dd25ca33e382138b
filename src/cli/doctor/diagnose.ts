import { access, constants } from 'node:fs/promises';
import process from 'node:process';
import { openInstance } from '../../app.ts';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import { examineAll } from '../../engine/doctor/examine.ts';
import type { Finding } from '../../engine/doctor/finding.ts';
import { openMemoryStore } from '../../store/memory.ts';
import type { CommandResult, EngineCommand, Invocation } from '../command.ts';
import { sourceOf } from '../source.ts';
import { configurationFindings, dataDirectoryOf, mistakeFindings } from './configuration.ts';
import { directoryFindings, machineFindings } from './machine.ts';

export interface Diagnosis {
  readonly server: 'running' | 'stopped' | 'unknown';
  readonly findings: readonly Finding[];
}

/** Looks at all that can be looked at, whatever is broken; `command` is what the issuer is asked by. */
export async function diagnose(
  invocation: Invocation,
  command: EngineCommand,
): Promise<Diagnosis> {
  const source = sourceOf(invocation);
  const loaded = await loadConfig(source);
  const network = invocation.flags['no-network'] !== true;
  if (!loaded.ok) {
    // The server, which refused this configuration, goes on with the one before.
    const data = await dataDirectoryOf(source);
    const findings = [
      ...mistakeFindings(loaded.mistakes),
      ...await directoryFindings(data, process.env),
    ];
    const asked = await ask(data, command, asking(invocation, { network }));
    return asked === undefined
      ? { server: 'unknown', findings }
      : { server: 'running', findings: [...findings, ...asked] };
  }
  const { config, warnings } = loaded;
  const machine = await machineFindings(config, process.env);
  const known = (server: Diagnosis['server']): readonly Finding[] => [
    // Of a store that was opened, the issuer tells.
    ...configurationFindings(
      config,
      warnings.filter(({ isOfFileAlone }) => server === 'unknown' || isOfFileAlone !== true),
    ),
    ...machine,
  ];
  const notifier = config.notifier !== undefined && config.notifier.kind !== 'file';
  const question = asking(invocation, { network, notifier, trusted: config.trusted_proxies });
  const asked = await ask(config.data, command, question);
  if (asked !== undefined) {
    return { server: 'running', findings: [...known('running'), ...asked] };
  }
  const opened = await openAndExamine(config, command, question);
  return { ...opened, findings: [...known(opened.server), ...opened.findings] };
}

function asking(
  invocation: Invocation,
  flags: Invocation['flags'],
): Invocation {
  return { ...invocation, flags: { ...flags, issuer: invocation.flags['issuer'] } };
}

/** Undefined when no server runs on the directory. */
async function ask(
  data: string,
  command: EngineCommand,
  question: Invocation,
): Promise<readonly Finding[] | undefined> {
  const { askServer } = await import('../control_client.ts');
  const flags = { ...question.flags, serving: true };
  const answer = await askServer(data, command.name, { ...question, flags });
  return answer && findingsOf(answer);
}

function findingsOf(answer: CommandResult): readonly Finding[] {
  switch (answer.kind) {
    case 'done':
      return answer.value as unknown as readonly Finding[];
    case 'refused':
      return [notExamined(answer.problem, 'look into the log of the server, or restart it')];
    case 'text':
      return [];
  }
}

/** The store itself, or what the configuration alone tells. */
async function openAndExamine(
  config: Config,
  command: EngineCommand,
  question: Invocation,
): Promise<Diagnosis> {
  if (config.storage.engine === 'memory') {
    return await examineWithoutRecords(config, question, []);
  }
  if (!await isThere(config.data)) {
    return await examineWithoutRecords(config, question, [{
      check: 'store',
      severity: 'note',
      about: config.data,
      found: 'there is no store yet',
      change: 'nothing: ostiary serve makes it; or say with --data where it is',
    }]);
  }
  const { runLocally } = await import('../local_store.ts');
  let findings: readonly Finding[] = [];
  try {
    await runLocally(command, question, config, (result) => {
      findings = findingsOf(result);
      return Promise.resolve(0);
    });
    return { server: 'stopped', findings };
  } catch (error) {
    const [problem = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return await examineWithoutRecords(config, question, [
      notExamined(problem, changeFor(error, config)),
    ]);
  }
}

async function isThere(path: string): Promise<boolean> {
  return await access(path, constants.F_OK).then(
    () => true,
    (error: { code?: string }) => error.code !== 'ENOENT',
  );
}

function notExamined(problem: string, change: string): Finding {
  return { check: 'store', severity: 'error', about: 'store', found: problem, change };
}

function changeFor(error: unknown, { data }: Config): string {
  switch ((error as { code?: string }).code) {
    case 'OSTIARY_STORE_LOCKED':
      return `run ostiary doctor as whoever runs that process, so that it can be asked; ${data}/control.json says how`;
    case 'OSTIARY_STORE_DAMAGED':
      return 'go back to the last good backup: ostiary store load FILE in a new data directory, beside the old secret.key';
    case 'EACCES':
    case 'EPERM':
      return `run ostiary doctor as the owner of ${data}, or give the directory to whoever runs the server`;
    default:
      return `mend what it says, then run ostiary serve: it needs ${data} in the same way`;
  }
}

/** On an empty store that ends with this: what is wrong with clients shows without records, too. */
async function examineWithoutRecords(
  config: Config,
  { flags }: Invocation,
  before: readonly Finding[],
): Promise<Diagnosis> {
  try {
    const store = openMemoryStore({ now: () => Date.now() / 1000 });
    const instance = await openInstance(config, { log: () => {}, store, isCommand: true });
    try {
      const { issuer } = flags;
      const engines = instance.engines().filter(({ settings }) =>
        issuer === undefined || settings.issuer === issuer
      );
      const findings = await examineAll(engines, {
        hasRecords: false,
        network: flags['network'] === true,
        isServing: false,
        hasNotifier: false,
        trustedProxies: [],
      });
      return { server: 'unknown', findings: [...before, ...findings] };
    } finally {
      await instance.close();
    }
  } catch (error) {
    const problem = error instanceof Error ? error.message.replaceAll('\n', ' ') : String(error);
    const change = 'correct the configuration; keys that clients name must be brought in first';
    return { server: 'unknown', findings: [...before, notExamined(problem, change)] };
  }
}
