/**
 * What a runtime's own HTTP server lacks, one line each; tests ask by capability. The same lines are advice: a server
 * that faces the internet on a runtime with gaps stands behind a proxy that closes them (T123).
 */
export interface Capability {
  readonly has: boolean;
  /** Why not, and why that is bearable. */
  readonly gap: string;
}

const runtime = 'Deno' in globalThis ? 'deno' : 'Bun' in globalThis ? 'bun' : 'node';

function lacking(runtimes: readonly ('node' | 'bun' | 'deno')[], gap: string): Capability {
  return { has: !runtimes.includes(runtime), gap };
}

/** A request whose lines end in LF alone is refused. */
export const refusesBareLf: Capability = lacking(
  ['deno'],
  'Deno takes a bare LF for a line end, which RFC 9112 §2.2 permits',
);

/** Two Content-Length headers of one value are refused by the server itself, and the connection closed. */
export const closesOnRepeatedEqualLength: Capability = lacking(
  ['bun', 'deno'],
  'Bun and Deno hand "5, 5" to the handler, where readForm and readJson answer 400; RFC 9112 §6.3 permits it',
);

/** A GET with a Host header that is not one plain host is refused. */
export const refusesHostWithPath: Capability = lacking(
  ['bun', 'deno'],
  'Looking at it would cost a tenth of every small GET; nothing of ours reads it, but Deno takes the path out of it',
);

/** A GET with two Host headers is refused. */
export const refusesTwoHosts: Capability = lacking(
  ['bun'],
  'Looking at it would cost a tenth of every small GET; nothing of ours reads it',
);

/** Header fields above `maxHeaderBytes` are answered with 431. */
export const capsHeaders: Capability = lacking(
  ['deno'],
  'Deno has a cap of its own, of some 400 kB and 100 fields, and answers 400 above it',
);

/** A request whose header section does not arrive in time is cut. */
export const cutsSlowHeaders: Capability = lacking(
  ['bun', 'deno'],
  'Bun cuts connections that are silent, Deno none: one byte now and then keeps a connection open',
);

/** A request body that is still arriving when the drain begins is read to its end. */
export const readsBodiesWhileDraining: Capability = lacking(
  ['deno'],
  'Deno breaks off bodies that are still arriving when it stops accepting; the client gets 400 and tries again',
);

/** A client of ours can say which version and which suites of TLS it speaks. */
export const choosesTlsTerms: Capability = lacking(
  ['deno'],
  'Deno’s client speaks what rustls speaks, which is what its server speaks, too',
);

/** What makes a client offer versions of TLS that nobody should take: OpenSSL wants to be told, BoringSSL knows no levels. */
export const OLD_TLS_SUITES: string = runtime === 'bun' ? 'ALL' : 'ALL:@SECLEVEL=0';

/** A handler learns the path of a request as it was sent, dots and all. */
export const keepsPaths: Capability = lacking(
  ['bun'],
  'Bun resolves dots before a handler sees the path; where that matters, Envoy names the path in a header (docs/forward_auth.md)',
);

/** A handler learns which certificate the client showed in TLS. */
export const seesClientCertificates: Capability = lacking(
  ['bun', 'deno'],
  'Neither Bun nor Deno tells; a proxy in front that passes certificates on does (RFC 9440)',
);
