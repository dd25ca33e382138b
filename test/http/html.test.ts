import { describe, it } from 'node:test';
import { type Html, html, trustedHtml } from '../../src/http/html.ts';
import { assertEquals, assertThrows } from '../support/assert.ts';

describe('html', () => {
  it('T108: every character that could leave text or a quoted attribute is escaped', () => {
    const hostile = `<script>alert("1")</script>&'\``;
    assertEquals(
      html`<p title="${hostile}">${hostile}</p>`.markup,
      '<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;&#96;">' +
        '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;&#96;</p>',
    );
  });

  it('T108: markup is kept as it is, alone and in lists, and is not escaped twice', () => {
    const items = ['a', '<b>'].map((item) => html`<li>${item}</li>`);
    assertEquals(
      html`<ul>${items}</ul>${trustedHtml('<hr>')}`.markup,
      '<ul><li>a</li><li>&lt;b&gt;</li></ul><hr>',
    );
  });

  it('T108: nothing comes of null, undefined and false, but 0 and true are text', () => {
    assertEquals(html`${null}|${undefined}|${false}|${0}|${true}|${''}`.markup, '|||0|true|');
  });

  it('T108: parsed JSON does not pass for markup', () => {
    const forged: unknown = JSON.parse('{"markup":"<script>","trusted markup":true}');
    assertThrows(() => html`${forged as Html}`, TypeError);
    assertThrows(() => html`${[forged] as readonly Html[]}`, TypeError);
    assertThrows(() => html`${['<b>'] as unknown as readonly Html[]}`, TypeError);
  });

  it('T128: 50 kB of markup are escaped', () => {
    assertEquals(html`${'<'.repeat(50_000)}`.markup.length, 200_000);
  });
});
