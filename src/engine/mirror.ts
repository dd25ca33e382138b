import { byteLength } from '../spec/byte_length.ts';
import type { Client } from '../spec/client.ts';
import { mirrors } from '../store/collections.ts';
import type { Actor, MirrorRecord } from '../store/records.ts';
import type { Entry, JsonValue, Put } from '../store/store.ts';
import { forgetConsents } from './administration/consents.ts';
import { endGrants } from './administration/grants.ts';
import { audit } from './audit.ts';
import type { Engine } from './engine.ts';

/** What the file says, and where it says it. */
type Kind = 'client' | 'option';

interface Said {
  readonly kind: Kind;
  readonly name: string;
  /** Without secrets. */
  readonly value: object;
  readonly record: MirrorRecord;
}

const BY_FILE: Actor = { kind: 'file' };

/** Writes in one commit: each has its record of the change beside it. */
const BATCH = 45;

/** UTF-8 bytes of JSON: a record of the store holds little more. */
const MAX_BYTES = 48 * 1024;
const MAX_NAME_BYTES = 500;

/**
 * Keeps what the configuration file says of an issuer's clients and options, by path, as records: what it says otherwise
 * than before is a change that leaves a record, and a client that it no longer has loses its grants and consents, be it
 * removed while no server ran. What is new with an issuer's first mirror is no change.
 */
export async function mirrorFile(
  options: ReadonlyMap<string, JsonValue>,
  engine: Engine,
): Promise<void> {
  const { store, settings: { issuer, clients } } = engine;
  const before = new Map<string, Entry<MirrorRecord>>();
  for await (const entry of mirrors.list(store, [issuer])) {
    const [, , kind = '', name = ''] = entry.key;
    before.set(`${kind} ${name}`, entry);
  }
  const isFirst = before.size === 0;
  const writes: (readonly Put[])[] = [];
  for (const said of saidBy(clients.values(), options, engine)) {
    const key = `${said.kind} ${said.name}`;
    const old = before.get(key)?.value;
    before.delete(key);
    if (old?.mark === said.record.mark) continue;
    const put = mirrors.put([issuer, said.kind, said.name], said.record);
    writes.push(isFirst ? [put] : [put, noteOf(said, old, engine)]);
  }
  for (let at = 0; at < writes.length; at += BATCH) {
    await store.commit({ put: writes.slice(at, at + BATCH).flat() });
  }
  for (const entry of before.values()) await removed(entry, engine);
}

function* saidBy(
  clients: Iterable<Client>,
  options: ReadonlyMap<string, JsonValue>,
  engine: Engine,
): Iterable<Said> {
  for (const client of clients) {
    const { client_secret: _, ...value } = client;
    yield* said('client', client.client_id, value, client, engine);
  }
  for (const [path, value] of options) {
    yield* said('option', path, { [path]: value }, value, engine);
  }
}

function* said(
  kind: Kind,
  name: string,
  value: object,
  whole: unknown,
  { keys }: Engine,
): Iterable<Said> {
  if (byteLength(name) > MAX_NAME_BYTES) return;
  const text = JSON.stringify(value);
  const isShort = byteLength(text) <= MAX_BYTES;
  const mark = keys.digest('configuration file', JSON.stringify(whole));
  const record = { ...isShort && { value: JSON.parse(text) as JsonValue }, mark };
  yield { kind, name, value, record };
}

function noteOf({ kind, name, value }: Said, old: MirrorRecord | undefined, engine: Engine): Put {
  const before = old && valueOf(old);
  const isSame = before !== undefined && JSON.stringify(before) === JSON.stringify(value);
  // Only what is not kept can then be different.
  const [was, is] = isSame ? [{ client_secret: 1 }, { client_secret: 2 }] : [before, value];
  const action = kind === 'option'
    ? 'options.changed'
    : old === undefined
    ? 'client.created'
    : 'client.changed';
  return audit({ action, target: name, before: was, after: is }, BY_FILE, engine);
}

/** The grants first, so that a crash between leaves what finds them. */
async function removed(entry: Entry<MirrorRecord>, engine: Engine): Promise<void> {
  const [, issuer = '', kind = '', name = ''] = entry.key;
  if (kind === 'client') {
    await endGrants({ client_id: name }, engine);
    await forgetConsents({ client_id: name }, engine);
  }
  const action = kind === 'client' ? 'client.removed' : 'options.changed';
  const note = audit({ action, target: name, before: valueOf(entry.value) }, BY_FILE, engine);
  await engine.store.commit({ put: [note], remove: [mirrors.remove(issuer, kind, name)] });
}

function valueOf({ value }: MirrorRecord): object {
  return typeof value === 'object' && value !== null ? value : {};
}
