import { describe, it } from 'node:test';
import { createResolve, resolveName } from '../../src/net/resolve.ts';
import { assert, assertEquals, assertRejects } from '../support/assert.ts';

interface Lookups {
  readonly asked: string[];
  readonly lookup: (hostname: string) => Promise<readonly string[]>;
  end(hostname: string, addresses: readonly string[] | undefined): Promise<void>;
}

/** A system's resolver that answers when it is told to. */
function lookups(): Lookups {
  const asked: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<readonly string[]>>();
  return {
    asked,
    lookup(hostname) {
      asked.push(hostname);
      const end = Promise.withResolvers<readonly string[]>();
      ends.set(hostname, end);
      return end.promise;
    },
    async end(hostname, addresses) {
      if (addresses === undefined) ends.get(hostname)?.reject(new Error('ENOTFOUND'));
      else ends.get(hostname)?.resolve(addresses);
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  };
}

const PUBLIC = (hostname: string): Promise<readonly string[]> =>
  hostname === 'rp.example'
    ? Promise.resolve(['192.0.2.1'])
    : Promise.reject(new Error('ENOTFOUND'));

describe('T073, T115: names whose servers never answer', () => {
  it('hold no more than two lookups, and others are asked of DNS meanwhile', async () => {
    const { asked, lookup, end } = lookups();
    const resolve = createResolve({ lookup, query: PUBLIC });
    const refused = assertRejects(() => resolve('dead1.example'), Error, 'ENOTFOUND');
    const same = [resolve('dead2.example'), resolve('dead2.example')];
    assertEquals(await resolve('rp.example'), ['192.0.2.1']);
    assertEquals(asked, ['dead1.example', 'dead2.example']);
    await end('dead1.example', undefined);
    await end('dead2.example', ['192.0.2.9']);
    await refused;
    assertEquals(await Promise.all(same), [['192.0.2.9'], ['192.0.2.9']]);
  });

  it('a name that DNS does not know waits for its turn', async () => {
    const { asked, lookup, end } = lookups();
    const resolve = createResolve({ lookup, query: PUBLIC });
    void resolve('dead1.example').catch(() => {});
    void resolve('dead2.example').catch(() => {});
    const hosts = resolve('of-the-hosts-file');
    await new Promise((done) => setTimeout(done, 0));
    assertEquals(asked.length, 2);
    await end('dead1.example', undefined);
    await end('of-the-hosts-file', ['10.0.0.1']);
    assertEquals(await hosts, ['10.0.0.1']);
    await end('dead2.example', undefined);
  });

  it('so many wait and no more', async () => {
    const { lookup } = lookups();
    const resolve = createResolve({ lookup, query: PUBLIC });
    for (let i = 0; i < 102; i += 1) void resolve(`dead${i}.example`).catch(() => {});
    await new Promise((done) => setTimeout(done, 0));
    await assertRejects(() => resolve('one-more.example'), Error, 'too many');
  });

  it('by default the system is asked, the hosts file included', async () => {
    const found = await resolveName('localhost');
    assert(found.includes('127.0.0.1') || found.includes('::1'), found.join());
  });
});
