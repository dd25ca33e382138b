import { describe, it } from 'node:test';
import { defaultIssuer, issuerProblem } from '../../src/config/issuer.ts';
import { assertEquals, assertExists } from '../support/assert.ts';

const GOOD = [
  'https://auth.example.com',
  'https://auth.example.com:8443',
  'https://auth.example.com/auth/realms-1',
  'http://localhost:9091',
  'http://127.0.0.1:9091/auth',
  'http://[::1]:9091',
  'http://ostiary.localhost',
];

const BAD = [
  'auth.example.com',
  'ftp://auth.example.com',
  'https://user@auth.example.com',
  'https://auth.example.com?x',
  'https://auth.example.com/?x=1',
  'https://auth.example.com#x',
  'https://auth.example.com/',
  'https://auth.example.com/auth/',
  'https://auth.example.com//auth',
  'https://auth.example.com/a/../b',
  'https://auth.example.com/%61uth',
  'https://auth.example.com/a b',
  'https://AUTH.example.com',
  'HTTPS://auth.example.com',
  'https://auth.example.com:443',
  'https://auth.example.com/.well-known/auth',
  `https://auth.example.com/${'a'.repeat(255)}`,
];

describe('RFC 8414 §2, Discovery §3: the issuer identifier', () => {
  for (const issuer of GOOD) {
    it(`${issuer} is one`, () => assertEquals(issuerProblem(issuer, false), undefined));
  }
  for (const issuer of BAD) {
    it(`${issuer.slice(0, 60)} is none`, () => {
      assertExists(issuerProblem(issuer, false));
      assertExists(issuerProblem(issuer, true));
    });
  }
  it('follows the port when none is configured', () => {
    assertEquals(defaultIssuer(9091, false), 'http://localhost:9091');
    assertEquals(defaultIssuer(443, true), 'https://localhost');
  });
});

describe('T126: an http issuer', () => {
  it('is refused beyond loopback', () => {
    assertEquals(
      issuerProblem('http://auth.example.com', false),
      'must use https unless its host is loopback or development is true',
    );
    assertExists(issuerProblem('http://127.0.0.1.example.com', false));
    assertExists(issuerProblem('http://localhost.example.com', false));
  });
  it('is accepted anywhere in development', () => {
    assertEquals(issuerProblem('http://auth.example.com', true), undefined);
  });
});
