import type { Owner } from '../engine/administration/grants.ts';
import type { Engine } from '../engine/engine.ts';
import type { UserRecord } from '../store/records.ts';
import {
  argument,
  type CommandResult,
  type Flag,
  type Invocation,
  refused,
  textFlag,
} from './command.ts';

/** Flags that choose what belongs to a person or a client, and how much of it is shown. */
export const USER_FLAG = {
  user: { type: 'string', value: 'NAME', help: 'Those of this person.' },
} as const satisfies Record<string, Flag>;

export const CLIENT_FLAG = {
  client: { type: 'string', value: 'ID', help: 'Those of this client.' },
} as const satisfies Record<string, Flag>;

export type UserChoice =
  | { readonly kind: 'any' }
  | { readonly kind: 'user'; readonly id: string }
  | { readonly kind: 'unknown'; readonly problem: string };

/** The person that --user names. */
export async function chosenUser(invocation: Invocation, engine: Engine): Promise<UserChoice> {
  const name = textFlag(invocation, 'user');
  if (name === undefined) return { kind: 'any' };
  const user = await engine.directory.findByUsername(name);
  return user === undefined
    ? { kind: 'unknown', problem: noUser(name) }
    : { kind: 'user', id: user.id };
}

/** The person and the client that --user and --client name; text when there is no such person. */
export async function ownerOf(invocation: Invocation, engine: Engine): Promise<Owner | string> {
  const user = await chosenUser(invocation, engine);
  if (user.kind === 'unknown') return user.problem;
  const client_id = textFlag(invocation, 'client');
  return {
    ...user.kind === 'user' && { user: user.id },
    ...client_id !== undefined && { client_id },
  };
}

/** Works on the person whose name is the first argument. */
export async function withUser(
  engine: Engine,
  invocation: Invocation,
  work: (user: UserRecord) => Promise<CommandResult>,
): Promise<CommandResult> {
  const name = argument(invocation, 0);
  const user = await engine.directory.findByUsername(name);
  return user === undefined ? refused(noUser(name)) : await work(user);
}

function noUser(name: string): string {
  return `there is no user ${JSON.stringify(name)}`;
}
