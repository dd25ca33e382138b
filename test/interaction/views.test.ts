import { describe, it } from 'node:test';
import type { Html } from '../../src/http/html.ts';
import type { ClientCard } from '../../src/interaction/client_card.ts';
import { consentView } from '../../src/interaction/views/consent.ts';
import {
  deviceConfirmView,
  deviceDoneView,
  deviceView,
} from '../../src/interaction/views/device.ts';
import { errorView } from '../../src/interaction/views/error.ts';
import { formPostView } from '../../src/interaction/views/form_post.ts';
import { homeView } from '../../src/interaction/views/home.ts';
import { loginView } from '../../src/interaction/views/login.ts';
import { setupView } from '../../src/interaction/views/setup.ts';
import { setupDoneView } from '../../src/interaction/views/setup_done.ts';
import { signUpView } from '../../src/interaction/views/sign_up.ts';
import {
  assert,
  assertEquals,
  assertExists,
  assertFalse,
  assertStringIncludes,
} from '../support/assert.ts';
import { type Element, elementsOf, named, textOf, withId } from '../support/markup.ts';
import { frame, mirrored, shots } from './models.ts';

const pages: readonly (readonly [name: string, markup: string])[] = Object.entries(shots).map((
  [name, view],
) => [name, view(frame).markup]);

const base = {
  ...frame,
  action: 'https://auth.example.com/x',
  hidden: { csrf: 'c', pending: 'p' },
};

/** Every view, with this text wherever text may come from outside. */
function viewsSaying(text: string): Readonly<Record<string, Html>> {
  const client = { name: text, redirectHost: text };
  const outside = { ...base, product: text, action: text, hidden: { csrf: text }, username: text };
  return {
    login: loginView({ ...outside, client }),
    consent: consentView({
      ...outside,
      client,
      notYou: text,
      scopes: [
        { name: text, required: true },
        { name: text, required: false, description: text },
      ],
      claims: [{ name: text, required: false }, { name: text, required: true }],
      isNewClient: true,
      rememberSeconds: 60,
      resources: [text],
      details: [{ type: text, description: text, members: [{ name: text, value: text }] }],
    }),
    error: errorView({
      ...outside,
      code: text,
      description: text,
      status: 400,
      correlationId: text,
    }),
    setup: setupView({
      ...outside,
      email: text,
      minPasswordCharacters: 8,
      problems: [{ field: 'username', kind: 'refused', refusal: { id: 'username.empty' } }],
    }),
    signUp: signUpView({
      ...outside,
      client,
      loginUrl: text,
      minPasswordCharacters: 8,
      values: { username: text, name: text, email: text },
      problems: [{ field: 'name', kind: 'refused', refusal: { id: 'format.text' } }],
      retryAfterSeconds: 60,
    }),
    device: deviceView({ ...outside, userCode: text, retryAfterSeconds: 60 }),
    deviceConfirm: deviceConfirmView({
      ...outside,
      client,
      userCode: text,
      notYou: text,
      scopes: [{ name: text, required: false, description: text }],
      claims: [],
      isNewClient: true,
      resources: [text],
      details: [{ type: text, description: text, members: [{ name: text, value: text }] }],
    }),
    deviceDone: deviceDoneView({ ...outside, client, outcome: 'approved' }),
    setupDone: setupDoneView({ ...outside, command: text, discoveryUrl: text }),
    home: homeView({ ...outside, issuer: text, isSetupPending: true }),
    formPost: formPostView({ ...outside, fields: new Map([['state', text]]) }),
  };
}

/** Tag and attribute names alone. */
function skeleton(markup: string): readonly string[] {
  return elementsOf(markup).map(({ name, attributes }) => [name, ...attributes.keys()].join(' '));
}

function consentPage(scopes: Parameters<typeof consentView>[0]['scopes'], client?: ClientCard) {
  const { markup } = consentView({
    ...base,
    client: client ?? { name: 'Fieldnotes' },
    username: 'ada',
    scopes,
    claims: [],
    isNewClient: false,
    resources: [],
    details: [],
  });
  return { markup, elements: elementsOf(markup) };
}

function loginPage(more: Partial<Parameters<typeof loginView>[0]> = {}) {
  const { markup } = loginView({ ...base, ...more });
  return { markup, elements: elementsOf(markup), text: textOf(markup) };
}

describe('the visible contract of the pages', () => {
  it('sign-in has #username, #password, #remember and #login', () => {
    const { elements } = loginPage();
    for (const id of ['username', 'password', 'remember']) {
      assertEquals(withId(elements, id)?.name, 'input', id);
      assertEquals(withId(elements, id)?.attributes.get('name'), id);
    }
    assertEquals(withId(elements, 'login')?.name, 'button');
  });

  it('sign-in tells password managers which field is which', () => {
    const { elements } = loginPage();
    assertEquals(
      withId(elements, 'username')?.attributes.get('autocomplete'),
      'username webauthn',
    );
    assertEquals(withId(elements, 'password')?.attributes.get('autocomplete'), 'current-password');
    assertEquals(withId(elements, 'password')?.attributes.get('type'), 'password');
    assertFalse(withId(elements, 'password')?.attributes.has('value'));
  });

  it('consent has #accept, #deny and a check box for each scope', () => {
    const { elements } = consentPage([
      { name: 'email', required: false },
      { name: 'custom', required: false },
    ]);
    const decisions = ['accept', 'deny'].map((id) => withId(elements, id)?.attributes.get('value'));
    assertEquals(decisions, ['accept', 'deny']);
    const boxes = elements.filter((each) => each.attributes.get('type') === 'checkbox');
    assertEquals(boxes.map((box) => box.attributes.get('name')), ['scope', 'scope']);
    assertEquals(boxes.map((box) => box.attributes.get('value')), ['email', 'custom']);
  });

  it('the device page has #user_code and #continue, its confirmation what consent has', () => {
    const entry = elementsOf(deviceView({ ...base, retryAfterSeconds: 60 }).markup);
    assertEquals(withId(entry, 'user_code')?.attributes.get('name'), 'user_code');
    assertEquals(withId(entry, 'continue')?.name, 'button');
    const confirm = elementsOf(shots['device-confirm']?.(frame).markup ?? '');
    const decisions = ['accept', 'deny'].map((id) => withId(confirm, id)?.attributes.get('value'));
    assertEquals(decisions, ['accept', 'deny']);
    assertEquals(withId(confirm, 'shown-code')?.text, 'WDJB-MJHT');
  });

  it('sign-up tells password managers which field is which', () => {
    const elements = elementsOf(shots['sign-up']?.(frame).markup ?? '');
    const wanted = ['username', 'name', 'email', 'new-password', 'new-password'];
    const fields = ['username', 'name', 'email', 'password', 'repeat'];
    assertEquals(
      fields.map((id) => withId(elements, id)?.attributes.get('autocomplete')),
      wanted,
    );
    assertEquals(withId(elements, 'create')?.name, 'button');
  });

  it('a required scope cannot be unticked and is sent all the same', () => {
    const { elements } = consentPage([{ name: 'openid', required: true }]);
    const [box, hidden] = elements.filter((each) => each.attributes.get('name') === 'scope');
    assert(box?.attributes.has('disabled') && box.attributes.has('checked'));
    assertEquals(hidden?.attributes.get('type'), 'hidden');
    assertEquals(hidden?.attributes.get('value'), 'openid');
  });

  it('sign-in and consent show #client-logo, #client-policy and #client-tos', () => {
    const client = {
      name: 'Fieldnotes',
      logo_uri: 'https://a.example/logo.png',
      policy_uri: 'https://a.example/policy',
      tos_uri: 'https://a.example/tos',
    };
    for (const { elements } of [loginPage({ client }), consentPage([], client)]) {
      assertEquals(withId(elements, 'client-logo')?.attributes.get('src'), client.logo_uri);
      assertEquals(withId(elements, 'client-policy')?.attributes.get('href'), client.policy_uri);
      assertEquals(withId(elements, 'client-tos')?.attributes.get('href'), client.tos_uri);
    }
  });

  it('the error page has the code in #error and the description in #error_description', () => {
    const elements = elementsOf(
      errorView({ ...frame, code: 'c', description: 'd', status: 400, correlationId: 'r' }).markup,
    );
    assertEquals(withId(elements, 'error')?.text, 'c');
    assertEquals(withId(elements, 'error_description')?.text, 'd');
  });

  it('every form is sent by POST, to the address and with the hidden fields it was given', () => {
    const setup = setupView({ ...base, minPasswordCharacters: 8 }).markup;
    for (const markup of [loginPage().markup, consentPage([]).markup, setup]) {
      const elements = elementsOf(markup);
      const [form, ...others] = named(elements, 'form');
      assertEquals(others.map((each) => each.attributes.get('class')), ['picker']);
      assertEquals(form?.attributes.get('method'), 'post');
      assertEquals(form?.attributes.get('action'), base.action);
      const hidden = elements.filter((each) => each.attributes.get('type') === 'hidden');
      const pairs = hidden.map((
        { attributes },
      ) => [attributes.get('name'), attributes.get('value')]);
      assertEquals(pairs, [
        ['csrf', 'c'],
        ['pending', 'p'],
        ['back', '/login?pending=p'],
        ['over', 'de-AT de'],
      ]);
    }
  });
});

describe('what pages say', () => {
  it('consent names the client, the person, where they return to and each scope in words', () => {
    const { markup } = consentPage(
      [
        { name: 'email', required: false },
        { name: 'calendar.read', required: false, description: 'Read your calendar' },
        { name: 'unknown', required: false },
      ],
      { name: 'Fieldnotes', redirectHost: 'notes.example' },
    );
    const text = textOf(markup);
    for (
      const words of [
        'Fieldnotes wants to use your account',
        'Signed in as ada',
        'return to notes.example',
        'See your email address The address, and whether it was verified.',
        'Read your calendar calendar.read',
        'unknown There is no description of this.',
      ]
    ) assertStringIncludes(text, words);
  });

  it('a scope named like a property of objects, or like a message of ours, is shown as its name', () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      const { markup } = consentPage([{ name, required: false }]);
      assertStringIncludes(textOf(markup), `${name} There is no description of this.`);
    }
  });

  it('consent lists the claims asked for one by one and the resources', () => {
    const text = textOf(
      consentView({
        ...base,
        client: { name: 'Fieldnotes' },
        username: 'ada',
        scopes: [],
        claims: ['birthdate', 'https://c.example/number'].map((name) => ({
          name,
          required: false,
        })),
        isNewClient: false,
        resources: ['https://api.example/'],
        details: [],
      }).markup,
    );
    assertStringIncludes(text, 'Birth date https://c.example/number');
    assertStringIncludes(text, 'https://api.example/');
  });

  const problems = [
    { problem: 'wrong', text: 'do not match' },
    { problem: 'slow_down', text: 'Too many attempts. Wait a little' },
    { problem: 'busy', text: 'Many people are signing in' },
    { problem: 'expired', text: 'open for too long' },
  ] as const;
  for (const { problem, text } of problems) {
    it(`the sign-in problem "${problem}" is an alert tied to both fields`, () => {
      const { elements } = loginPage({ problem });
      const alert = elements.find((each) => each.attributes.get('role') === 'alert');
      assertStringIncludes(alert?.text ?? '', text);
      for (const id of ['username', 'password']) {
        const field = withId(elements, id)?.attributes;
        assertEquals(field?.get('aria-describedby'), alert?.attributes.get('id'));
        assertEquals(field?.get('aria-invalid'), problem === 'wrong' ? 'true' : '');
      }
      assertStringIncludes(named(elements, 'title')[0]?.text ?? '', 'Problem: ');
    });
  }

  it('sign-in says how long to wait', () => {
    const { text } = loginPage({ problem: 'slow_down', retryAfterSeconds: 40 });
    assertStringIncludes(text, 'Try again in 40 seconds.');
  });

  it('the cursor waits where something is still to be typed', () => {
    const focused = (elements: readonly Element[]) =>
      elements.filter((each) => each.attributes.has('autofocus')).map((each) =>
        each.attributes.get('id')
      );
    assertEquals(focused(loginPage().elements), ['username']);
    assertEquals(focused(loginPage({ username: 'ada' }).elements), ['password']);
  });

  it('the error page tells the person what to do, by the kind of failure', () => {
    const texts = [400, 404, 429, 500, 503].map((status) =>
      textOf(
        errorView({ ...frame, code: 'c', description: 'd', status, correlationId: 'r-7' }).markup,
      )
    );
    const expected = [
      'Go back to the application',
      'leads nowhere',
      'Wait a little',
      'on our side',
      'Wait a little',
    ];
    for (const [i, text] of texts.entries()) {
      assertStringIncludes(text, expected[i] ?? '?');
      assertStringIncludes(text, 'r-7');
    }
  });

  it('the setup page shows the reason a field was refused at that field, and forgets passwords', () => {
    const elements = elementsOf(
      setupView({
        ...base,
        minPasswordCharacters: 8,
        username: 'ada',
        problems: [{
          field: 'password',
          kind: 'refused',
          refusal: { id: 'password.too_long', count: 1024 },
        }],
      }).markup,
    );
    const password = withId(elements, 'password')?.attributes;
    assertEquals(password?.get('aria-invalid'), 'true');
    assertEquals(
      withId(elements, password?.get('aria-describedby') ?? '')?.text,
      'At most 1,024 characters.',
    );
    assertFalse(password?.has('value'));
    assertEquals(withId(elements, 'username')?.attributes.get('value'), 'ada');
  });
});

describe('Form Post Response Mode', () => {
  const fields = new Map([
    ['code', 'abc'],
    ['state', `a"b<c>&amp;'\u00e9 +%20`],
    ['iss', 'https://auth.example.com'],
  ]);
  const { markup } = formPostView({ ...frame, action: 'https://c.example/cb?x=1&y=2', fields });
  const elements = elementsOf(markup);

  it('§2: one form goes to the redirect URI with exactly the response parameters, in order', () => {
    const [form, ...others] = named(elements, 'form');
    assertEquals(others, []);
    assertEquals(form?.attributes.get('action'), 'https://c.example/cb?x=1&y=2');
    assertEquals(form?.attributes.get('method'), 'post');
    const inputs = named(elements, 'input').map(({ attributes }) => {
      return [attributes.get('type'), attributes.get('name'), attributes.get('value')];
    });
    assertEquals(inputs, Array.from(fields, ([name, value]) => ['hidden', name, value]));
  });

  it('§2: it sends itself, and has a nameless button where scripts do not run', () => {
    assert(markup.indexOf('document.forms[0].submit();') > markup.indexOf('</form>'));
    const [button, ...others] = named(elements, 'button');
    assertEquals(others, []);
    // A name would be sent along; an id or name "submit" would hide the form's method.
    assertEquals([...button?.attributes.keys() ?? ['?']], []);
  });
});

describe('T108: text from outside stays text', () => {
  const hostile = [
    `<script>alert(1)</script>`,
    `"><img src=x onerror=alert(1)>`,
    `' onfocus='alert(1)' autofocus='`,
    '`${alert(1)}`',
    `</title></style></textarea></script><svg onload=alert(1)>`,
    `<!--`,
    `]]>`,
    `&lt;b&gt;&#60;b&#62;`,
    `{client}{{constructor}}`,
    `\u202ereversed\u2066`,
    `\u0000\u000b\ufffe`,
  ];
  for (const text of hostile) {
    it(`${JSON.stringify(text)} changes no tag and no attribute of any page`, () => {
      // As many words as the hostile text has, for commands are set word by word.
      const harmless = viewsSaying(text.replace(/[^ ]+/g, 'x'));
      for (const [name, { markup }] of Object.entries(viewsSaying(text))) {
        assertEquals(skeleton(markup), skeleton(harmless[name]?.markup ?? ''), name);
      }
    });
  }

  it('what was typed comes back unchanged', () => {
    for (const username of hostile) {
      const field = withId(loginPage({ username }).elements, 'username');
      assertEquals(field?.attributes.get('value'), username);
    }
  });
});

describe('T108, T111: URLs of clients', () => {
  const refused = [
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:image/svg+xml,<svg onload=alert(1)>',
    'vbscript:x',
    'blob:https://a.example/1',
    'file:///etc/passwd',
    'http://a.example/logo.png',
    'http://localhost.evil.example/',
    '//a.example/logo.png',
    '/logo.png',
    'https://bank.example@evil.example/',
    'https://:x@evil.example/',
    'https://',
    '',
  ];
  for (const uri of refused) {
    it(`${JSON.stringify(uri)} becomes neither a link nor an image`, () => {
      const client = { name: 'x', logo_uri: uri, policy_uri: uri, tos_uri: uri };
      for (const { elements } of [loginPage({ client }), consentPage([], client)]) {
        assertEquals(named(elements, 'img'), []);
        assertEquals(named(elements, 'a'), []);
      }
    });
  }

  for (
    const uri of ['https://a.example/x?y=1&z=%22', 'http://localhost:9092/l', 'http://[::1]/l']
  ) {
    it(`${uri} is shown`, () => {
      const client = { name: 'x', logo_uri: uri, policy_uri: uri };
      const { elements } = loginPage({ client });
      assertEquals(named(elements, 'img')[0]?.attributes.get('src'), uri);
      assertEquals(named(elements, 'a')[0]?.attributes.get('href'), uri);
    });
  }

  it('links of clients open apart and tell nobody where they were', () => {
    const { elements } = loginPage({ client: { name: 'x', tos_uri: 'https://a.example/' } });
    const link = withId(elements, 'client-tos')?.attributes;
    assertEquals(link?.get('rel'), 'noopener noreferrer');
    assertEquals(link?.get('target'), '_blank');
  });
});

describe('T108: pages under a strict Content-Security-Policy', () => {
  for (const [name, markup] of pages) {
    it(`${name} has no inline style, no event handler, and nonces on what is inline`, () => {
      const elements = elementsOf(markup);
      for (const { attributes } of elements) {
        // Without scripts, that is the only way on.
        const isWayOn = name === 'logged-out-leaving' && attributes.get('http-equiv') === 'refresh';
        for (const attribute of isWayOn ? [] : attributes.keys()) {
          assertFalse(/^(style$|on|srcdoc$|formaction$|http-equiv$)/.test(attribute), attribute);
        }
      }
      const inline = elements.filter((each) => each.name === 'style' || each.name === 'script');
      const hasScript = name === 'form-post' || name === 'logged-out-leaving' ||
        elements.some((each) => each.attributes.get('id') === 'passkey-form');
      assertEquals(inline.length, hasScript ? 2 : 1);
      for (const each of inline) assertEquals(each.attributes.get('nonce'), frame.nonce);
    });

    it(`${name} loads nothing but a client's logo, and what signs out in its own frame`, () => {
      for (const { name: tag, attributes } of elementsOf(markup)) {
        if (tag === 'img') assertEquals(attributes.get('id'), 'client-logo');
        else if (tag === 'iframe') {
          assert(name.startsWith('logged-out-') && attributes.has('sandbox'));
        } else assertFalse(attributes.has('src'));
        if (tag === 'link') {
          assertStringIncludes(attributes.get('href') ?? '', 'data:image/svg+xml,');
        }
      }
      assertFalse(/@import|url\(/.test(markup));
    });
  }
});

describe('WCAG 2.2, in the markup', () => {
  for (const [name, markup] of pages) {
    const elements = elementsOf(markup);

    it(`§3.1.1, §2.4.2: ${name} has a language, a direction, a title and one heading`, () => {
      const { lang, dir } = (name.endsWith('mirrored') ? mirrored : frame).messages;
      const [root] = elements;
      assertEquals([root?.name, root?.attributes.get('lang'), root?.attributes.get('dir')], [
        'html',
        lang,
        dir,
      ]);
      assert((named(elements, 'title')[0]?.text ?? '').length > 3);
      assertEquals(named(elements, 'h1').length, 1);
      assertEquals(named(elements, 'main').length, 1);
    });

    it(`§1.3.1, §4.1.2: ${name} has labels on its fields, and ids that are unique and found`, () => {
      const ids = elements.flatMap(({ attributes }) => attributes.get('id') ?? []);
      assertEquals(ids.length, new Set(ids).size);
      for (const { attributes } of elements) {
        for (const reference of ['for', 'aria-describedby', 'aria-labelledby']) {
          const id = attributes.get(reference);
          if (id !== undefined && id !== '') assertExists(withId(elements, id), id);
        }
      }
      // What has the hidden attribute is for password managers: nobody sees or hears it.
      const fields = markup.matchAll(/<input\b(?![^>]*type="hidden")(?![^>]* hidden>)[^>]*>/g);
      for (const { 0: field, index } of fields) {
        const id = / id="([^"]*)"/.exec(field.replace(/\s+/g, ' '))?.[1];
        const before = markup.slice(0, index);
        const isWrapped = before.lastIndexOf('<label') > before.lastIndexOf('</label>');
        assert(isWrapped || markup.includes(`<label for="${id}">`), field);
      }
    });
  }
});
