import type { Client } from '../../spec/client.ts';
import { printable } from '../../spec/mistake.ts';
import type { Networks } from '../../spec/networks.ts';
import type { ObservationRecord, Sighting, SightingKind } from '../../store/records.ts';
import type { JsonValue } from '../../store/store.ts';
import type { Engine } from '../engine.ts';

/** In the order in which they are told. */
export const SEVERITIES = ['error', 'warning', 'note'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Something that is wrong, or soon will be, in sentences for whoever runs the server. */
export interface Finding {
  /** Which check says so. */
  readonly check: string;
  readonly severity: Severity;
  /** Whose it is, where there are several; absent: it concerns all of them. */
  readonly issuer?: string;
  /** What is ill: `client app`, `listen.tls.cert`, an issuer. */
  readonly about: string;
  readonly found: string;
  /** What to do, with the option or the command by name. */
  readonly change: string;
}

/** What one check finds; its name is the table's. */
export type Remark = Omit<Finding, 'check' | 'issuer'>;

/** What the configuration says now beyond the engine’s settings. */
export interface Configured {
  /** Whether messages are sent by mail or by a webhook. */
  readonly hasNotifier: boolean;
  readonly trustedProxies: Networks;
}

/** What checks look at. */
export interface Patient extends Configured {
  readonly engine: Engine;
  readonly nowSeconds: number;
  /** Those of whom something was seen, by client_id; of all there may be too many to hold. */
  readonly clients: ReadonlyMap<string, Client>;
  /** By client_id; '' is what concerns all clients. */
  readonly seen: ReadonlyMap<string, ObservationRecord>;
}

interface CheckRow {
  readonly check: string;
  /** It reads records, and so says nothing of a store that was not opened. */
  readonly isOfRecords?: true;
  /** It sends requests. */
  readonly isOfNetwork?: true;
  /** It looks at what all issuers have in common. */
  readonly isShared?: true;
  /** It asks the server itself, which must run. */
  readonly isOfServer?: true;
}

/** What is looked at in every client, one after another. */
export type ClientCheck = (patient: Patient) => (client: Client) => readonly Remark[];

export type Check =
  & CheckRow
  & (
    | { readonly run: (patient: Patient) => readonly Remark[] | Promise<readonly Remark[]> }
    | { readonly ofClients: ClientCheck }
  );

/** Characters of others' words in a sentence. */
const MAX_SHOWN = 120;

/** Others' words: no control characters, and not too many. CWE-117 */
export function shown(text: string): string {
  const cut = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN).toWellFormed()}…` : text;
  return printable(cut);
}

export function shownAll(texts: readonly string[]): string {
  const some = texts.slice(0, 5).map(shown).join(', ');
  return texts.length > 5 ? `${some} and ${texts.length - 5} more` : some;
}

/** `once`, `7 times`, and when for the last time. */
export function howOften({ count, at }: Pick<Sighting, 'count' | 'at'>): string {
  const times = count === 1 ? 'once' : `${count} times`;
  return `${times}, ${count === 1 ? '' : 'last '}at ${time(at)}`;
}

/** UTC, so that it reads the same everywhere. */
export function time(seconds: number): string {
  return new Date(Math.floor(seconds) * 1000).toISOString().replace('.000Z', 'Z');
}

export function days(seconds: number): string {
  const whole = Math.floor(seconds / 86_400);
  return whole === 1 ? '1 day' : `${whole} days`;
}

/** Of what concerns all clients. */
export function sightingsOf(patient: Patient, kind: SightingKind): readonly Sighting[] {
  return (patient.seen.get('')?.sightings ?? []).filter((each) => each.kind === kind);
}

/** How to set an option of a client where it is defined. */
export function setOption(client: Client, option: string, value: JsonValue): string {
  const { client_id } = client;
  return isOfFile(client)
    ? `in the configuration file, under client ${client_id}, set ${option}: ${
      JSON.stringify(value)
    }`
    : `ostiary client update ${client_id} --metadata-file F.json, with ${
      JSON.stringify({ [option]: value })
    } in F.json`;
}

export function isOfFile({ provenance }: Client): boolean {
  return provenance === undefined;
}

/** As `about` names a client. */
export function clientName({ client_id }: Client): string {
  return `client ${shown(client_id)}`;
}
