/** FAPI 2.0 SP §5.2.1, §5.2.2, RFC 9325: which TLS our own listener speaks. */
import { connect, type ConnectionOptions } from 'node:tls';
import { describe, it } from 'node:test';
import { startServer } from '../../src/runtime/serve.ts';
import { assertEquals } from '../support/assert.ts';
import { choosesTlsTerms, OLD_TLS_SUITES } from '../support/runtime_gaps.ts';
import { TEST_TLS } from '../support/tls.ts';

/** The suite agreed on; undefined where there is none. */
function agreed(port: number, terms: ConnectionOptions): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, ca: TEST_TLS.cert, servername: 'localhost' };
    const socket = connect({ ...options, ...terms }, () => {
      const { name } = socket.getCipher();
      socket.destroy();
      resolve(name);
    });
    socket.on('error', () => resolve(undefined));
  });
}

describe('FAPI 2.0 SP §5.2: TLS of our own listener', () => {
  const rows: readonly (readonly [name: string, terms: ConnectionOptions, isAgreed: boolean])[] = [
    [
      '§5.2.1-2: TLS 1.0',
      { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: OLD_TLS_SUITES },
      false,
    ],
    [
      '§5.2.1-2: TLS 1.1',
      { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: OLD_TLS_SUITES },
      false,
    ],
    ...(['AES128-SHA', 'AES256-SHA'] as const).map((suite) =>
      [
        `§5.2.2-1: ${suite}`,
        { maxVersion: 'TLSv1.2', ciphers: `ECDHE-ECDSA-${suite}` },
        false,
      ] as const
    ),
    [
      '§5.2.2-1: whatever is not ECDHE with AES-GCM',
      { maxVersion: 'TLSv1.2', ciphers: `${OLD_TLS_SUITES}:!AESGCM` },
      false,
    ],
    ...(['AES128-GCM-SHA256', 'AES256-GCM-SHA384'] as const).map((suite) =>
      [
        `§5.2.2-1: ${suite}`,
        { maxVersion: 'TLSv1.2', ciphers: `ECDHE-ECDSA-${suite}` },
        true,
      ] as const
    ),
    ['§5.2.1-2: TLS 1.3', { minVersion: 'TLSv1.3' }, true],
  ];
  for (const [name, terms, isAgreed] of rows) {
    const needsChoice = terms.minVersion !== 'TLSv1.3';
    if (needsChoice && !choosesTlsTerms.has) continue;
    it(`${name} is ${isAgreed ? 'spoken' : 'refused'}`, async () => {
      const server = await startServer({
        fetch: () => new Response('hello'),
        host: '127.0.0.1',
        port: 0,
        tls: TEST_TLS,
      });
      try {
        const suite = await agreed(server.port, terms);
        assertEquals(suite !== undefined, isAgreed, suite ?? 'nothing');
      } finally {
        await server.close(0);
      }
    });
  }
});
