import { describe, it } from 'node:test';
import { readIdentifiers } from '../../../src/config/authelia/identifiers.ts';
import { importSubjects } from '../../../src/engine/administration/subjects.ts';
import { assertEquals } from '../../support/assert.ts';
import { claimsOf, obtainTokens } from '../../support/flow.ts';
import { ISSUER, openOp } from '../../support/op.ts';

const EXPORT = `# Authelia User Opaque Identifiers
identifiers:
    - service: openid
      sector_id: ""
      username: alice
      identifier: 2b8ed63a-7f0b-4d6b-9f0c-0f6f8b0f3a11
    - service: openid
      sector_id: https://sector.example/list.json
      username: alice
      identifier: 5a3a3c1e-0b0e-4c55-8a52-1a4d2d1f2b22
    - service: openid
      sector_id: other.example
      username: alice
      identifier: 6b3a3c1e-0b0e-4c55-8a52-1a4d2d1f2b33
    - service: something
      sector_id: ""
      username: alice
      identifier: 7c3a3c1e-0b0e-4c55-8a52-1a4d2d1f2b44
`;

describe('subject identifiers of Authelia', () => {
  it('stay those of the people, in the sectors that they have here', async () => {
    const op = await openOp();
    const lines = readIdentifiers(EXPORT, ISSUER);
    const rows = (lines ?? '').trim().split('\n').map((line) =>
      JSON.parse(line) as Record<string, string>
    );
    assertEquals(rows.map(({ issuer, sector }) => [issuer, sector]), [
      [ISSUER, 'public'],
      [ISSUER, 'sector.example'],
      [ISSUER, 'other.example'],
    ]);
    const outcome = await importSubjects(lines ?? '', { kind: 'cli' }, op.instance.engine());
    assertEquals(outcome, { kind: 'done', value: { imported: 3, unchanged: 0 } });
    const { id_token } = await obtainTokens(op);
    assertEquals(claimsOf(id_token)['sub'], '2b8ed63a-7f0b-4d6b-9f0c-0f6f8b0f3a11');
    await op.close();
  });

  it('are told from lines of JSON, and from whatever else', () => {
    for (
      const text of ['', '[]', '{"sub":"identifiers:"}', 'identifiers: 7', 'identifiers: [', 'a: 1']
    ) {
      assertEquals(readIdentifiers(text, ISSUER), undefined, text);
    }
  });
});
