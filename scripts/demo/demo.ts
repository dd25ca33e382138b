import { randomBytes, randomInt } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { type Instance, openInstance } from '../../src/app.ts';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { describeMistake } from '../../src/spec/mistake.ts';
import { type RunningServer, startServer } from '../../src/runtime/serve.ts';
import type { Log } from '../../src/spec/log.ts';
import { type RelyingParty, startRelyingParty } from './relying_party.ts';

export interface DemoOptions {
  /** Made anew: whatever is in it goes. */
  readonly directory: string;
  /** 0: any free one, as for the other. */
  readonly providerPort: number;
  readonly applicationPort: number;
  readonly log: Log;
}

export interface Account {
  readonly username: string;
  readonly password: string;
}

export interface Demo {
  readonly issuer: string;
  /** Of the application: where to begin. */
  readonly url: string;
  readonly account: Account;
  close(): Promise<void>;
}

const SCOPE = 'openid profile email phone address groups offline_access';

/** A provider with somebody in it, and an application to sign in to. @throws {Error} when a port is in use */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { log } = options;
  const account = { username: 'demo', password: easyPassword() };
  const client = { client_id: 'demo', client_secret: randomBytes(32).toString('base64url') };
  const opened = Promise.withResolvers<Instance>();
  let provider: RunningServer | undefined;
  let application: RelyingParty | undefined;
  let instance: Instance | undefined;
  const close = async (): Promise<void> => {
    await Promise.all([application?.close(), provider?.close(1)]);
    await instance?.close();
  };
  try {
    // The ports come first: who has them may be at work in the directory, too.
    provider = await startServer({
      fetch: async (request, peer) => (await opened.promise).fetch(request, peer),
      host: '127.0.0.1',
      port: options.providerPort,
      onError: (cause) => log('error', 'server.failed', { cause }),
    });
    const issuer = `http://localhost:${provider.port}`;
    const port = options.applicationPort;
    application = await startRelyingParty({ issuer, ...client, scope: SCOPE, port, account });
    const { url } = application;
    const text = configText({ issuer, port: provider.port, url, ...client });
    instance = await openInstance(await freshConfig(options.directory, text), { log });
    await addAccount(account, instance);
    opened.resolve(instance);
    return { issuer, url, account, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function freshConfig(directory: string, text: string): Promise<Config> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { mode: 0o700, recursive: true });
  const config = `${directory}/ostiary.yaml`;
  await writeFile(config, text, { mode: 0o600 });
  const loaded = await loadConfig({ directory, environment: {}, flags: { config } });
  if (!loaded.ok) throw new TypeError(loaded.mistakes.map(describeMistake).join('\n'));
  return loaded.config;
}

interface ConfigValues {
  readonly issuer: string;
  readonly port: number;
  readonly url: string;
  readonly client_id: string;
  readonly client_secret: string;
}

function configText({ issuer, port, url, client_id, client_secret }: ConfigValues): string {
  return `# Made anew by the demo at each start.
issuer: ${issuer}
listen: { host: 127.0.0.1, port: ${port} }
data: ./data
clients:
  - client_id: ${client_id}
    client_name: Demo application
    client_secret: "$plaintext$${client_secret}"
    redirect_uris: [ "${url}/callback" ]
    post_logout_redirect_uris: [ "${url}/" ]
    grant_types: [ authorization_code, refresh_token ]
    scope: ${SCOPE}
`;
}

async function addAccount(
  account: Account,
  { directory, hasher }: Instance,
): Promise<void> {
  const password = await hasher.hash(account.password);
  if (password === undefined) throw new Error('Cannot hash the password: too much else to do');
  await directory.create({
    username: account.username,
    password,
    groups: ['visitors'],
    claims: {
      name: 'Dana Demo',
      given_name: 'Dana',
      family_name: 'Demo',
      nickname: 'Dan',
      website: 'https://dana.example/',
      birthdate: '1990-04-01',
      zoneinfo: 'Europe/Berlin',
      locale: 'en-GB',
      email: 'dana@example.com',
      email_verified: true,
      phone_number: '+49 30 5550123',
      phone_number_verified: false,
      address: { street_address: '1 Door Street', locality: 'Berlin', country: 'Germany' },
    },
    provenance: 'cli',
  });
}

/** Some 38 bits, easy to read and to type: `lomi-ruka-veto`. */
function easyPassword(): string {
  const pick = (letters: string): string => letters[randomInt(letters.length)] ?? '';
  const syllable = (): string => pick('bdfghjklmnprstvwz') + pick('aeiou');
  return Array.from({ length: 3 }, () => syllable() + syllable()).join('-');
}
