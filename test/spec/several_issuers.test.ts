/** design.md §5: nothing of one issuer counts at another, though they share the process, the store and the people. */
import { after, before, describe, it } from 'node:test';
import * as collections from '../../src/store/collections.ts';
import { assertEquals } from '../support/assert.ts';
import { type Artefact, PROTOCOL_ARTEFACTS } from '../support/issuer_artefacts.ts';
import { HOST_ARTEFACTS } from '../support/issuer_host_artefacts.ts';
import { PAGE_ARTEFACTS } from '../support/issuer_page_artefacts.ts';
import { openWorld } from '../support/issuer_world.ts';
import { type Issuers, URLS } from '../support/issuers.ts';

let issuers: Issuers;
before(async () => {
  issuers = await openWorld();
});
after(() => issuers.close());

let tests = 0;

/** Nothing at each of the others, and after all these tries still what it is at its own. */
async function tryEverywhere(artefact: Artefact, own: string): Promise<void> {
  tests += 1;
  issuers.source.address = `2001:db8:${tests.toString(16)}::1`;
  const isWorth = await artefact.begin(own, issuers);
  for (const other of URLS) {
    if (other !== own) assertEquals(await isWorth(other), false, `${own} at ${other}`);
  }
  assertEquals(await isWorth(own), true, `${own} at its own`);
}

/** People, what proves who they are, what was done, and what all records rest under. */
const SHARED = [
  'activity',
  'audit',
  'factor',
  'factor_turn',
  'file_user',
  'passkey',
  'pepper',
  'recovery',
  'setup',
];

for (const artefact of [...PROTOCOL_ARTEFACTS, ...PAGE_ARTEFACTS, ...HOST_ARTEFACTS]) {
  describe(`several issuers: ${artefact.name} is nothing at another`, () => {
    for (const own of URLS) it(own, () => tryEverywhere(artefact, own));
  });
}

const FLEETING = ['an authorization code', 'a request_uri of a pushed request', 'a device code'];

describe('several issuers: the records of all that', () => {
  it('stand under the issuer that they belong to, or are of what is shared', async () => {
    // Artefacts have moved the clock: what lives for minutes may be over.
    for (const { name, begin } of PROTOCOL_ARTEFACTS) {
      if (FLEETING.includes(name)) await begin(URLS[0], issuers);
    }
    const made = new Set<string>();
    for (const { name } of Object.values(collections)) {
      if (SHARED.includes(name)) continue;
      for await (const { key } of issuers.store.list([name])) {
        made.add(name);
        assertEquals(URLS.some((url) => url === key[1]), true, key.join(' '));
      }
    }
    for (const name of ['code', 'grant', 'session', 'par', 'device', 'user_code', 'jti', 'key']) {
      assertEquals(made.has(name), true, name);
    }
  });
});
