/** The servers that are compared, each a process of its own on the same runtime. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { APP, KEEPER, PERSON } from './fixture.ts';
import { JWT_ALGS, jwtMachine, MACHINE, PUSHER, SIGNER } from './machine_clients.ts';
import {
  freePort,
  type Running,
  type StartOptions,
  untilReady,
  type Workspace,
} from './workspace.ts';

export const NAMES = ['ostiary', 'bare', 'peer'] as const;
export type Name = (typeof NAMES)[number];

export interface Endpoints {
  readonly issuer: string;
  readonly discovery: string;
  readonly jwks_uri: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly userinfo_endpoint: string;
  readonly introspection_endpoint: string;
  readonly pushed_authorization_request_endpoint?: string;
}

export interface Contestant {
  readonly name: Name;
  readonly endpoints: Endpoints;
  readonly child: Running;
}

/** An `ostiary.yaml` and what it names, with the person in the store already. */
export interface Installation {
  readonly issuer: string;
  readonly file: string;
  readonly data: string;
}

async function installOstiary(
  workspace: Workspace,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Installation> {
  const installation = await emptyInstallation(workspace, more);
  const { username, email, name, password } = PERSON;
  await workspace.run('src/main.ts', [
    ...['user', 'add', username, '--email', email, '--name', name, '--password-stdin'],
    ...['--config', installation.file],
  ], { input: password });
  return installation;
}

/** The same, without a person and never started; with these options beside the usual. */
export async function emptyInstallation(
  workspace: Workspace,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Installation> {
  const directory = workspace.directory('ostiary');
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const data = join(directory, 'data');
  const file = join(directory, 'ostiary.json');
  const withSecret = [APP, KEEPER, PUSHER, MACHINE, ...JWT_ALGS.map(jwtMachine)];
  const clients = [
    ...withSecret.map((client) => ({
      ...client,
      client_secret: `$plaintext$${client.client_secret}`,
    })),
    SIGNER,
  ].map(({ response_types, ...client }) =>
    response_types.length === 0 ? client : { ...client, response_types }
  );
  const options = { issuer, listen: { host: '127.0.0.1', port }, data, clients, ...more };
  writeFileSync(file, JSON.stringify(options), { mode: 0o600 });
  return { issuer, file, data };
}

/** @param script the sources, or what was built of them; below the repository */
export function serveOstiary(
  { file }: Installation,
  workspace: Workspace,
  options: StartOptions = {},
  script = 'src/main.ts',
): Running {
  return workspace.start(script, ['serve', '--config', file], options);
}

export async function startOstiary(
  workspace: Workspace,
  options: StartOptions = {},
  more: Readonly<Record<string, unknown>> = {},
): Promise<Contestant> {
  const installation = await installOstiary(workspace, more);
  const child = serveOstiary(installation, workspace, options);
  await untilReady(child, `${installation.issuer}/readyz`);
  return provider('ostiary', installation.issuer, child);
}

/** @param library where node-oidc-provider is installed */
export async function startPeer(
  workspace: Workspace,
  library: string,
  role: 'people' | 'machine',
): Promise<Contestant> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const child = workspace.start('scripts/bench/peer_server.ts', [library, String(port), role]);
  await untilReady(child, discoveryUrl(issuer));
  return provider('peer', issuer, child);
}

/** Three in one: what says hello to everything, what plays the code flow with fixed answers, and what signs tokens. */
export async function startBare(
  workspace: Workspace,
): Promise<Readonly<Record<'hello' | 'flow' | 'signer', Contestant>>> {
  const ports = [await freePort(), await freePort(), await freePort()].map(String);
  const child = workspace.start('scripts/bench/bare_server.ts', ports);
  const [hello = '', flow = '', signer = ''] = ports.map((port) => `http://127.0.0.1:${port}`);
  await untilReady(child, `${hello}/`);
  return { hello: bare(hello, child), flow: bare(flow, child), signer: bare(signer, child) };
}

function bare(issuer: string, child: Running): Contestant {
  const endpoints: Endpoints = {
    issuer,
    discovery: discoveryUrl(issuer),
    jwks_uri: `${issuer}/jwks`,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    introspection_endpoint: `${issuer}/introspect`,
  };
  return { name: 'bare', endpoints, child };
}

/** @throws {Error} when the metadata is not that of this issuer */
export async function provider(name: Name, issuer: string, child: Running): Promise<Contestant> {
  const discovery = discoveryUrl(issuer);
  const metadata: Endpoints = await (await fetch(discovery)).json();
  if (metadata.issuer !== issuer) throw new Error(`${name} says it is ${metadata.issuer}`);
  return { name, endpoints: { ...metadata, discovery }, child };
}

function discoveryUrl(issuer: string): string {
  return `${issuer}/.well-known/openid-configuration`;
}
