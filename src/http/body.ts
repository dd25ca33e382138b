import { type FormPairs, parseForm } from './form.ts';
import { jsonProblem } from '../spec/json_problem.ts';

export type BodyResult<T> = { readonly ok: true; readonly value: T } | BodyProblem;

export interface BodyProblem {
  readonly ok: false;
  readonly status: 400 | 413 | 415;
  readonly problem: string;
}

export interface BodyOptions {
  /** A body that has not arrived in this time is a problem; default 30. */
  readonly deadlineSeconds?: number;
  /** Forms only; default 100. */
  readonly maxParameters?: number;
  /** JSON only: by default application/json. */
  readonly mediaType?: string;
}

/** The pairs of an `application/x-www-form-urlencoded` body; never throws. */
export async function readForm(
  request: Request,
  maxBytes: number,
  options: BodyOptions = {},
): Promise<BodyResult<FormPairs>> {
  const frame = checkFrame(request, 'application/x-www-form-urlencoded', maxBytes);
  if (!frame.ok) return frame;
  const text = frame.value === undefined
    ? await readStream(request, maxBytes, options)
    : await readWhole(request, frame.value, options);
  if (!text.ok) return text;
  const form = parseForm(text.value, options.maxParameters);
  return form.ok ? { ok: true, value: form.pairs } : form;
}

/** Arrays and objects inside one another in a JSON body. */
const MAX_JSON_DEPTH = 32;

/** The value of a JSON body, in strict UTF-8, without a name twice in one object; never throws. */
export async function readJson(
  request: Request,
  maxBytes: number,
  options: BodyOptions = {},
): Promise<BodyResult<unknown>> {
  const frame = checkFrame(request, options.mediaType ?? 'application/json', maxBytes);
  if (!frame.ok) return frame;
  const text = await readStream(request, maxBytes, options);
  if (!text.ok) return text;
  try {
    const value: unknown = JSON.parse(text.value);
    const ambiguous = jsonProblem(text.value, MAX_JSON_DEPTH);
    return ambiguous === undefined ? { ok: true, value } : problem(400, `body ${ambiguous}`);
  } catch {
    return problem(400, 'body is not JSON');
  }
}

/** Judges the headers before any byte of the body: the declared length, or undefined when none is declared. */
function checkFrame(
  request: Request,
  mediaType: string,
  maxBytes: number,
): BodyResult<number | undefined> {
  const { headers } = request;
  if (!isMediaType(headers.get('content-type'), mediaType)) {
    return problem(415, `content-type must be ${mediaType}, in UTF-8`);
  }
  const length = headers.get('content-length');
  const coding = headers.get('transfer-encoding');
  if (coding !== null && (length !== null || coding.toLowerCase() !== 'chunked')) {
    return problem(400, 'length of the body is ambiguous');
  }
  if (length === null) return { ok: true, value: undefined };
  if (!isDigits(length)) return problem(400, 'content-length is not one number');
  if (Number(length) > maxBytes) return tooLarge(maxBytes);
  return { ok: true, value: Number(length) };
}

function isMediaType(header: string | null, mediaType: string): boolean {
  if (header === mediaType) return true;
  if (header === null || header.length > 256 || header.includes(',')) return false;
  const [type, ...parameters] = header.toLowerCase().split(';');
  if (type?.trim() !== mediaType) return false;
  return parameters.every((parameter) => {
    const [name, value] = parameter.split('=');
    return name?.trim() !== 'charset' || ['utf-8', '"utf-8"'].includes(value?.trim() ?? '');
  });
}

function isDigits(text: string): boolean {
  if (text.length === 0 || text.length > 15) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

/** The fast way (on Node, several times faster than the stream), for bodies whose declared length is within the cap. */
async function readWhole(
  request: Request,
  declaredBytes: number,
  options: BodyOptions,
): Promise<BodyResult<string>> {
  try {
    const text = await withDeadline(request.text(), options);
    // text() repairs invalid UTF-8 (parseForm refuses what it leaves) and may drop a byte order mark (the length tells).
    if (text.length !== declaredBytes && byteLength(text) !== declaredBytes) {
      return problem(400, 'body is not as long as declared');
    }
    return { ok: true, value: text };
  } catch (error) {
    return unreadable(error);
  }
}

async function readStream(
  request: Request,
  maxBytes: number,
  options: BodyOptions,
): Promise<BodyResult<string>> {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  try {
    reader = request.body?.getReader();
    if (reader === undefined) return { ok: true, value: '' };
    const bytes = await withDeadline(readCapped(reader, maxBytes), options);
    if (bytes === undefined) {
      cancel(reader);
      return tooLarge(maxBytes);
    }
    return {
      ok: true,
      value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes),
    };
  } catch (error) {
    if (reader !== undefined) cancel(reader);
    return unreadable(error);
  }
}

/** Undefined when there is more than the cap. */
async function readCapped(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (true) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(value);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

function cancel(reader: ReadableStreamDefaultReader<Uint8Array>): void {
  reader.cancel().catch(() => {});
}

/** Not every runtime has a deadline of its own for bodies that drip in byte by byte. */
function withDeadline<T>(work: Promise<T>, options: BodyOptions): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new DOMException('body took too long', 'TimeoutError'));
    }, (options.deadlineSeconds ?? 30) * 1000);
    work.then((value) => {
      clearTimeout(timer);
      resolve(value);
    }, (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}

function unreadable(error: unknown): BodyProblem {
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return problem(400, 'body took too long');
  }
  return problem(400, 'body ended early or is not UTF-8');
}

function tooLarge(maxBytes: number): BodyProblem {
  return problem(413, `body is larger than ${maxBytes} bytes`);
}

function problem(status: 400 | 413 | 415, text: string): BodyProblem {
  return { ok: false, status, problem: text };
}
