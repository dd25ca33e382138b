/**
 * Did a page of ours send this request (T106)? `origin` is our own, as a browser writes it. Our pages carry
 * `Referrer-Policy: no-referrer`, so browsers send `Origin: null` with our own forms: that counts only where
 * `Sec-Fetch-Site` vouches for it. A request with neither header comes from no browser that could be tricked.
 */
export function isSameOrigin(request: Request, origin: string): boolean {
  const sent = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  if (sent === 'null') return site === 'same-origin';
  if (sent !== null) return sent === origin;
  return site === null || site === 'same-origin' || site === 'none';
}
