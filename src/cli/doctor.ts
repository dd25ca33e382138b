import { bySeverity, examineAll } from '../engine/doctor/examine.ts';
import type { Finding } from '../engine/doctor/finding.ts';
import { printable } from '../spec/mistake.ts';
import { parseNetworks } from '../spec/networks.ts';
import {
  type Command,
  done,
  type EngineCommand,
  type Invocation,
  listFlag,
  textFlag,
} from './command.ts';
import { diagnose, type Diagnosis } from './doctor/diagnose.ts';
import { print } from './terminal.ts';

/** What the issuer itself can tell: asked of a running server, or of the store opened for it. */
const EXAMINE: EngineCommand = {
  kind: 'engine',
  name: 'doctor examine',
  isInternal: true,
  ofAllIssuers: true,
  positionals: [],
  flags: {
    network: { type: 'boolean', help: 'Send requests.' },
    serving: { type: 'boolean', help: 'The server runs.' },
    notifier: { type: 'boolean', help: 'Messages are sent by mail or by a webhook.' },
    trusted: { type: 'string', multiple: true, value: 'CIDR', help: 'A trusted proxy.' },
  },
  help: 'What the server knows of what is wrong.',
  async run(engine, invocation) {
    const { flags } = invocation;
    return done(
      await examineAll(textFlag(invocation, 'issuer') === undefined ? engine.engines() : [engine], {
        hasRecords: true,
        network: flags['network'] === true,
        isServing: flags['serving'] === true,
        hasNotifier: flags['notifier'] === true,
        trustedProxies: parseNetworks(listFlag(invocation, 'trusted')),
      }),
    );
  },
  print: (value) => text(value as unknown as readonly Finding[]),
};

export const DOCTOR_COMMANDS: readonly Command[] = [
  {
    kind: 'long',
    name: 'doctor',
    positionals: [],
    flags: {
      'no-network': {
        type: 'boolean',
        help: 'Send no requests, not even to the server’s own URL.',
      },
    },
    help:
      'Say what is wrong with configuration, store, keys, clients and URLs, and what to change.',
    run: doctor,
  },
  EXAMINE,
];

/** @returns 1 when there are errors, as scripts want to know */
async function doctor(invocation: Invocation): Promise<number> {
  const { server, findings } = await diagnose(invocation, EXAMINE);
  const sorted = bySeverity(findings);
  const ok = !sorted.some(({ severity }) => severity === 'error');
  const isJson = invocation.flags['json'] === true;
  await print(
    isJson ? `${JSON.stringify({ ok, server, findings: sorted })}\n` : report(server, sorted),
  );
  return ok ? 0 : 1;
}

const SERVER_LINES: Readonly<Record<Diagnosis['server'], string>> = {
  running: 'The server runs, and was asked.',
  stopped:
    'No server runs here, so its URL was not asked; what was seen of clients is as of its last minute.',
  unknown: 'The store could not be opened: only what needs none was looked at.',
};

function report(server: Diagnosis['server'], findings: readonly Finding[]): string {
  const counts = (['error', 'warning', 'note'] as const).map((severity) => {
    const count = findings.filter((each) => each.severity === severity).length;
    return `${count} ${severity}${count === 1 ? '' : 's'}`;
  });
  const summary = findings.length === 0 ? 'Nothing is wrong.' : `${counts.join(', ')}.`;
  return `${text(findings)}${SERVER_LINES[server]} ${summary}\n`;
}

function text(findings: readonly Finding[]): string {
  return findings.map(({ severity, check, issuer, about, found, change }) =>
    [
      `${severity}: ${about}${whose(issuer, about)} (${check})`,
      `  found   ${found}`,
      `  change  ${change}`,
    ]
      .map((line) => `${printable(line)}\n`).join('')
  ).join('\n') + (findings.length === 0 ? '' : '\n');
}

function whose(issuer: string | undefined, about: string): string {
  return issuer === undefined || issuer === about ? '' : ` of ${issuer}`;
}
