import { Buffer } from 'node:buffer';
import { createSecretKey, randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hmac } from '../keys/digest.ts';

/** How commands reach a running server: kept in its data directory, readable by its owner alone. */
export interface Control {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
}

/** The media type of a result that is text of any length; all others are JSON. */
export const TEXT_RESULT = 'text/plain; charset=utf-8';

const CONTROL_FILE = 'control.json';

/** Undefined when there is none, or none that can be read. */
export async function readControl(data: string): Promise<Control | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(data, CONTROL_FILE), 'utf8'));
    return isControl(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whole or not at all; replaces what a crashed server left. */
export async function writeControl(data: string, control: Control): Promise<void> {
  await mkdir(data, { recursive: true, mode: 0o700 });
  const aside = join(data, `${CONTROL_FILE}.${randomBytes(8).toString('hex')}`);
  await writeFile(aside, `${JSON.stringify(control)}\n`, { mode: 0o600, flag: 'wx' });
  await chmod(aside, 0o600);
  await rename(aside, join(data, CONTROL_FILE));
}

export async function removeControl(data: string): Promise<void> {
  await unlink(join(data, CONTROL_FILE)).catch(() => {});
}

/** What proves to a command that whoever answers knows the token, before it sends anything. */
export function proofOf(token: string, challenge: string): string {
  return hmac(createSecretKey(Buffer.from(token)), `control ${challenge}`);
}

function isControl(value: unknown): value is Control {
  return typeof value === 'object' && value !== null && 'url' in value && 'token' in value &&
    typeof value.url === 'string' && typeof value.token === 'string' &&
    /^http:\/\/127\.0\.0\.1:\d+$/.test(value.url);
}
