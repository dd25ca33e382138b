import {
  type Address,
  formatAddress,
  isInNetwork,
  type Networks,
  parseAddress,
} from '../spec/networks.ts';
import { isSpecialUse } from './special_use.ts';

/** All addresses of a host name. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

export interface AddressPolicy {
  readonly allowed: Networks;
  readonly allowHttp: boolean;
  readonly resolve: Resolve;
}

type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string };

/** The URL, if its form is one that we fetch at all. */
export function targetOf(text: string, { allowHttp }: AddressPolicy): Checked<URL> {
  const url = text.length > 2048 ? null : URL.parse(text);
  if (url === null) return refused('the URL cannot be read');
  if (url.protocol !== 'https:' && !(allowHttp && url.protocol === 'http:')) {
    return refused('the URL is not https');
  }
  if (url.username !== '' || url.password !== '') return refused('the URL carries credentials');
  return { ok: true, value: url };
}

/**
 * The addresses of the URL's host, in the form in which they were checked: one of them that we may not ask refuses all,
 * since a name that means two places is a trick.
 */
export async function checkedAddresses(
  url: URL,
  policy: AddressPolicy,
  signal: AbortSignal,
): Promise<Checked<readonly string[]>> {
  const named = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const literal = parseAddress(named);
  const found = literal === undefined
    ? await unlessAborted(resolved(named, policy.resolve), signal)
    : [literal];
  if (found === undefined) return refused('the host name was not resolved in time');
  if (found === 'failed' || found.length === 0) return refused('the host name has no address');
  const isHttp = url.protocol === 'http:';
  for (const address of found) {
    if (address === undefined) return refused('the resolver answered what is no address');
    const isAllowed = policy.allowed.some((network) => isInNetwork(address, network));
    if (!isAllowed && isSpecialUse(address)) {
      return refused(`the host has an address of special use: ${formatAddress(address)}`);
    }
    if (!isAllowed && isHttp) return refused('http is for allowed networks only');
  }
  return { ok: true, value: found.flatMap((address) => address ? [formatAddress(address)] : []) };
}

async function resolved(
  hostname: string,
  resolve: Resolve,
): Promise<readonly (Address | undefined)[] | 'failed'> {
  try {
    return (await resolve(hostname)).map(parseAddress);
  } catch {
    return 'failed';
  }
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return resolve(undefined);
    const abort = (): void => resolve(undefined);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function refused(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem };
}
