import { after, describe, it } from 'node:test';
import { createPasswordHasher } from '../../src/accounts/password.ts';
import { nativeArgon2, tagOf } from '../../src/accounts/password/tag.ts';
import { parseDigest } from '../../src/accounts/password_digest.ts';
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertRejects,
} from '../support/assert.ts';

const PASSWORD = 'correct horse battery staple';

const hasher = createPasswordHasher({ concurrency: 2 });

async function hash(password: string): Promise<string> {
  const digest = await hasher.hash(password);
  assert(digest !== undefined);
  return digest;
}

describe('passwords', () => {
  it('hashes to argon2id with 19 MiB, two passes, 16 bytes of salt and 32 of tag', async () => {
    const digest = await hash(PASSWORD);
    assertMatch(
      digest,
      /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
    );
    assertEquals(await hasher.verify(PASSWORD, digest), true);
    assertEquals(await hasher.verify(`${PASSWORD}.`, digest), false);
    assertFalse(hasher.needsRehash(digest));
  });

  it('salts each digest anew', async () => {
    assert(await hash(PASSWORD) !== await hash(PASSWORD));
  });

  it('the runtime’s own argon2 and WebAssembly agree with what the threads compute', async () => {
    const digest = parseDigest(await hash(PASSWORD));
    assert(digest?.kind === 'argon2');
    const bytes = new TextEncoder().encode(PASSWORD);
    const both = [tagOf(digest, bytes, nativeArgon2()), tagOf(digest, bytes, undefined)];
    for (const tag of await Promise.all(both)) {
      assertEquals(Array.from(tag), Array.from(digest.tag));
    }
  });

  it('T093: the dummy digest has the form and cost of a real one, and nothing matches it', async () => {
    const dummy = parseDigest(hasher.dummy);
    const real = parseDigest(await hash(PASSWORD));
    assert(dummy?.kind === 'argon2' && real?.kind === 'argon2');
    assertEquals(
      { ...dummy, salt: dummy.salt.length, tag: dummy.tag.length },
      { ...real, salt: real.salt.length, tag: real.tag.length },
    );
    assertEquals(await hasher.verify(PASSWORD, hasher.dummy), false);
    assertFalse(hasher.needsRehash(hasher.dummy));
  });

  it('T096: 1,024 characters are hashed in full', async () => {
    const long = 'é'.repeat(1023);
    const digest = await hash(`${long}a`);
    assertEquals(await hasher.verify(`${long}a`, digest), true);
    assertEquals(await hasher.verify(`${long}b`, digest), false);
  });

  it('T096: what is longer is refused before it is hashed, not cut', async () => {
    const long = 'a'.repeat(1025);
    await assertRejects(() => hasher.hash(long), RangeError, '1024');
    assertEquals(await hasher.verify(long, await hash(long.slice(0, 1024))), false);
    const full = createPasswordHasher({ concurrency: 0, maxQueue: 0 });
    assertEquals(await full.verify(long, hasher.dummy), false);
    assertEquals(await full.verify(PASSWORD, hasher.dummy), 'busy');
  });

  it('nothing is hashed from an empty or ill-formed password', async () => {
    await assertRejects(() => hasher.hash(''), RangeError);
    await assertRejects(() => hasher.hash('lone surrogate \ud800'), RangeError);
    assertEquals(await hasher.verify('', hasher.dummy), false);
  });

  it('RFC 8265 §4.2.2: composed and decomposed letters, and all spaces, are the same', async () => {
    const digest = await hash('Zoe\u0308\u00a0passwo\u0308rd');
    assertEquals(await hasher.verify('Zo\u00eb passw\u00f6rd', digest), true);
  });

  it('RFC 8265 §4.2.2: case and compatibility forms stay different', async () => {
    const digest = await hash('\ufb01nal password');
    assertEquals(await hasher.verify('final password', digest), false);
    assertEquals(await hasher.verify('\ufb01nal Password', digest), false);
  });

  it('T097: jobs beyond the queue are refused, the others done', async () => {
    const small = createPasswordHasher({ concurrency: 1, maxQueue: 2 });
    const results = await Promise.all(
      Array.from({ length: 10 }, () => small.verify(PASSWORD, small.dummy)),
    );
    assertEquals(results.filter((result) => result === false).length, 3);
    assertEquals(results.filter((result) => result === 'busy').length, 7);
    assertEquals(await small.verify(PASSWORD, small.dummy), false);
    await small.close();
  });

  it('T097: other work goes on while a hash is computed', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await hasher.verify(PASSWORD, hasher.dummy);
    clearInterval(timer);
    assert(turns > 0);
  });

  it('closing fails what is being computed, what waits and what comes later', async () => {
    const closing = createPasswordHasher({ concurrency: 1 });
    const jobs = Array.from(
      { length: 3 },
      () => assertRejects(() => closing.verify(PASSWORD, closing.dummy), Error, 'Cannot compute'),
    );
    await closing.close();
    await Promise.all(jobs);
    await assertRejects(() => closing.hash(PASSWORD), Error, 'closed');
  });

  it('an unreadable digest matches nothing and throws nothing', async () => {
    for (const digest of ['', 'x', '$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ$YQ']) {
      assertEquals(await hasher.verify(PASSWORD, digest), false);
      assert(hasher.needsRehash(digest));
    }
  });
});

interface Imported {
  readonly name: string;
  readonly password: string;
  readonly digest: string;
}

/** Made by Authelia, passlib, hashcat's examples, crypt(3) of glibc, and Python's hashlib. */
const IMPORTED: readonly Imported[] = [
  {
    name: 'argon2id of 64 MiB, four passes, four lanes',
    password: 'p@ssw0rd',
    digest:
      '$argon2id$v=19$m=65536,t=4,p=4$15pzjpHSulfKuTcmREjJmQ$xcc8g7C4a9ErFLdjNDKZAvgH6su3s+UEuRYekZpr/9s',
  },
  {
    name: 'argon2i',
    password: 'password',
    digest: '$argon2i$v=19$m=16,t=2,p=1$ZVZWeGtzNVZqeExTVzNSOA$fx0EYEB1zO8i+J2H+OFI4w',
  },
  {
    name: 'argon2d',
    password: 'password',
    digest: '$argon2d$v=19$m=16,t=2,p=1$Mmx3eWR3YkJONkhoTGFnNA$HD1EIj2bqdfwQrJDP+FY6w',
  },
  {
    name: 'pbkdf2-sha512 (Authelia)',
    password: 'insecure_secret',
    digest:
      '$pbkdf2-sha512$310000$c8p78n7pUMln0jzvd4aK4Q$JNRBzwAo0ek5qKn50cFzzvE9RXV88h1wJn5KGiHrD0YKtZaR/nCb2CJPOsKaPK0hjf.9yHxzQGZziziccp6Yng',
  },
  {
    name: 'pbkdf2-sha256 (passlib)',
    password: 'hashcat',
    digest:
      '$pbkdf2-sha256$29000$x9h7j/Ge8x6DMEao1VqrdQ$kra3R1wEnY8mPdDWOpTqOTINaAmZvRMcYd8u5OBQP9A',
  },
  {
    name: 'pbkdf2 with SHA-1 (passlib)',
    password: 'a',
    digest: '$pbkdf2$131000$j3FurVUqxbiXUuqdc865Fw$khjQ9RJHk0901AZmqtUnudHQmDg',
  },
  {
    name: 'pbkdf2-sha224',
    password: 'a pbkdf2 password',
    digest: '$pbkdf2-sha224$1000$AAECAwQFBgcICQoLDA0ODw$QOvftT6VCIulEOgw5q9HlKSYoPrn7sbsm8FKLw',
  },
  {
    name: 'pbkdf2-sha384',
    password: 'a pbkdf2 password',
    digest:
      '$pbkdf2-sha384$1000$AAECAwQFBgcICQoLDA0ODw$m18lEjLFnYmwNrRjfnvqsjvYlIr3Wi/PXe0eNrK1HMP17xZmfBueRSaKdFC0zL6c',
  },
  {
    name: 'scrypt (passlib, Authelia)',
    password: 'password',
    digest:
      '$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E',
  },
  {
    name: 'scrypt in two rounds',
    password: 'a scrypt password',
    digest:
      '$scrypt$ln=15,r=8,p=2$AAECAwQFBgcICQoLDA0ODw$ADSYE7gLVI6DBiCLu0lpQQ0NGA3uEgR4T3JPXk8pwqE',
  },
  {
    name: 'bcrypt 2b',
    password: 'correct horse',
    digest: '$2b$08$abcdefghijklmnopqrstuubAvJmxpQuyV3jn7x.SUSPxe.DearCPe',
  },
  {
    name: 'bcrypt 2a, beyond ASCII',
    password: 'p\u00e4ssw\u00f6rd',
    digest: '$2a$05$abcdefghijklmnopqrstuuZVEMa1pjhlynBQ1qXmSvGBJpN9h1w8G',
  },
  {
    name: 'bcrypt 2y',
    password: 'p\u00e4ssw\u00f6rd',
    digest: '$2y$05$abcdefghijklmnopqrstuuZVEMa1pjhlynBQ1qXmSvGBJpN9h1w8G',
  },
  {
    name: 'sha-crypt 256',
    password: 'p\u00e4ssw\u00f6rd',
    digest: '$5$nQuDywIqXl8cTEXO$yWB9YlAbbObqeNO0j.CtO0.OPoMB6/8Mn2lDBiNwvDC',
  },
  {
    name: 'sha-crypt 512',
    password: 'Hello world!',
    digest:
      '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
  },
  {
    name: 'a digest of decomposed text',
    password: 'Zoe\u0308 pass',
    digest: '$5$rounds=1000$saltsaltsaltsalt$cHuWstOGa599AsPvSHLIe2IsUIKu1nChjhD4VPCNyE6',
  },
  { name: 'plaintext', password: 'a $ecret', digest: '$plaintext$a $ecret' },
];

describe('password digests of other software', () => {
  after(() => hasher.close());

  for (const { name, password, digest } of IMPORTED) {
    it(`matches ${name}, and asks for a new digest`, async () => {
      assertEquals(await hasher.verify(password, digest), true);
      assertEquals(await hasher.verify(`${password}x`, digest), false);
      assert(hasher.needsRehash(digest, password));
    });
  }

  it('T096: bcrypt sees 72 bytes; what is longer matches but never replaces the digest', async () => {
    const digest = '$2b$05$abcdefghijklmnopqrstuueTFRGDqVFTIfwSnwEw/V4ZpLYuQbKSG';
    const seen = 'p'.repeat(72);
    assertEquals(await hasher.verify(seen, digest), true);
    assertEquals(await hasher.verify(`${seen}tail`, digest), true);
    assertEquals(await hasher.verify(seen.slice(1), digest), false);
    assert(hasher.needsRehash(digest, seen));
    assertFalse(hasher.needsRehash(digest, `${seen}tail`));
  });
});
