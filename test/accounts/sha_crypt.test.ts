import { describe, it } from 'node:test';
import { shaCrypt } from '../../src/accounts/password/sha_crypt.ts';
import { assertEquals } from '../support/assert.ts';

type Vector = readonly [
  hash: 'sha256' | 'sha512',
  rounds: number,
  salt: string,
  password: string,
  checksum: string,
];

const LONG = 'a very much longer text to encrypt.  This one even stretches over morethan one line.';
const SHORT_SALT = 'we have a short salt string but not a short password';

/** The test vectors of the specification, salts already cut to 16 characters, rounds raised to 1,000. */
// deno-fmt-ignore: one vector a line
const VECTORS: readonly Vector[] = [
  ['sha256', 5000, 'saltstring', 'Hello world!', '5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5'],
  ['sha256', 10000, 'saltstringsaltst', 'Hello world!', '3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA'],
  ['sha256', 5000, 'toolongsaltstrin', 'This is just a test', 'Un/5jzAHMgOGZ5.mWJpuVolil07guHPvOW8mGRcvxa5'],
  ['sha256', 1400, 'anotherlongsalts', LONG, 'Rx.j8H.h8HjEDGomFU8bDkXm3XIUnzyxf12oP84Bnq1'],
  ['sha256', 77777, 'short', SHORT_SALT, 'JiO1O3ZpDAxGJeaDIuqCoEFysAe1mZNJRs3pw0KQRd/'],
  ['sha256', 123456, 'asaltof16chars..', 'a short string', 'gP3VQ/6X7UUEW3HkBn2w1/Ptq2jxPyzV/cZKmF/wJvD'],
  ['sha256', 1000, 'roundstoolow', 'the minimum number is still observed', 'yfvwcWrQ8l/K0DAWyuPMDNHpIVlTQebY9l/gL972bIC'],
  ['sha512', 5000, 'saltstring', 'Hello world!', 'svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1'],
  ['sha512', 10000, 'saltstringsaltst', 'Hello world!', 'OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.'],
  ['sha512', 5000, 'toolongsaltstrin', 'This is just a test', 'lQ8jolhgVRVhY4b5pZKaysCLi0QBxGoNeKQzQ3glMhwllF7oGDZxUhx1yxdYcz/e1JSbq3y6JMxxl8audkUEm0'],
  ['sha512', 1400, 'anotherlongsalts', LONG, 'POfYwTEok97VWcjxIiSOjiykti.o/pQs.wPvMxQ6Fm7I6IoYN3CmLs66x9t0oSwbtEW7o7UmJEiDwGqd8p4ur1'],
  ['sha512', 77777, 'short', SHORT_SALT, 'WuQyW2YR.hBNpjjRhpYD/ifIw05xdfeEyQoMxIXbkvr0gge1a1x3yRULJ5CCaUeOxFmtlcGZelFl5CxtgfiAc0'],
  ['sha512', 123456, 'asaltof16chars..', 'a short string', 'BtCwjqMJGx5hrJhZywWvt0RLE8uZ4oPwcelCjmw2kSYu.Ec6ycULevoBK25fs2xXgMNrCzIMVcgEJAstJeonj1'],
  ['sha512', 1000, 'roundstoolow', 'the minimum number is still observed', 'kUMsbe306n21p9R.FRkW3IGn.S9NPN0x50YhH1xhLsPuWGsUSklZt58jaTfF4ZEQpyUNGc0dqbpBYYBaHHrsX.'],
  ['sha512', 5000, '', 'Empty salt string', '6B9OBs7yTMgDWPpqaAzI4nnQ37aDUD9fW.XPohFTR5nL9YlpfgAJ4PVDiM0W6dEffk1N0YmfY1uct4qBA25FN/'],
  ['sha256', 5000, 'nQuDywIqXl8cTEXO', 'pässwörd', 'yWB9YlAbbObqeNO0j.CtO0.OPoMB6/8Mn2lDBiNwvDC'],
];

describe('Unix crypt using SHA-256 and SHA-512', () => {
  for (const [hash, rounds, salt, password, checksum] of VECTORS) {
    it(`${hash}, ${rounds} rounds, salt "${salt}": the published checksum`, () => {
      const utf8 = new TextEncoder();
      assertEquals(shaCrypt(hash, utf8.encode(password), utf8.encode(salt), rounds), checksum);
    });
  }
});
