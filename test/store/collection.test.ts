import { describe, it } from 'node:test';
import { collection } from '../../src/store/collection.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import { assertEquals, assertExists } from '../support/assert.ts';

interface Code {
  readonly client: string;
  readonly used?: boolean;
}

const codes = collection<Code>('code');
const grants = collection<{ readonly code: string }>('grant');

describe('collections', () => {
  it('pieces of several collections make one change', async () => {
    const store = openMemoryStore({ now: () => 100 });
    await store.commit({ put: [codes.put(['op', 'x'], { client: 'app' }, 160)] });
    const code = await codes.get(store, 'op', 'x');
    assertExists(code);
    assertEquals(code.value, { client: 'app' });
    assertEquals(code.expiresAtSeconds, 160);
    const redeem = {
      check: [codes.check(code), grants.absent('op', 'g')],
      put: [
        codes.put(['op', 'x'], { client: 'app', used: true }),
        grants.put(['op', 'g'], { code: 'x' }),
      ],
    };
    assertEquals(await store.commit(redeem), 'committed');
    assertEquals(await store.commit(redeem), 'conflict');
    assertEquals((await codes.get(store, 'op', 'x'))?.expiresAtSeconds, undefined);
    assertEquals((await grants.get(store, 'op', 'g'))?.value, { code: 'x' });
  });

  it('lists its own records below a prefix', async () => {
    const store = openMemoryStore();
    const put = ['a', 'b', 'c'].map((id) => codes.put(['op', id], { client: id }));
    await store.commit({
      put: [
        ...put,
        codes.put(['other', 'd'], { client: 'd' }),
        grants.put(['op', 'g'], { code: 'a' }),
      ],
    });
    await store.commit({ remove: [codes.remove('op', 'b')] });
    const listed: string[] = [];
    for await (const { value } of codes.list(store, ['op'])) listed.push(value.client);
    assertEquals(listed, ['a', 'c']);
    for await (const { key } of codes.list(store, [], { limit: 1, after: codes.key('op', 'c') })) {
      assertEquals(key, codes.key('other', 'd'));
    }
  });
});
