import { describe, it } from 'node:test';
import { deriveKey } from '../../src/keys/digest.ts';
import { open, seal } from '../../src/keys/seal.ts';
import { assertEquals, assertNotEquals } from '../support/assert.ts';

const key = deriveKey(new Uint8Array(32).fill(7), 'test');

describe('seal', () => {
  it('opens what it sealed, whatever the text', () => {
    for (const text of ['', 'a', '{"x":"ü\u0000😀"}', 'x'.repeat(20_000)]) {
      assertEquals(open(key, seal(key, text, 'ctx'), 'ctx'), text);
    }
  });

  it('never seals twice alike', () => {
    assertNotEquals(seal(key, 'same', 'ctx'), seal(key, 'same', 'ctx'));
  });

  it('opens under its own key and context only', () => {
    const sealed = seal(key, 'text', 'ctx');
    assertEquals(open(deriveKey(new Uint8Array(32).fill(8), 'test'), sealed, 'ctx'), undefined);
    assertEquals(open(key, sealed, 'other'), undefined);
    assertEquals(open(key, sealed, ''), undefined);
  });

  it('T051, T149: opens no variation of a sealed value: changed, cut, extended, padded, respelt', () => {
    const sealed = seal(key, 'text', 'ctx');
    for (let at = 0; at < sealed.length; at += 1) {
      const other = sealed[at] === 'A' ? 'B' : 'A';
      assertEquals(open(key, sealed.slice(0, at) + other + sealed.slice(at + 1), 'ctx'), undefined);
      assertEquals(open(key, sealed.slice(0, at), 'ctx'), undefined);
    }
    for (
      const bad of [
        `${sealed}A`,
        `${sealed}=`,
        ` ${sealed}`,
        `${sealed}\n`,
        sealed.replace(/.$/, '+'),
        `${sealed}.`,
      ]
    ) {
      assertEquals(open(key, bad, 'ctx'), undefined);
    }
  });
});
