import { describe, it } from 'node:test';
import { isSameOrigin } from '../../src/http/origin.ts';
import { assertEquals } from '../support/assert.ts';

/** Browsers alone may set these headers on a Request. */
function sent(headers: Record<string, string>): Request {
  const map = new Map(Object.entries(headers));
  return { headers: { get: (name: string) => map.get(name) ?? null } } as unknown as Request;
}

describe('isSameOrigin', () => {
  for (
    const { name, headers, same } of [
      { name: 'our origin', headers: { origin: 'https://op.example' }, same: true },
      { name: 'another origin', headers: { origin: 'https://evil.example' }, same: false },
      { name: 'another port', headers: { origin: 'https://op.example:8443' }, same: false },
      { name: 'another scheme', headers: { origin: 'http://op.example' }, same: false },
      {
        name: 'another host that begins alike',
        headers: { origin: 'https://op.example.evil.example' },
        same: false,
      },
      { name: 'an empty origin', headers: { origin: '' }, same: false },
      { name: 'null alone', headers: { origin: 'null' }, same: false },
      {
        name: 'null from our page',
        headers: { origin: 'null', 'sec-fetch-site': 'same-origin' },
        same: true,
      },
      {
        name: 'null from a sibling host',
        headers: { origin: 'null', 'sec-fetch-site': 'same-site' },
        same: false,
      },
      {
        name: 'null from a frame elsewhere',
        headers: { origin: 'null', 'sec-fetch-site': 'cross-site' },
        same: false,
      },
      {
        name: 'another origin that claims same-origin',
        headers: { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
        same: false,
      },
      { name: 'neither header', headers: {}, same: true },
      { name: 'no origin, same-origin', headers: { 'sec-fetch-site': 'same-origin' }, same: true },
      { name: 'no origin, by hand', headers: { 'sec-fetch-site': 'none' }, same: true },
      { name: 'no origin, cross-site', headers: { 'sec-fetch-site': 'cross-site' }, same: false },
      { name: 'no origin, same-site', headers: { 'sec-fetch-site': 'same-site' }, same: false },
      { name: 'no origin, a word of the future', headers: { 'sec-fetch-site': 'x' }, same: false },
    ]
  ) {
    it(`T106: ${name} is ${same ? 'accepted' : 'refused'}`, () => {
      assertEquals(
        isSameOrigin(sent(headers as unknown as Record<string, string>), 'https://op.example'),
        same,
      );
    });
  }
});
