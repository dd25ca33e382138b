import { describe, it } from 'node:test';
import { assertEquals, assertMatch, assertStringIncludes } from '../support/assert.ts';
import { openPlace, SLOW } from '../support/cli.ts';

interface Made {
  readonly token: string;
  readonly registration_token: { readonly id: string };
}

describe('ostiary registration-token', SLOW, () => {
  it('makes, lists and removes tokens that a running server takes', async () => {
    const place = await openPlace();
    try {
      const server = await place.serve();
      const add = ['registration-token', 'add', '--uses', '2', '--expires-in', '1h'];
      const { token, registration_token: { id } } = await place.json(
        [...add, '--scope', 'openid email', '--note', 'for the shop'],
      ) as Made;
      const register = (): Promise<Response> =>
        fetch(`${server.address}/register`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: '{"redirect_uris":["https://rp.example/cb"]}',
        });
      const response = await register();
      assertEquals(response.status, 201);
      assertEquals((await response.json() as { scope: string }).scope, 'openid email');
      const listed = await place.run(['registration-token', 'list']);
      assertStringIncludes(listed.stdout, id);
      assertMatch(listed.stdout, / 1 +\d{4}-.* openid email +- +for the shop/);
      assertEquals((await place.run(['registration-token', 'remove', id])).code, 0);
      assertEquals((await register()).status, 401);
      await server.stop();
    } finally {
      await place.close();
    }
  });

  it('says what is wrong with its flags in one line', async () => {
    const place = await openPlace();
    try {
      for (const flags of [['--uses', 'x'], ['--expires-in', '7'], ['--policy', 'none']]) {
        const { code, stderr } = await place.run(['registration-token', 'add', ...flags]);
        assertEquals([code, stderr.trim().split('\n').length], [1, 1]);
      }
    } finally {
      await place.close();
    }
  });
});
