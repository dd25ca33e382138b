/**
 * `npm run demo`: a provider with somebody in it, and an application to sign in to, on this machine. Everything is made
 * anew at each start, under `.demo/`.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Instance, openInstance } from '../src/app.ts';
import { createLog } from '../src/cli/log.ts';
import type { Config } from '../src/config/config.ts';
import { loadConfig } from '../src/config/load.ts';
import { describeMistake } from '../src/config/mistake.ts';
import { startServer } from '../src/runtime/serve.ts';
import { startRelyingParty } from './demo/relying_party.ts';

const PROVIDER_PORT = 9091;
const APPLICATION_PORT = 9092;
const ISSUER = `http://localhost:${PROVIDER_PORT}`;
const DIRECTORY = fileURLToPath(new URL('../.demo', import.meta.url));
const SCOPE = 'openid profile email phone address groups offline_access';

const log = createLog({ level: 'warn', format: 'text' }, (line) => console.error(line));
const account = { username: 'demo', password: easyPassword() };
const client = { client_id: 'demo', client_secret: randomBytes(32).toString('base64url') };

try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

async function run(): Promise<void> {
  // The ports come first: who has them is at work in the directory, too.
  const opened = Promise.withResolvers<Instance>();
  const provider = await startServer({
    fetch: async (request, peer) => (await opened.promise).fetch(request, peer),
    host: '127.0.0.1',
    port: PROVIDER_PORT,
    onError: (cause) => log('error', 'server.failed', { cause }),
  });
  const application = await startRelyingParty({
    issuer: ISSUER,
    ...client,
    scope: SCOPE,
    port: APPLICATION_PORT,
    account,
  });
  const instance = await openInstance(await freshConfig(), { log });
  await addAccount(instance);
  opened.resolve(instance);
  let isEnding = false;
  const end = async (): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    await Promise.all([application.close(), provider.close(1)]);
    await instance.close();
    process.exit(0);
  };
  process.on('SIGINT', () => void end());
  process.on('SIGTERM', () => void end());
  console.log(`Open      ${application.url}`);
  console.log(`User      ${account.username}`);
  console.log(`Password  ${account.password}`);
}

async function freshConfig(): Promise<Config> {
  await rm(DIRECTORY, { recursive: true, force: true });
  await mkdir(DIRECTORY, { mode: 0o700 });
  await writeFile(`${DIRECTORY}/ostiary.yaml`, configText(), { mode: 0o600 });
  const flags = { config: `${DIRECTORY}/ostiary.yaml` };
  const loaded = await loadConfig({ directory: DIRECTORY, environment: {}, flags });
  if (!loaded.ok) throw new TypeError(loaded.mistakes.map(describeMistake).join('\n'));
  return loaded.config;
}

function configText(): string {
  return `# Made anew by the demo at each start.
issuer: ${ISSUER}
listen: { host: 127.0.0.1, port: ${PROVIDER_PORT} }
data: ./data
clients:
  - client_id: ${client.client_id}
    client_name: Demo application
    client_secret: "$plaintext$${client.client_secret}"
    redirect_uris: [ "http://localhost:${APPLICATION_PORT}/callback" ]
    grant_types: [ authorization_code, refresh_token ]
    scope: ${SCOPE}
`;
}

async function addAccount({ directory, hasher }: Instance): Promise<void> {
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
