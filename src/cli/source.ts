import process from 'node:process';
import type { ConfigSource } from '../config/load.ts';
import { type Invocation, textFlag } from './command.ts';

/** Where the configuration comes from for this command line. */
export function sourceOf(invocation: Invocation): ConfigSource {
  const [config, data] = [textFlag(invocation, 'config'), textFlag(invocation, 'data')];
  return {
    directory: invocation.directory,
    environment: process.env,
    flags: { ...config !== undefined && { config }, ...data !== undefined && { data } },
  };
}
