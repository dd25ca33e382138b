/** RFC 8707: Resource Indicators, and the audience of a client's own. */
import { describe, it } from 'node:test';
import { assertEquals } from '../support/assert.ts';
import {
  answerOf,
  assertRefused,
  authorizationUrl,
  obtainCode,
  redeem,
  refresh,
  tokensOf,
} from '../support/flow.ts';
import { basic, CLIENT, ISSUER, type Op, openOp } from '../support/op.ts';

const API = 'https://api.example/';
const FILES = 'https://files.example/';
const OWN = 'my-backend';

function open(client: Readonly<Record<string, unknown>> = {}): Promise<Op> {
  return openOp({
    config: {
      clients: [{
        ...CLIENT,
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        ...client,
      }],
      resources: [{ resource: API, scope: 'read' }, { resource: FILES }],
    },
  });
}

async function audienceOf(op: Op, token: string): Promise<unknown> {
  const response = await op.post('/introspect', { token }, basic('app'));
  return (await response.json() as { aud: unknown }).aud;
}

describe('RFC 8707 §2, T023: which names a client may ask for', () => {
  it('registered resources, where the client has no audience of its own', async () => {
    const op = await open();
    const tokens = await tokensOf(await redeem(op, await obtainCode(op, { resource: API })));
    assertEquals(await audienceOf(op, tokens.access_token), [API, ISSUER]);
  });

  it('only its own audience, where it has one: by resource or audience alike', async () => {
    const op = await open({ audience: [OWN, FILES] });
    for (const name of ['resource', 'audience']) {
      const form = { grant_type: 'client_credentials', [name]: OWN };
      const tokens = await tokensOf(await op.post('/token', form, basic('app')));
      assertEquals(await audienceOf(op, tokens.access_token), OWN);
      const foreign = { grant_type: 'client_credentials', [name]: API };
      await assertRefused(await op.post('/token', foreign, basic('app')), 'invalid_target');
      const page = await op.browser().get(authorizationUrl({ [name]: API }));
      assertEquals(answerOf(page)['error'], 'invalid_target');
    }
  });

  it('several at once, by both parameters', async () => {
    const op = await open({ audience: [OWN, FILES] });
    const form = [
      ['grant_type', 'client_credentials'],
      ['resource', FILES],
      ['audience', OWN],
      ['audience', OWN],
    ] as const;
    const tokens = await tokensOf(await op.post('/token', form, basic('app')));
    assertEquals(await audienceOf(op, tokens.access_token), [FILES, OWN]);
  });
});

describe('requested_audience_mode', () => {
  it('explicit: a request that names nobody gets a token for us alone', async () => {
    const op = await open({ audience: [OWN] });
    const tokens = await tokensOf(await redeem(op, await obtainCode(op)));
    assertEquals(await audienceOf(op, tokens.access_token), ISSUER);
  });

  it('implicit: it gets a token for the whole audience', async () => {
    const op = await open({ audience: [OWN, FILES], requested_audience_mode: 'implicit' });
    const tokens = await tokensOf(await redeem(op, await obtainCode(op)));
    assertEquals(await audienceOf(op, tokens.access_token), [OWN, FILES, ISSUER]);
    const form = { grant_type: 'client_credentials' };
    const own = await tokensOf(await op.post('/token', form, basic('app')));
    assertEquals(await audienceOf(op, own.access_token), [OWN, FILES]);
  });
});

describe('RFC 8707 §2.2, T023: narrowing', () => {
  it('at the token endpoint and on refresh, by audience, too; the grant stays whole', async () => {
    const op = await open({ audience: [OWN, FILES] });
    const code = await obtainCode(op, { audience: OWN, resource: FILES });
    const first = await tokensOf(await redeem(op, code, { audience: OWN }));
    assertEquals(await audienceOf(op, first.access_token), [OWN, ISSUER]);
    const second = await tokensOf(await refresh(op, first.refresh_token, { resource: FILES }));
    assertEquals(await audienceOf(op, second.access_token), [FILES, ISSUER]);
    const third = await tokensOf(await refresh(op, second.refresh_token));
    assertEquals(await audienceOf(op, third.access_token), [FILES, OWN, ISSUER]);
  });

  it('what was not granted is invalid_target', async () => {
    const op = await open({ audience: [OWN, FILES] });
    const code = await obtainCode(op, { audience: OWN });
    await assertRefused(await redeem(op, code, { audience: FILES }), 'invalid_target');
    const tokens = await tokensOf(await redeem(op, await obtainCode(op, { audience: OWN })));
    await assertRefused(
      await refresh(op, tokens.refresh_token, { resource: FILES }),
      'invalid_target',
    );
  });
});
