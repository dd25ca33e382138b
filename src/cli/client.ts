import { pageClients, showClient } from '../engine/administration/client_views.ts';
import {
  addClient,
  type Credential,
  newClientSecret,
  removeClient,
  updateClient,
  type WrittenClient,
} from '../engine/administration/clients.ts';
import { isMap } from '../spec/is_map.ts';
import type { JsonValue } from '../store/store.ts';
import {
  argument,
  type Command,
  COMMAND_LINE,
  type Flag,
  type Invocation,
  listFlag,
  refused,
  resultOf,
  textFlag,
} from './command.ts';
import { listCommand } from './list_command.ts';
import { fields } from './table.ts';

const METADATA_FLAGS = {
  'redirect-uri': {
    type: 'string',
    multiple: true,
    value: 'URI',
    help: 'Where answers may go; may be repeated.',
  },
  name: { type: 'string', value: 'NAME', help: 'What people see on the consent page.' },
  scope: { type: 'string', value: 'SCOPES', help: 'The scopes it may ask for, space-separated.' },
  'metadata-file': {
    type: 'string',
    value: 'FILE',
    help: 'More metadata as JSON, by the names of RFC 7591.',
  },
  public: { type: 'boolean', help: 'A client without a secret: an app or a page.' },
} as const satisfies Record<string, Flag>;

const SECRET_FLAG = {
  'secret-stdin': {
    type: 'boolean',
    help: 'Read the secret from standard input rather than making one.',
  },
} as const satisfies Record<string, Flag>;

const NEW_SUBS_FLAG = {
  'new-subs': {
    type: 'boolean',
    help: 'Allow another sector, which gives everybody another sub at this client.',
  },
} as const satisfies Record<string, Flag>;

export const CLIENT_COMMANDS: readonly Command[] = [
  {
    kind: 'engine',
    name: 'client add',
    positionals: ['ID'],
    flags: { ...METADATA_FLAGS, ...SECRET_FLAG },
    stdinFlag: 'secret-stdin',
    fileFlag: 'metadata-file',
    help: 'Register a client; a secret that is made is shown this once.',
    async run(engine, invocation) {
      const metadata = metadataOf(invocation);
      if (typeof metadata === 'string') return refused(metadata);
      const id = argument(invocation, 0);
      return resultOf(
        await addClient(id, metadata, credentialOf(invocation), COMMAND_LINE, engine),
      );
    },
    print: printWritten,
  },
  listCommand({
    name: 'client list',
    help: 'List the clients of the file and of the store.',
    flags: {
      query: { type: 'string', value: 'TEXT', help: 'A part of the ID or the name.' },
      provenance: {
        type: 'string',
        value: 'WHO',
        help: 'Who brought it: file, cli, api, dcr or import.',
      },
    },
    choose(invocation) {
      const [query, provenance] = ['query', 'provenance'].map((name) => textFlag(invocation, name));
      return { query, provenance };
    },
    page: pageClients,
    member: 'clients',
    headings: ['client_id', 'defined in', 'authentication', 'name'],
    cellsOf: (client) => [
      client.client_id,
      client.shadowed ? `${client.provenance} (the file’s counts)` : client.provenance,
      client.token_endpoint_auth_method,
      client.client_name,
    ],
  }),
  {
    kind: 'engine',
    name: 'client show',
    positionals: ['ID'],
    flags: {},
    help: 'Show a client’s metadata.',
    run: async (engine, invocation) => resultOf(await showClient(argument(invocation, 0), engine)),
    print: (value) => fields(value as Readonly<Record<string, JsonValue>>),
  },
  {
    kind: 'engine',
    name: 'client update',
    positionals: ['ID'],
    flags: { ...METADATA_FLAGS, ...NEW_SUBS_FLAG },
    fileFlag: 'metadata-file',
    help: 'Change a client’s metadata; null in the file takes a field back to its default.',
    async run(engine, invocation) {
      const metadata = metadataOf(invocation);
      if (typeof metadata === 'string') return refused(metadata);
      if (Object.keys(metadata).length === 0) return refused('there is nothing to change');
      const newSubs = invocation.flags['new-subs'] === true;
      return resultOf(
        await updateClient(argument(invocation, 0), metadata, COMMAND_LINE, engine, { newSubs }),
      );
    },
    print: printWritten,
  },
  {
    kind: 'engine',
    name: 'client secret',
    positionals: ['ID'],
    flags: SECRET_FLAG,
    stdinFlag: 'secret-stdin',
    help: 'Replace a client’s secret at once; one that is made is shown this once.',
    async run(engine, invocation) {
      const id = argument(invocation, 0);
      return resultOf(await newClientSecret(id, credentialOf(invocation), COMMAND_LINE, engine));
    },
    print: printWritten,
  },
  {
    kind: 'engine',
    name: 'client remove',
    positionals: ['ID'],
    flags: {},
    help: 'Remove a client, and every grant to it.',
    run: async (engine, invocation) =>
      resultOf(await removeClient(argument(invocation, 0), COMMAND_LINE, engine)),
    print: (value) => fields(value as Readonly<Record<string, JsonValue>>),
  },
];

/** Metadata from file and flags, of which flags come first; text when they do not fit. */
function metadataOf(invocation: Invocation): Readonly<Record<string, unknown>> | string {
  const file = invocation.files['metadata-file'];
  const read = file === undefined ? {} : parseObject(file);
  if (read === undefined) return 'the metadata file must hold a JSON object';
  const { client_id, ...metadata } = read;
  if (client_id !== undefined && client_id !== argument(invocation, 0)) {
    return 'the metadata file is of another client_id';
  }
  if ('client_secret' in metadata) {
    return 'the metadata file must not hold client_secret: give it with --secret-stdin';
  }
  const uris = listFlag(invocation, 'redirect-uri');
  const [name, scope] = [textFlag(invocation, 'name'), textFlag(invocation, 'scope')];
  return {
    ...metadata,
    ...uris.length > 0 && { redirect_uris: uris },
    ...name !== undefined && { client_name: name },
    ...scope !== undefined && { scope },
    ...invocation.flags['public'] === true && { token_endpoint_auth_method: 'none' },
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function credentialOf({ stdin }: Invocation): Credential {
  return stdin === undefined ? { kind: 'mint' } : { kind: 'given', secret: stdin };
}

function printWritten(value: JsonValue): string {
  const { client, client_secret } = value as unknown as WrittenClient;
  return fields({ client_id: client.client_id, client_secret });
}
