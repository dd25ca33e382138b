/**
 * Whether somebody is led to this address, and sees it: not a picture, a frame or a script of another page, nor a browser
 * that fetches ahead. Browsers that say nothing of it (Fetch Metadata §2) count as navigating.
 */
export function isNavigation({ method, headers }: Request): boolean {
  const destination = headers.get('sec-fetch-dest') ?? 'document';
  return method !== 'HEAD' && destination === 'document' &&
    headers.get('sec-purpose')?.includes('prefetch') !== true;
}
