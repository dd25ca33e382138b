import { Buffer } from 'node:buffer';
import { type IncomingMessage, request } from 'node:http';
import { constantTimeEquals, randomToken } from '../keys/digest.ts';
import type { CommandResult, Invocation } from './command.ts';
import { type Control, proofOf, readControl, TEXT_RESULT } from './control_file.ts';

/** The answer of the server that runs on this data directory; undefined when none does. */
export async function askServer(
  data: string,
  name: string,
  invocation: Invocation,
): Promise<CommandResult | undefined> {
  const control = await readControl(data);
  // A port that a crashed server left may be somebody else's by now: first it proves that it knows the token.
  if (control === undefined || !await isOurs(control)) return undefined;
  const response = await send(control, 'POST', '/command', JSON.stringify({ name, invocation }));
  if (response.statusCode !== 200) {
    response.resume();
    return { kind: 'refused', problem: `the server answered ${response.statusCode}` };
  }
  if (response.headers['content-type'] === TEXT_RESULT) {
    return { kind: 'text', pieces: piecesOf(response) };
  }
  return JSON.parse(await textOf(response)) as CommandResult;
}

/** A stranger may listen and never answer. */
const PROOF_MILLISECONDS = 5000;

async function isOurs(control: Control): Promise<boolean> {
  try {
    const challenge = randomToken(32);
    const response = await send(control, 'GET', `/proof?challenge=${challenge}`);
    const { proof } = JSON.parse(await textOf(response)) as { proof?: unknown };
    return typeof proof === 'string' &&
      constantTimeEquals(proof, proofOf(control.token, challenge));
  } catch {
    return false;
  }
}

/** With node:http, as some runtimes' fetch sends even loopback requests to a proxy of the environment. */
function send(
  control: Control,
  method: string,
  path: string,
  body?: string,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : {
      authorization: `Bearer ${control.token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const sent = request(`${control.url}${path}`, { method, headers, agent: false }, resolve);
    sent.on('error', reject);
    if (body === undefined) sent.setTimeout(PROOF_MILLISECONDS, () => sent.destroy());
    sent.end(body);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Fails when the connection breaks before the end. */
async function* piecesOf(response: IncomingMessage): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const chunk of response) yield decoder.decode(chunk as Uint8Array, { stream: true });
}
