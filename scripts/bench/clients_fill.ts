/**
 * Adds clients of every kind to a store as an administrator would, some one by one with a clock, and leaves in a file what
 * was measured and what the load needs. In a process of its own: `clients_fill.ts CONFIG COUNT SAMPLE FILE`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { openInstance } from '../../src/app.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { pageClients } from '../../src/engine/administration/client_views.ts';
import { addClient } from '../../src/engine/administration/clients.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { issueAccessToken } from '../../src/engine/tokens/access_token.ts';
import { findClient } from '../../src/engine/clients.ts';
import type { FileStore } from '../../src/store/file/file_store.ts';
import type { ClientsReport, SampledClient } from './clients.ts';
import { SIGNER } from './machine_clients.ts';

const AT_ONCE = 256;
/** Added one after the other. */
const TIMED = 300;

const BY = { kind: 'cli' } as const;

/** Clients on a page of their list. */
const PAGE = 100;

interface Kind {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly hasSecret: boolean;
}

/** Machines, web applications, pages, applications with keys and devices in turn. */
const KINDS: readonly ((index: number) => Kind)[] = [
  () => ({
    metadata: { grant_types: ['client_credentials'] },
    hasSecret: true,
  }),
  (index) => ({
    metadata: {
      client_name: `Application ${index}`,
      redirect_uris: [`https://app-${index}.example/cb`, `https://app-${index}.example/silent`],
      grant_types: ['authorization_code', 'refresh_token'],
      scope: 'openid profile email offline_access',
    },
    hasSecret: true,
  }),
  (index) => ({
    metadata: {
      client_name: `Page ${index}`,
      redirect_uris: [`https://page-${index}.example/`],
      token_endpoint_auth_method: 'none',
      scope: 'openid profile',
    },
    hasSecret: false,
  }),
  (index) => ({
    metadata: {
      client_name: `Signer ${index}`,
      redirect_uris: [`https://signer-${index}.example/cb`],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: SIGNER.jwks,
      subject_type: 'pairwise',
      scope: 'openid',
    },
    hasSecret: false,
  }),
  (index) => ({
    metadata: {
      client_name: `Device ${index}`,
      token_endpoint_auth_method: 'none',
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      scope: 'openid offline_access',
    },
    hasSecret: false,
  }),
];

const [config = '', count = '0', sample = '0', file = ''] = process.argv.slice(2);
await main(Number(count), Number(sample));

async function main(size: number, sampleSize: number): Promise<void> {
  const parsed = parseConfig(JSON.parse(readFileSync(config, 'utf8')));
  if (!parsed.ok) throw new Error(`${config}: ${JSON.stringify(parsed.mistakes)}`);
  const instance = await openInstance(parsed.config, { log: () => {} });
  const engine = instance.engine();
  let next = 0;
  async function fill(): Promise<void> {
    while (next < size) await add(next++, engine);
  }
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, fill));
  const fillSeconds = (performance.now() - startedAt) / 1000;
  const clients = await sampled(size, sampleSize, engine);
  if ('compact' in instance.store) await (instance.store as FileStore).compact();
  const addMilliseconds: number[] = [];
  for (let i = 0; i < TIMED; i++) {
    addMilliseconds.push(await timed(() => add(size + i, engine)));
  }
  const listMilliseconds: number[] = [];
  for (let i = 0; i < 50; i++) {
    listMilliseconds.push(await timed(() => pageClients({}, { limit: PAGE }, engine)));
  }
  const report: ClientsReport = { fillSeconds, addMilliseconds, listMilliseconds, clients };
  writeFileSync(file, JSON.stringify(report), { mode: 0o600 });
  await instance.close();
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function add(index: number, engine: Engine): Promise<void> {
  const secret = secretOf(index);
  const { metadata, hasSecret } = kindOf(index);
  const credential = hasSecret ? { kind: 'given', secret } as const : { kind: 'mint' } as const;
  const outcome = await addClient(idOf(index), metadata, credential, BY, engine);
  if (outcome.kind === 'refused') throw new Error(`${idOf(index)}: ${outcome.problem}`);
}

function kindOf(index: number): Kind {
  const make = KINDS[index % KINDS.length];
  if (make === undefined) throw new RangeError(`there is no kind for ${index}`);
  return make(index);
}

function idOf(index: number): string {
  return `client-${index}`;
}

function secretOf(index: number): string {
  return `a-secret-of-client-${index}-0123456789abcdef`;
}

/** So many of the machines, evenly spread, each with a token. */
async function sampled(
  size: number,
  sampleSize: number,
  engine: Engine,
): Promise<readonly SampledClient[]> {
  const machines = Math.ceil(size / KINDS.length);
  const step = Math.max(1, Math.floor(machines / sampleSize));
  const found: SampledClient[] = [];
  for (let i = 0; i < machines && found.length < sampleSize; i += step) {
    const index = i * KINDS.length;
    const client_id = idOf(index);
    const client = await findClient(client_id, engine);
    if (client === undefined) throw new Error(`${client_id} is not there`);
    const { access_token } = await issueAccessToken(
      {
        client,
        grant: undefined,
        user: undefined,
        scope: [],
        resource: [],
        grant_type: 'client_credentials',
      },
      engine,
    );
    found.push({ client_id, client_secret: secretOf(index), access_token });
  }
  return found;
}
