/** A page of ours at a protected host: whether what else is there may be asked for by http is not ours to say. RFC 6797 §8.1 */
export function atHost({ body, status, headers }: Response): Response {
  const own = new Headers(headers);
  own.delete('strict-transport-security');
  return new Response(body, { status, headers: own });
}
