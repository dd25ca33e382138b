import { describe, it } from 'node:test';
import { formatArgon2, isPasswordDigest, parseDigest } from '../../src/accounts/password_digest.ts';
import { assert, assertEquals, assertFalse } from '../support/assert.ts';

const SALT = 'c29tZXNhbHRzb21lc2FsdA';
const TAG = 'k'.repeat(43);

const READABLE: readonly { readonly name: string; readonly text: string }[] = [
  { name: 'argon2id', text: `$argon2id$v=19$m=19456,t=2,p=1$${SALT}$${TAG}` },
  { name: 'argon2id at the limit', text: `$argon2id$v=19$m=1048576,t=2,p=16$${SALT}$${TAG}` },
  { name: 'argon2i', text: `$argon2i$v=19$m=65536,t=3,p=4$${SALT}$${TAG}` },
  {
    name: 'pbkdf2 without a hash name',
    text: `$pbkdf2$131000$${SALT}$khjQ9RJHk0901AZmqtUnudHQmDg`,
  },
  { name: 'pbkdf2-sha512 with passlib’s dots', text: `$pbkdf2-sha512$310000$a.b/cdefgh$${TAG}` },
  { name: 'scrypt', text: `$scrypt$ln=16,r=8,p=1$${SALT}$${TAG}` },
  { name: 'scrypt with padding', text: `$scrypt$ln=16,r=8,p=1$c2FsdA==$${TAG}=` },
  { name: 'bcrypt', text: '$2b$12$abcdefghijklmnopqrstuubAvJmxpQuyV3jn7x.SUSPxe.DearCPe' },
  { name: 'sha-crypt 256', text: '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5' },
  { name: 'sha-crypt 512 with rounds', text: `$6$rounds=656000$salt$${'a'.repeat(86)}` },
  { name: 'plaintext', text: '$plaintext$a secret with $ in it' },
];

const UNREADABLE: readonly { readonly name: string; readonly text: string }[] = [
  { name: 'empty', text: '' },
  { name: 'plain text', text: 'secret' },
  { name: 'plaintext of nothing', text: '$plaintext$' },
  { name: 'an unknown scheme', text: `$yescrypt$j9T$${SALT}$${TAG}` },
  { name: 'a property name as scheme', text: '$constructor$1$a$b' },
  { name: 'argon2 of 4 TiB', text: `$argon2id$v=19$m=4294967295,t=1,p=1$${SALT}$${TAG}` },
  { name: 'argon2 above a GiB', text: `$argon2id$v=19$m=1048577,t=1,p=1$${SALT}$${TAG}` },
  { name: 'argon2 of many passes', text: `$argon2id$v=19$m=1048576,t=3,p=1$${SALT}$${TAG}` },
  { name: 'argon2 of no passes', text: `$argon2id$v=19$m=19456,t=0,p=1$${SALT}$${TAG}` },
  { name: 'argon2 of many lanes', text: `$argon2id$v=19$m=19456,t=2,p=17$${SALT}$${TAG}` },
  { name: 'argon2 with too little memory', text: `$argon2id$v=19$m=8,t=2,p=2$${SALT}$${TAG}` },
  { name: 'argon2 of version 16', text: `$argon2id$v=16$m=19456,t=2,p=1$${SALT}$${TAG}` },
  { name: 'argon2 with parameters in another order', text: `$argon2id$v=19$t=2,m=9,p=1$${SALT}$x` },
  { name: 'argon2 with a short salt', text: `$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$${TAG}` },
  { name: 'argon2 with a short tag', text: `$argon2id$v=19$m=19456,t=2,p=1$${SALT}$abcd` },
  { name: 'argon2 with a part too many', text: `$argon2id$v=19$m=19456,t=2,p=1$${SALT}$${TAG}$x` },
  { name: 'a line break at the end', text: `$argon2id$v=19$m=19456,t=2,p=1$${SALT}$${TAG}\n` },
  { name: 'pbkdf2 of a hundred million', text: `$pbkdf2-sha512$99999999$${SALT}$${TAG}` },
  { name: 'pbkdf2 of nothing', text: `$pbkdf2-sha512$0$${SALT}$${TAG}` },
  { name: 'pbkdf2 with MD5', text: `$pbkdf2-md5$29000$${SALT}$${TAG}` },
  { name: 'scrypt of 4 GiB', text: `$scrypt$ln=22,r=8,p=1$${SALT}$${TAG}` },
  { name: 'scrypt of many rounds', text: `$scrypt$ln=16,r=8,p=1000$${SALT}$${TAG}` },
  { name: 'base 64 of an impossible length', text: `$scrypt$ln=16,r=8,p=1$abcde$${TAG}` },
  {
    name: 'bcrypt at cost 31',
    text: '$2b$31$abcdefghijklmnopqrstuubAvJmxpQuyV3jn7x.SUSPxe.DearCPe',
  },
  {
    name: 'bcrypt at cost 3',
    text: '$2b$03$abcdefghijklmnopqrstuubAvJmxpQuyV3jn7x.SUSPxe.DearCPe',
  },
  { name: 'bcrypt cut short', text: '$2b$12$abcdefghijklmnopqrstuubAvJmxpQuyV3jn7x' },
  {
    name: 'the broken bcrypt $2x$',
    text: '$2x$12$abcdefghijklmnopqrstuubAvJmxpQuyV3jn7x.SUSPxe.DearCPe',
  },
  { name: 'sha-crypt of a billion rounds', text: `$6$rounds=999999999$salt$${'a'.repeat(86)}` },
  { name: 'sha-crypt of too few rounds', text: `$6$rounds=0999$salt$${'a'.repeat(86)}` },
  { name: 'sha-crypt with the other length', text: `$5$salt$${'a'.repeat(86)}` },
  { name: 'longer than 1,024 characters', text: `$plaintext$${'a'.repeat(1024)}` },
];

describe('password digests', () => {
  for (const { name, text } of READABLE) {
    it(`reads ${name}`, () => assert(isPasswordDigest(text)));
  }

  for (const { name, text } of UNREADABLE) {
    it(`T097: does not read ${name}`, () => assertFalse(isPasswordDigest(text)));
  }

  it('writes an argon2 digest as it was read', () => {
    const text = `$argon2id$v=19$m=19456,t=2,p=1$${SALT}$${'k'.repeat(42)}g`;
    const digest = parseDigest(text);
    assert(digest?.kind === 'argon2');
    assertEquals(formatArgon2(digest), text);
  });

  it('without a number of rounds, sha-crypt has 5,000', () => {
    const digest = parseDigest('$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5');
    assert(digest?.kind === 'sha_crypt');
    assertEquals(digest.rounds, 5000);
  });
});
