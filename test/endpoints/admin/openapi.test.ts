import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { OPERATIONS } from '../../../src/endpoints/admin/operations.ts';
import { PROBLEMS } from '../../../src/endpoints/admin/problem.ts';
import { API, api, openAdminOp } from '../../support/admin.ts';
import { assert, assertEquals } from '../../support/assert.ts';

describe('the OpenAPI document', () => {
  it('OpenAPI 3.1: has every operation once, each with parameters, bodies and answers', async () => {
    const op = await openAdminOp();
    const { status, body } = await api(op, 'GET', '/openapi.json', { token: undefined });
    assertEquals([status, body.openapi], [200, '3.1.0']);
    assertEquals(body.servers, [{ url: API }]);
    const ids: string[] = [];
    for (
      const [path, item] of Object.entries<Record<string, Record<string, unknown>>>(body.paths)
    ) {
      for (const [method, operation] of Object.entries(item)) {
        ids.push(String(operation['operationId']));
        const row = OPERATIONS.find((each) =>
          each.path === path && each.method.toLowerCase() === method
        );
        assertEquals(row?.id, operation['operationId']);
        const parameters = operation['parameters'] as readonly { name: string; in: string }[];
        const inPath = parameters.filter((each) => each.in === 'path').map(({ name }) => name);
        assertEquals(inPath.map((name) => `{${name}}`), path.match(/\{[a-z_]+\}/g) ?? []);
        const answers = operation['responses'] as Record<string, Record<string, unknown>>;
        assert(Object.hasOwn(answers, String(row?.status ?? 200)), path);
        assert(Object.hasOwn(answers, '401') && Object.hasOwn(answers, '403'), path);
        assertEquals(Object.hasOwn(operation, 'requestBody'), row?.body !== undefined);
        checkReferences(operation, body);
      }
    }
    assertEquals(ids.length, OPERATIONS.length);
    assertEquals(new Set(ids).size, OPERATIONS.length);
    const text = JSON.stringify(body);
    assert(text.includes('"redirect_uris"') && text.includes('"token_endpoint_auth_method"'));
    await op.close();
  });

  it('what only reads has the scope for it, and what changes has the other', () => {
    for (const { id, method, scope } of OPERATIONS) {
      assertEquals(scope, method === 'GET' ? 'ostiary:read' : 'ostiary:admin', id);
    }
  });

  it('every operation refuses who shows no token, and who may only read', async () => {
    const op = await openAdminOp();
    const { adminToken } = await import('../../support/admin.ts');
    const reader = await adminToken(op, { scope: 'ostiary:read' });
    for (const { method, path, scope } of OPERATIONS) {
      const place = path.replaceAll(/\{[a-z_]+\}/g, 'nobody');
      const answers = await Promise.all(
        [undefined, reader].map((token) => api(op, method, place, { token, body: undefined })),
      );
      assertEquals(answers[0]?.status, 401, path);
      if (scope === 'ostiary:admin') assertEquals(answers[1]?.status, 403, path);
    }
    await op.close();
  });
});

describe('docs/admin_api.md', () => {
  it('lists every operation and every kind of problem, and no others', async () => {
    const text = await readFile(new URL('../../../docs/admin_api.md', import.meta.url), 'utf8');
    const rows = Array.from(
      text.matchAll(/^\| `([A-Z]+) (\/[^`]*)` +\| (\w+) +\| (.*?) +\|$/gm),
      ([, method, path, scope, summary]) => [method, path, `ostiary:${scope}`, summary],
    );
    assertEquals(
      rows,
      OPERATIONS.map(({ method, path, scope, summary }) => [method, path, scope, summary]),
    );
    const kinds = Array.from(
      text.matchAll(/^\| `(\w+)` +\| (\d{3}) +\|/gm),
      ([, kind, status]) => [kind, Number(status)],
    );
    assertEquals(kinds, Object.entries(PROBLEMS).map(([kind, { status }]) => [kind, status]));
  });
});

/** Every `$ref` leads somewhere in the document. */
function checkReferences(value: unknown, document: Record<string, unknown>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (name === '$ref') {
      const target = String(inner).slice(2).split('/').reduce<unknown>(
        (node, part) => (node as Record<string, unknown>)?.[part],
        document,
      );
      assert(target !== undefined, String(inner));
    } else checkReferences(inner, document);
  }
}
