import { Buffer } from 'node:buffer';
import { describe, it } from 'node:test';
import { parseAuthenticatorData } from '../../src/accounts/passkey/authenticator_data.ts';
import { base64url, bytesOf } from '../../src/accounts/passkey/bytes.ts';
import { readCbor } from '../../src/accounts/passkey/cbor.ts';
import { checkClientData } from '../../src/accounts/passkey/client_data.ts';
import { parseAssertion, parseRegistration } from '../../src/accounts/passkey/response.ts';
import { evenSignature } from '../../src/accounts/passkey/signature.ts';
import { assertEquals, assertThrows } from '../support/assert.ts';
import { createRandom } from '../support/random.ts';

function bytes(hex: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

describe('RFC 8949 Appendix A: CBOR, as far as WebAuthn needs it', () => {
  const rows: readonly (readonly [string, unknown])[] = [
    ['00', 0],
    ['17', 23],
    ['1818', 24],
    ['1903e8', 1000],
    ['1a000f4240', 1_000_000],
    ['20', -1],
    ['3863', -100],
    ['3903e7', -1000],
    ['4401020304', bytes('01020304')],
    ['6449455446', 'IETF'],
    ['62c3bc', 'ü'],
    ['83010203', [1, 2, 3]],
    ['8301820203820405', [1, [2, 3], [4, 5]]],
    ['a0', new Map()],
    ['a201020304', new Map([[1, 2], [3, 4]])],
    ['a26161016162820203', new Map<string, unknown>([['a', 1], ['b', [2, 3]]])],
    ['f4', false],
    ['f5', true],
    ['f6', null],
  ];
  for (const [hex, value] of rows) {
    it(hex, () => {
      const read: { readonly value: unknown; readonly length: number } = readCbor(bytes(hex));
      assertEquals(read, { value, length: hex.length / 2 });
    });
  }

  it('what comes after the item is left', () => {
    assertEquals(readCbor(bytes('0000')), { value: 0, length: 1 });
  });

  const refused = [
    ['nothing', ''],
    ['an integer that is cut off', '19ff'],
    ['bytes that are cut off', '42ff'],
    ['a length beyond all', '5affffffff'],
    ['a length of 64 bits', '5b0000000000000001ff'],
    ['bytes of indefinite length', '5f4101ff'],
    ['a list of indefinite length', '9f01ff'],
    ['a map of indefinite length', 'bf0102ff'],
    ['a tag', 'c000'],
    ['a float', 'f93c00'],
    ['undefined', 'f7'],
    ['a break', 'ff'],
    ['a key that is there twice', 'a201000100'],
    ['a key that is a list', 'a18000'],
    ['more members than anything has', '9841' + '00'.repeat(65)],
    ['lists in lists', '818181818100'],
  ] as const;
  for (const [name, hex] of refused) {
    it(`refused: ${name}`, () => {
      assertThrows(() => readCbor(bytes(hex)), RangeError);
    });
  }

  it('refused: a text that is not UTF-8', () => {
    assertThrows(() => readCbor(bytes('61ff')));
  });

  it('whatever bytes come, there is an answer or an error, and nothing is read twice', () => {
    const random = createRandom('cbor');
    for (let round = 0; round < 5000; round++) {
      const input = Uint8Array.from({ length: Math.floor(random() * 40) }, () => random() * 256);
      let length = 0;
      try {
        length = readCbor(input).length;
      } catch (error) {
        assertEquals(error instanceof RangeError || error instanceof TypeError, true);
      }
      assertEquals(length <= input.length, true);
    }
  });
});

const HEAD = '11'.repeat(32);
const COSE = 'a1010f';
const CREDENTIAL = 'aabbccdd00112233445566778899eeff' + '0002' + 'cafe' + COSE;

describe('WebAuthn §6.1: authenticator data', () => {
  it('without a credential', () => {
    assertEquals(parseAuthenticatorData(bytes(`${HEAD}0500000102`)), {
      isUserPresent: true,
      isUserVerified: true,
      isBackupEligible: false,
      isBackedUp: false,
      signCount: 258,
    });
  });

  it('with a credential and extensions', () => {
    const data = parseAuthenticatorData(bytes(`${HEAD}d9ffffffff${CREDENTIAL}a16161f5`));
    assertEquals(data, {
      isUserPresent: true,
      isUserVerified: false,
      isBackupEligible: true,
      isBackedUp: true,
      signCount: 4_294_967_295,
      credential: {
        aaguid: 'aabbccdd-0011-2233-4455-66778899eeff',
        id: bytes('cafe'),
        publicKey: new Map([[1, 15]]),
      },
    });
  });

  it('cut off anywhere it is none', () => {
    const whole = bytes(`${HEAD}c100000000${CREDENTIAL}a16161f5`);
    parseAuthenticatorData(whole);
    for (let length = 0; length < whole.length; length++) {
      assertThrows(() => parseAuthenticatorData(whole.slice(0, length)), RangeError);
    }
  });

  const aaguid = '00'.repeat(16);
  const refused = [
    ['a credential that the flags do not tell of', `0100000000${CREDENTIAL}`],
    ['extensions that the flags do not tell of', '0100000000a0'],
    ['extensions that are no map', '810000000080'],
    ['a byte after the end', `4100000000${CREDENTIAL}00`],
    ['a credential id of no bytes', `4100000000${aaguid}0000${COSE}`],
    ['a credential id of 1024 bytes', `4100000000${aaguid}0400${'00'.repeat(1024)}${COSE}`],
  ] as const;
  for (const [name, rest] of refused) {
    it(`refused: ${name}`, () => {
      assertThrows(() => parseAuthenticatorData(bytes(HEAD + rest)), RangeError);
    });
  }

  it('a credential id of 1023 bytes is one', () => {
    const id = 'ab'.repeat(1023);
    const { credential } = parseAuthenticatorData(
      bytes(`${HEAD}4100000000${aaguid}03ff${id}${COSE}`),
    );
    assertEquals(credential?.id.length, 1023);
  });
});

describe('WebAuthn §5.8.1: client data', () => {
  const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

  it('the challenge, whatever else is in it', () => {
    const text = '{"challenge":"abc","crossOrigin":false,"other_keys_can_be_added_here":[]}';
    assertEquals(checkClientData(encode(text)), { challenge: 'abc' });
  });

  for (
    const text of [
      '',
      'null',
      '[]',
      '"abc"',
      '{}',
      '{"challenge":7}',
      '{"challenge":"abc"',
      '{"challenge":"abc","crossOrigin":true}',
      '{"challenge":"abc","crossOrigin":null}',
      '{"challenge":"abc","topOrigin":"https://op.example"}',
      '{"challenge":"abc","topOrigin":null}',
    ]
  ) {
    it(`refused: ${text}`, () => {
      assertThrows(() => checkClientData(encode(text)));
    });
  }

  it('refused: what is not UTF-8', () => {
    assertThrows(() => checkClientData(bytes('7bff7d')));
  });
});

describe('RFC 3279 §2.2.3: ECDSA signatures', () => {
  const even = (r: string, s: string): string =>
    `30460221${r.padStart(66, '0')}0221${s.padStart(66, '0')}`;
  const long = `00${'f1'.repeat(32)}`;
  const rows = [
    ['both of 33 bytes', `30460221${long}0221${long}`, even(long, long)],
    ['both of one byte', '3006020101020102', even('01', '02')],
    ['a short r', `30250203010203021e${'7f'.repeat(30)}`, even('010203', '7f'.repeat(30))],
    ['a short s', `3026022000${'11'.repeat(31)}02020102`, even(`00${'11'.repeat(31)}`, '0102')],
  ] as const;
  for (const [name, der, made] of rows) {
    it(`${name}: the same numbers, each of 33 bytes`, () => {
      const whole = bytes(der);
      whole[1] = whole.length - 2;
      assertEquals(Buffer.from(evenSignature(whole)).toString('hex'), made);
    });
  }

  const refused = [
    ['nothing', ''],
    ['no sequence', '3106020101020102'],
    ['another length', '3007020101020102'],
    ['one number', '3003020101'],
    ['three numbers', '3009020101020102020103'],
    ['a number without bytes', '300502000201ff'],
    ['a negative number', '3006020181020102'],
    ['a number of 34 bytes', `302702${'22'}${'00'.repeat(34)}020101`],
    ['a number above 256 bits', `302602${'21'}${'01'.repeat(33)}020101`],
    ['a number that is cut off', '3006020101020502'],
    ['something else than numbers', '3006040101040102'],
  ] as const;
  for (const [name, der] of refused) {
    it(`refused: ${name}`, () => {
      assertThrows(() => evenSignature(bytes(der)), RangeError);
    });
  }
});

describe('base64url', () => {
  for (const text of ['AA', 'AAA', 'AAAA', '-_-_']) {
    it(`${text} is read`, () => {
      assertEquals(base64url(bytesOf(text, 16) ?? new Uint8Array()), text);
    });
  }
  for (
    const text of ['', 'A', 'AAAAA', 'AA==', 'A+', 'A/', 'A A', 'ÄÄ', 7, null, undefined, ['AA']]
  ) {
    it(`${JSON.stringify(text)} is none`, () => assertEquals(bytesOf(text, 16), undefined));
  }
  it('what is too long is none', () => assertEquals(bytesOf('A'.repeat(28), 18), undefined));
});

describe('WebAuthn §5.1.10: the answer as JSON', () => {
  const registration = {
    id: 'AAAA',
    rawId: 'AAAA',
    type: 'public-key',
    response: { clientDataJSON: 'e30', attestationObject: 'oA', transports: ['usb', 'x', 7] },
  };
  const assertion = {
    id: 'AAAA',
    rawId: 'AAAA',
    type: 'public-key',
    response: { clientDataJSON: 'e30', authenticatorData: 'AA', signature: 'AA', userHandle: null },
  };

  it('transports that nobody knows are left out', () => {
    assertEquals(parseRegistration(registration)?.transports, ['usb']);
  });

  it('no handle is the same as none at all', () => {
    assertEquals('userHandle' in (parseAssertion(assertion) ?? {}), false);
  });

  const changes: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['another type', { type: 'password' }],
    ['no id', { id: undefined }],
    ['an id that is no text', { id: ['AAAA'] }],
    ['two ids', { rawId: 'AAAB' }],
    ['an id of 1024 bytes', { id: 'A'.repeat(1366), rawId: 'A'.repeat(1366) }],
    ['no response', { response: undefined }],
    ['a response that is a list', { response: [] }],
    ['a response without parts', { response: {} }],
  ];
  for (const [name, change] of changes) {
    it(`refused: ${name}`, () => {
      assertEquals(parseRegistration({ ...registration, ...change }), undefined);
      assertEquals(parseAssertion({ ...assertion, ...change }), undefined);
    });
  }

  const parts: readonly (readonly [string, unknown])[] = [
    ['clientDataJSON', 7],
    ['clientDataJSON', 'A'.repeat(6000)],
    ['authenticatorData', 'not+base64url'],
    ['authenticatorData', 'A'.repeat(6000)],
    ['signature', undefined],
    ['signature', 'A'.repeat(1400)],
    ['userHandle', {}],
    ['userHandle', 'A'.repeat(100)],
  ];
  for (const [part, value] of parts) {
    it(`refused: ${part} that is ${String(value).slice(0, 16)}`, () => {
      const response = { ...assertion.response, [part]: value };
      assertEquals(parseAssertion({ ...assertion, response }), undefined);
    });
  }
});
