import { describe, it } from 'node:test';
import { english, messagesOf } from '../../src/interaction/messages.ts';
import { en } from '../../src/interaction/messages/en.ts';
import { consentView } from '../../src/interaction/views/consent.ts';
import { type Refusal, refusalText } from '../../src/interaction/refusal.ts';
import { loginView } from '../../src/interaction/views/login.ts';
import { setupView } from '../../src/interaction/views/setup.ts';
import { NOTICES } from '../../src/interaction/account/visit.ts';
import { html } from '../../src/http/html.ts';
import { ADMIN_SCOPES } from '../../src/spec/administration.ts';
import { STANDARD_SCOPES } from '../../src/spec/scopes.ts';
import { assertEquals, assertExists, assertThrows } from '../support/assert.ts';
import { ACCOUNT_NOTICES, noticeText } from '../../src/interaction/notices.ts';
import { frame, shots } from './models.ts';

/** All claims there are words for. */
const claims = Object.keys(en).flatMap((id) => /^claim\.(.*)/.exec(id)?.[1] ?? []);

function isRefusal(id: string): id is Refusal['id'] {
  return /^(?:username|password|format)\./.test(id);
}

describe('the messages', () => {
  it('are all used by some page', () => {
    const used = new Set<string>();
    const texts = new Proxy(en, {
      get(target, id: keyof typeof en) {
        used.add(id);
        return target[id];
      },
    });
    const watched = { ...frame, messages: messagesOf({ lang: 'en', dir: 'ltr', texts }) };
    for (const view of Object.values(shots)) view(watched);
    const links = (['reset_link', 'request'] as const).map((kind) => ({
      kind,
      url: 'https://x.example/',
      lifetimeSeconds: 3600,
    }));
    for (const notice of [...ACCOUNT_NOTICES, ...links]) {
      noticeText(notice, { username: 'ada', host: 'x.example' }, watched.messages);
    }
    for (const notice of NOTICES) watched.messages.text(`account_done.${notice}`);
    const form = { ...watched, action: '/x', hidden: {} };
    loginView({ ...form, problem: 'slow_down' });
    setupView({
      ...form,
      minPasswordCharacters: 8,
      problems: [{ field: 'username', kind: 'missing' }],
    });
    setupView({
      ...form,
      minPasswordCharacters: 8,
      problems: [{ field: 'username', kind: 'not_taken' }],
    });
    for (const id of Object.keys(en)) {
      // Whatever stands in a form can be refused, and few forms are shown with each refusal.
      if (isRefusal(id)) refusalText({ id }, watched.messages);
    }
    consentView({
      ...form,
      client: { name: 'c' },
      username: 'ada',
      scopes: ADMIN_SCOPES.map((name) => ({ name, required: false })),
      claims: claims.map((name) => ({ name, required: false })),
      isNewClient: true,
      rememberSeconds: 60,
      resources: [],
      details: [],
    });
    assertEquals(Object.keys(en).filter((id) => !used.has(id)), []);
  });

  it('have words for every standard scope and every claim it releases', () => {
    const { find } = messagesOf(english);
    for (const [scope, { claims }] of STANDARD_SCOPES) {
      assertExists(find(`scope.${scope}`), scope);
      assertExists(find(`releases.${scope}`), scope);
      for (const claim of claims) assertExists(find(`claim.${claim}`), claim);
    }
  });

  it('take markup and text in place of placeholders, isolated, the text escaped', () => {
    const { html: fill } = messagesOf(english);
    assertEquals(
      fill('login.lead', { client: '<b>' }).markup,
      'to continue to <bdi>&lt;b&gt;</bdi>',
    );
    assertEquals(
      fill('login.lead', { client: html`<b>${'&'}</b>` }).markup,
      'to continue to <bdi><b>&amp;</b></bdi>',
    );
  });

  it('UAX #9: isolate what may run from right to left in titles, and leave ASCII as it is', () => {
    const { text } = messagesOf(english);
    assertEquals(text('login.title_for', { client: 'App {x}' }), 'Sign in to App {x}');
    assertEquals(text('login.title_for', { client: 'שדה' }), 'Sign in to \u2068שדה\u2069');
  });

  it('refuse to be filled without a value', () => {
    const missing = {} as { client: string };
    assertThrows(() => messagesOf(english).text('login.title_for', missing), TypeError, 'client');
  });

  it('say times in seconds up to 90, in minutes beyond, and round up', () => {
    const { duration } = messagesOf(english);
    assertEquals(
      [0, 0.2, 1, 1.5, 90, 91, 120, 121, 3600].map(duration),
      [
        '1 second',
        '1 second',
        '1 second',
        '2 seconds',
        '90 seconds',
        '2 minutes',
        '2 minutes',
        '3 minutes',
        '60 minutes',
      ],
    );
  });

  it('say when in UTC, or in the time zone of the person, and name the zone', () => {
    const { date, time } = messagesOf(english);
    const seconds = Date.UTC(2026, 10, 24, 23, 5, 59) / 1000;
    const spaced = (text: string) => text.replaceAll('\u202f', ' ');
    assertEquals(date(seconds), 'Nov 24, 2026');
    assertEquals(date(seconds, 'Asia/Tokyo'), 'Nov 25, 2026');
    assertEquals(spaced(time(seconds)), 'Nov 24, 2026, 11:05 PM UTC');
    assertEquals(spaced(time(seconds, 'Asia/Tokyo')), 'Nov 25, 2026, 8:05 AM GMT+9');
    for (const nowhere of ['Middle/Earth', '', 'constructor', 'x'.repeat(300)]) {
      assertEquals(spaced(time(seconds, nowhere)), 'Nov 24, 2026, 11:05 PM UTC', nowhere);
    }
  });

  it('do not find what objects have by themselves', () => {
    const { find } = messagesOf(english);
    for (const id of ['constructor', '__proto__', 'toString', '']) {
      assertEquals(find(id), undefined);
    }
  });
});
