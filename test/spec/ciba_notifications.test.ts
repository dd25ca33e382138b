/** CIBA Core 1.0: what clients are told in the modes ping and push. */
import { createHash } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { describe, it } from 'node:test';
import { deliveries, endedDeliveries } from '../../src/store/collections.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import { assert, assertEquals, assertFalse } from '../support/assert.ts';
import {
  acknowledged,
  answerAsAlice,
  backchannelRequest,
  openCibaOp,
  pollCiba,
  signedRequest,
} from '../support/ciba.ts';
import { assertRefused, claimsOf, tokensOf, userinfo } from '../support/flow.ts';
import { basic, ISSUER } from '../support/op.ts';
import { recordPosts } from '../support/posts.ts';
import {
  asked,
  bodyOf,
  ENDPOINT,
  openTold,
  PING,
  PUSH,
  SCOPE,
  settled,
  TOKEN,
} from '../support/ciba_told.ts';
import { TEST_TLS } from '../support/tls.ts';
import { startTlsServer } from '../support/tls_server.ts';

function halfHash(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');
}

describe('CIBA §10.2: ping', () => {
  it('the client is told with its token that there is an answer, and fetches it', async () => {
    const posts = recordPosts(() => 204);
    const op = await openTold(posts);
    const { auth_req_id, interval } = await asked(op, 'ping');
    assertEquals(interval, 5);
    await settled(op);
    assertEquals(posts.all, []);
    await answerAsAlice(op);
    await settled(op);
    assertEquals(posts.all, [{
      url: ENDPOINT,
      body: JSON.stringify({ auth_req_id }),
      contentType: 'application/json',
      headers: { authorization: `Bearer ${TOKEN}` },
    }]);
    const tokens = await tokensOf(await pollCiba(op, auth_req_id, {}, basic('ping')));
    assertFalse('urn:openid:params:jwt:claim:auth_req_id' in claimsOf(tokens.id_token));
    await assertRefused(await pollCiba(op, auth_req_id, {}, basic('ping')), 'invalid_grant');
    await op.close();
  });

  it('also of a denial; and it may poll before', async () => {
    const posts = recordPosts();
    const op = await openTold(posts);
    const { auth_req_id } = await asked(op, 'ping');
    await assertRefused(
      await pollCiba(op, auth_req_id, {}, basic('ping')),
      'authorization_pending',
    );
    await answerAsAlice(op, 'deny');
    await settled(op);
    assertEquals(posts.all.map(({ body }) => body), [JSON.stringify({ auth_req_id })]);
    await assertRefused(await pollCiba(op, auth_req_id, {}, basic('ping')), 'access_denied');
    await op.close();
  });

  it('nobody is told any more once the client has the tokens, or it is too late', async () => {
    const posts = recordPosts(() => 503);
    const op = await openTold(posts);
    const first = await asked(op, 'ping');
    await answerAsAlice(op);
    await settled(op);
    await tokensOf(await pollCiba(op, first.auth_req_id, {}, basic('ping')));
    await asked(op, 'ping');
    await answerAsAlice(op);
    await settled(op);
    assertEquals(posts.all.length, 2);
    op.clock.now += 3;
    op.instance.engine().deliveries.soon();
    await settled(op);
    assertEquals(posts.all.length, 3, 'the second one, once more');
    op.clock.now += 300;
    op.instance.engine().deliveries.soon();
    await settled(op);
    assertEquals(posts.all.length, 3);
    for await (const _ of deliveries.list(op.store, [ISSUER])) assert(false, 'nothing waits');
    await op.close();
  });
});

describe('CIBA §10.3: push', () => {
  it('the tokens come with hashes that tie them together', async () => {
    const posts = recordPosts(() => 204);
    const op = await openTold(posts);
    const acknowledgement = await asked(op, 'push');
    assertFalse('interval' in acknowledgement);
    await answerAsAlice(op);
    await settled(op);
    assertEquals(posts.all.length, 1);
    const [post] = posts.all;
    assertEquals([post?.url, post?.contentType, post?.headers], [
      ENDPOINT,
      'application/json',
      { authorization: `Bearer ${TOKEN}` },
    ]);
    const pushed = bodyOf(post);
    const { auth_req_id } = acknowledgement;
    assertEquals([pushed.auth_req_id, pushed.token_type, pushed.scope], [
      auth_req_id,
      'Bearer',
      SCOPE,
    ]);
    const claims = claimsOf(pushed.id_token);
    assertEquals(claims['urn:openid:params:jwt:claim:auth_req_id'], auth_req_id);
    assertEquals(claims['at_hash'], halfHash(pushed.access_token));
    assertEquals(claims['urn:openid:params:jwt:claim:rt_hash'], halfHash(pushed.refresh_token));
    assertEquals((await userinfo(op, pushed.access_token)).status, 200);
    const form = { grant_type: 'refresh_token', refresh_token: pushed.refresh_token };
    await tokensOf(await op.post('/token', form, basic('push')));
    await op.close();
  });

  it('§11: the token endpoint has nothing for such a client', async () => {
    const op = await openTold(recordPosts());
    const { auth_req_id } = await asked(op, 'push');
    for (const id of [auth_req_id, 'x']) {
      await assertRefused(await pollCiba(op, id, {}, basic('push')), 'unauthorized_client');
    }
    await answerAsAlice(op);
    await assertRefused(await pollCiba(op, auth_req_id, {}, basic('push')), 'unauthorized_client');
    await op.close();
  });

  it('§11: nor for one that polls by now, so that there is one family of tokens', async () => {
    const posts = recordPosts();
    const op = await openTold(posts);
    const { auth_req_id } = await asked(op, 'push');
    await answerAsAlice(op);
    await settled(op);
    const store = { ...op.store, close: () => Promise.resolve() };
    const polling = { ...PUSH, backchannel_token_delivery_mode: 'poll' };
    const later = await openCibaOp([polling], {}, { store, people: false });
    await assertRefused(
      await pollCiba(later, auth_req_id, {}, basic('push')),
      'unauthorized_client',
    );
    await op.close();
  });

  it('§12: a denial is told as such', async () => {
    const posts = recordPosts();
    const op = await openTold(posts);
    const { auth_req_id } = await asked(op, 'push');
    await answerAsAlice(op, 'deny');
    await settled(op);
    const [only] = posts.all;
    assertEquals(JSON.parse(only?.body ?? ''), {
      auth_req_id,
      error: 'access_denied',
      error_description: 'the person declined',
    });
    assertEquals(only?.headers['authorization'], `Bearer ${TOKEN}`);
    for await (const _ of op.store.list(['grant'])) assert(false, 'there is no grant');
    await op.close();
  });

  it('T068: whatever is sent twice, there is one family of tokens', async () => {
    const statuses = [503, 204];
    const posts = recordPosts(() => statuses.shift() ?? 204);
    const op = await openTold(posts);
    await asked(op, 'push');
    await answerAsAlice(op);
    await settled(op);
    op.clock.now += 3;
    op.instance.engine().deliveries.soon();
    await settled(op);
    const [first, second] = posts.all.map(bodyOf);
    assertEquals(posts.all.length, 2);
    assertEquals(first?.refresh_token, second?.refresh_token);
    assert(first?.access_token !== second?.access_token);
    let grants = 0;
    for await (const _ of op.store.list(['grant'])) grants += 1;
    assertEquals(grants, 1);
    await op.close();
  });

  it('T068: what was under way when the process died is sent again, once, unless the client used it', async () => {
    for (const isUsed of [false, true]) {
      const inner = openMemoryStore({ now: () => 1_800_000_000 });
      const store = { ...inner, close: () => Promise.resolve() };
      const never = Promise.withResolvers<number>();
      const first = recordPosts(() => never.promise);
      const one = await openTold(first, { store });
      await asked(one, 'push');
      await answerAsAlice(one);
      while (first.all.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      const { refresh_token } = bodyOf(first.all[0]);
      if (isUsed) {
        const form = { grant_type: 'refresh_token', refresh_token };
        await tokensOf(await one.post('/token', form, basic('push')));
      }
      const second = recordPosts();
      const two = await openTold(second, { store, people: false });
      two.clock.now += 200;
      two.instance.engine().deliveries.soon();
      await settled(two);
      assertEquals(second.all.length, isUsed ? 0 : 1);
      if (!isUsed) assertEquals(bodyOf(second.all[0]).refresh_token, refresh_token);
      never.resolve(200);
      await one.close();
      await two.close();
    }
  });
});

describe('CIBA §7.1: client_notification_token', () => {
  const rows = [
    ['none', undefined],
    ['one that can be guessed', 'x'.repeat(21)],
    ['one that is too long', 'x'.repeat(1025)],
    ['one that is no bearer token', `${'x'.repeat(30)} "`],
    ['one that would end a header', `${'x'.repeat(30)}\r\nx: y`],
  ] as const;
  for (const [name, client_notification_token] of rows) {
    it(`${name} is refused`, async () => {
      const op = await openTold(recordPosts());
      for (const client_id of ['ping', 'push']) {
        await assertRefused(
          await backchannelRequest(op, { client_notification_token }, basic(client_id)),
          'invalid_request',
        );
      }
    });
  }

  it('is ignored of a client that polls', async () => {
    const op = await openTold(recordPosts());
    await acknowledged(op, { client_notification_token: 'x' });
  });

  it('comes in a signed request as well', async () => {
    const posts = recordPosts();
    const op = await openTold(posts);
    const request = await signedRequest(op, { iss: 'ping', client_notification_token: TOKEN });
    await acknowledged(op, [['request', request]], basic('ping'));
    await answerAsAlice(op);
    await settled(op);
    assertEquals(posts.all[0]?.headers['authorization'], `Bearer ${TOKEN}`);
    await op.close();
  });

  it('T131: neither it nor the auth_req_id can be read from the store or the log', async () => {
    const posts = recordPosts(() => 503);
    const op = await openTold(posts);
    const { auth_req_id } = await asked(op, 'push');
    await answerAsAlice(op);
    await settled(op);
    const { access_token, refresh_token } = bodyOf(posts.all[0]);
    const texts = [...op.log];
    for await (const { key, value } of op.store.list([])) texts.push(JSON.stringify([key, value]));
    for (const secret of [TOKEN, auth_req_id, access_token, refresh_token]) {
      assertEquals(texts.filter((text) => text.includes(secret)), []);
    }
    await op.close();
  });
});

describe('CIBA §4: registration of the modes ping and push', () => {
  const rows = [
    [{ backchannel_client_notification_endpoint: undefined }, 'is required in mode'],
    [
      { backchannel_client_notification_endpoint: 'http://bank.example/cb' },
      'must be an https URL',
    ],
  ] as const;
  for (const [changes, words] of rows) {
    it(`${JSON.stringify(changes)}: ${words}`, async () => {
      for (const client of [PING, PUSH]) {
        const metadata = JSON.parse(JSON.stringify({ ...client, ...changes })) as object;
        const message = await openCibaOp([metadata]).then(() => '', String);
        assert(message.includes(words), message);
      }
    });
  }

  for (
    const binding of ['dpop_bound_access_tokens', 'tls_client_certificate_bound_access_tokens']
  ) {
    it(`push with ${binding} is refused`, async () => {
      const message = await openCibaOp([{ ...PUSH, [binding]: true }]).then(() => '', String);
      assert(message.includes('cannot be bound to a key'), message);
      await openCibaOp([{ ...PING, [binding]: true }]);
    });
  }
});

describe('T073: hostile notification endpoints', () => {
  const HOSTILE: Readonly<Record<string, RequestListener>> = {
    'never answers': () => {},
    'sends a byte at a time': (_request, response) => {
      response.write('{');
      const timer = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(timer));
    },
    'redirects inside': (_request, response) => {
      response.writeHead(307, { location: 'https://localhost:1/' });
      response.end();
    },
    'answers without end': (_request, response) => {
      response.writeHead(200);
      const flood = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', flood);
      };
      flood();
    },
    'hangs up': (request) => {
      request.socket.destroy();
    },
  };

  it('delay nobody else, are not followed, and each request ends', async () => {
    const told: string[] = [];
    const servers = [];
    const clients = [];
    for (const [name, listener] of Object.entries(HOSTILE)) {
      const server = await startTlsServer(listener);
      servers.push(server);
      clients.push({
        ...PING,
        client_id: name.replaceAll(' ', '-'),
        backchannel_client_notification_endpoint: `${server.origin}/cb`,
      });
    }
    const good = await startTlsServer((request, response) => {
      told.push(request.headers.authorization ?? '');
      response.writeHead(204);
      response.end();
    });
    servers.push(good);
    const endpoint = `${good.origin}/cb`;
    const op = await openCibaOp(
      [...clients, { ...PING, backchannel_client_notification_endpoint: endpoint }],
      {
        outbound: { allow_networks: ['127.0.0.0/8'], ca_file: TEST_TLS.cert, timeout: '5s' },
      },
    );
    try {
      for (const { client_id } of [...clients, PING]) {
        await acknowledged(op, { client_notification_token: TOKEN }, basic(client_id));
        await answerAsAlice(op);
      }
      await settled(op);
      assertEquals(told, [`Bearer ${TOKEN}`]);
      const outcomes = new Map<string, string | undefined>();
      for (const collection of [deliveries, endedDeliveries]) {
        for await (const { value } of collection.list(op.store, [ISSUER])) {
          assertEquals(value.attempts, 1);
          outcomes.set(value.client_id, value.last?.problem);
        }
      }
      assertEquals(outcomes.size, clients.length + 1);
      // Whatever comes after a status that says yes counts for nothing.
      for (const taken of ['ping', 'sends-a-byte-at-a-time', 'answers-without-end']) {
        assertEquals(outcomes.get(taken), undefined, taken);
      }
      for (const failed of ['never-answers', 'redirects-inside', 'hangs-up']) {
        assert(outcomes.get(failed) !== undefined, failed);
      }
    } finally {
      await op.close();
      for (const server of servers) await server.close();
    }
  });
});
