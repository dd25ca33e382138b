/** What lies at a sector_identifier_uri, over a real https server of the client's. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import type { Config } from '../../src/config/config.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { addClient, updateClient } from '../../src/engine/administration/clients.ts';
import type { Outcome } from '../../src/engine/administration/outcome.ts';
import { parseMetadata } from '../../src/engine/administration/client_options.ts';
import { claimedSectorProblem, sectorOf, sectorProblem } from '../../src/engine/sector.ts';
import { clients } from '../../src/store/collections.ts';
import { assert, assertEquals, assertStringIncludes } from '../support/assert.ts';
import { CLI, CLIENT, ISSUER, type Op, openOp } from '../support/op.ts';
import { TEST_TLS } from '../support/tls.ts';

const MINT = { kind: 'mint' } as const;
const URIS = ['https://a.example/cb', 'https://b.example/cb'];

const OUTBOUND = { allow_networks: ['127.0.0.0/8'], ca_file: TEST_TLS.cert };

interface Site {
  readonly uri: string;
  asked: number;
  status: number;
  type: string;
  body: string;
}

async function withSite(work: (site: Site, op: Op) => Promise<void>): Promise<void> {
  const server = createServer(TEST_TLS, (_, response) => {
    site.asked += 1;
    response.writeHead(site.status, { 'content-type': site.type, location: '/elsewhere' });
    response.end(site.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const site: Site = {
    uri: `https://localhost:${(server.address() as AddressInfo).port}/sector.json`,
    asked: 0,
    status: 200,
    type: 'application/json',
    body: JSON.stringify(URIS),
  };
  const op = await openOp({ config: { outbound: OUTBOUND } });
  try {
    await work(site, op);
  } finally {
    await op.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

function problemOf(outcome: Outcome<unknown>): string {
  assert(outcome.kind === 'refused', JSON.stringify(outcome));
  return outcome.problem;
}

function assertDone(outcome: Outcome<unknown>): void {
  assertEquals(outcome.kind, 'done', JSON.stringify(outcome));
}

describe('Registration §5: the list at a sector_identifier_uri', () => {
  const ROWS: readonly (readonly [what: string, change: Partial<Site>, problem: string])[] = [
    ['that lacks a redirect URI', { body: '["https://a.example/cb"]' }, 'https://b.example/cb'],
    [
      'that has one in another spelling',
      { body: JSON.stringify([URIS[0], 'https://b.example/cb/']) },
      'https://b.example/cb',
    ],
    ['that is no array', { body: `{"0":"${URIS[0]}"}` }, 'JSON array of strings'],
    ['with other things in it', { body: JSON.stringify([...URIS, 1]) }, 'JSON array of strings'],
    ['that is no JSON', { body: URIS.join('\n') }, 'cannot be fetched'],
    ['of another media type', { type: 'text/html' }, 'cannot be fetched'],
    ['that is elsewhere', { status: 302 }, 'cannot be fetched'],
    ['that is not there', { status: 404 }, 'cannot be fetched'],
    ['without end', { body: JSON.stringify(Array(9999).fill(URIS[0])) }, 'cannot be fetched'],
  ];
  for (const [what, change, problem] of ROWS) {
    it(`${what} is refused`, () =>
      withSite(async (site, op) => {
        Object.assign(site, change);
        const metadata = {
          redirect_uris: URIS,
          subject_type: 'pairwise',
          sector_identifier_uri: site.uri,
        };
        const outcome = await addClient('new', metadata, MINT, CLI, op.instance.engine());
        assertStringIncludes(problemOf(outcome), `sector_identifier_uri`);
        assertStringIncludes(problemOf(outcome), problem);
        assertEquals(await clients.get(op.store, 'https://op.example', 'new'), undefined);
      }));
  }

  it('holds every redirect URI of the client, of a public one, too', () =>
    withSite(async (site, op) => {
      const engine = op.instance.engine();
      const metadata = { redirect_uris: URIS, sector_identifier_uri: site.uri };
      assertDone(
        await addClient('pairwise', { ...metadata, subject_type: 'pairwise' }, MINT, CLI, engine),
      );
      assertDone(await addClient('public', metadata, MINT, CLI, engine));
      const more = { ...metadata, redirect_uris: [...URIS, 'https://c.example/cb'] };
      assertStringIncludes(
        problemOf(await addClient('more', more, MINT, CLI, engine)),
        'lacks a redirect URI of the client: https://c.example/cb',
      );
    }));

  it('is asked anew when redirect URIs come, and only then', () =>
    withSite(async (site, op) => {
      const engine = op.instance.engine();
      const metadata = { redirect_uris: URIS, sector_identifier_uri: site.uri };
      assertDone(await addClient('app2', metadata, MINT, CLI, engine));
      assertEquals(site.asked, 1);
      site.body = '[]';
      assertDone(await updateClient('app2', { client_name: 'Two' }, CLI, engine));
      assertDone(await updateClient('app2', { redirect_uris: URIS.slice(0, 1) }, CLI, engine));
      assertEquals(site.asked, 1);
      const outcome = await updateClient('app2', { redirect_uris: URIS }, CLI, engine);
      assertStringIncludes(problemOf(outcome), 'lacks a redirect URI of the client');
      assertEquals(site.asked, 2);
    }));

  it('T088: a place that we may not ask is not asked, and the answer does not say why', () =>
    withSite(async (site, op) => {
      const engine = op.instance.engine();
      const uri = site.uri.replace('localhost', '10.0.0.1');
      const metadata = { redirect_uris: URIS, sector_identifier_uri: uri };
      assertEquals(
        problemOf(await addClient('app2', metadata, MINT, CLI, engine)),
        'sector_identifier_uri cannot be fetched as application/json',
      );
      assert(
        op.log.some((line) => line.includes('sector.not_fetched') && line.includes('10.0.0.1')),
      );
    }));
});

describe('Core §8.1: the sector of a client', () => {
  const PAIRWISE = { redirect_uris: ['https://a.example/cb'], subject_type: 'pairwise' };

  it('is not left by accident, since everybody would get another sub', () =>
    withSite(async (site, op) => {
      const engine = op.instance.engine();
      assertDone(await addClient('app2', PAIRWISE, MINT, CLI, engine));
      const rows = [
        [{ subject_type: 'public' }, 'subject_type must keep the client in sector a.example'],
        [
          { redirect_uris: ['https://b.example/cb'] },
          'sector_identifier_uri must keep the client in sector a.example',
        ],
        [
          { sector_identifier_uri: site.uri },
          'as everybody would get another sub in localhost; --new-subs (new_subs) allows that',
        ],
      ] as const;
      for (const [change, problem] of rows) {
        assertStringIncludes(problemOf(await updateClient('app2', change, CLI, engine)), problem);
      }
      assertDone(
        await updateClient('app2', { redirect_uris: ['https://a.example/b'] }, CLI, engine),
      );
      const moved = { redirect_uris: ['https://b.example/cb'] };
      assertDone(await updateClient('app2', moved, CLI, engine, { newSubs: true }));
    }));

  it('of several hosts must be named by a URI', () =>
    withSite(async (_, op) => {
      const engine = op.instance.engine();
      const rows = [
        URIS,
        ['https://a.example/cb', 'com.example.app:/cb'],
        ['https://a.example/cb', 'http://127.0.0.1/cb'],
      ];
      for (const redirect_uris of rows) {
        const outcome = await addClient('app2', { ...PAIRWISE, redirect_uris }, MINT, CLI, engine);
        assertStringIncludes(problemOf(outcome), 'redirect URIs on several hosts');
      }
    }));

  it('cannot be claimed by whoever needs no redirect to get at subs', () =>
    withSite((_, { instance }) => {
      const problemWith = (change: object): string | undefined => {
        const grant_types = ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'];
        const metadata = { ...PAIRWISE, grant_types, ...change };
        const parsed = parseMetadata(metadata, instance.engine());
        assert(parsed.ok, JSON.stringify(parsed));
        return claimedSectorProblem(parsed.metadata)?.field;
      };
      assertEquals(problemWith({}), 'subject_type');
      assertEquals(
        problemWith({
          redirect_uris: ['com.app:/cb'],
          sector_identifier_uri: 'https://a.example/s',
        }),
        'subject_type',
      );
      const asking = {
        redirect_uris: [],
        grant_types: ['urn:openid:params:grant-type:ciba'],
        backchannel_token_delivery_mode: 'ping',
        backchannel_client_notification_endpoint: 'https://victim.example/cb',
      };
      assertEquals(problemWith(asking), 'subject_type');
      assertEquals(problemWith({ subject_type: 'public' }), undefined);
      assertEquals(problemWith({ grant_types: ['authorization_code'] }), undefined);
      assertEquals(
        problemWith({ redirect_uris: ['com.example.app:/cb', 'http://127.0.0.1/cb'] }),
        undefined,
      );
      return Promise.resolve();
    }));
});

describe('the sector of a client of the file', () => {
  const FILE_CLIENT = {
    ...CLIENT,
    redirect_uris: URIS,
    subject_type: 'pairwise',
  };

  /** What was logged of sectors, once the list was asked for that often and answered. */
  async function doubts(op: Op, site: Site, asked: number): Promise<readonly string[]> {
    while (site.asked < asked) await new Promise((resolve) => setTimeout(resolve, 5));
    const of = (): readonly string[] => op.log.filter((line) => line.includes('client.'));
    for (let turn = 0; turn < 100 && of().length === 0; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return of();
  }

  function configOf(clients: readonly object[]): Config {
    const parsed = parseConfig({ issuer: ISSUER, clients, outbound: OUTBOUND });
    assert(parsed.ok, JSON.stringify(parsed));
    return parsed.config;
  }

  it('that its list does not confirm is an error in the log, and the provider runs', () =>
    withSite(async (site) => {
      site.body = '[]';
      const clients = [{ ...FILE_CLIENT, sector_identifier_uri: site.uri }];
      const op = await openOp({ config: { clients, outbound: OUTBOUND } });
      const [line = ''] = await doubts(op, site, 1);
      const { level, event, client_id, problem } = JSON.parse(line) as Record<string, string>;
      assertEquals([level, event, client_id], ['error', 'client.sector_not_confirmed', 'app']);
      assertStringIncludes(problem ?? '', 'lacks a redirect URI of the client');
      assertEquals((await op.fetch('/jwks')).status, 200);
      await op.close();
    }));

  it('that changes at a reload is said, and asked about if its list matters', () =>
    withSite(async (site) => {
      const first = { ...FILE_CLIENT, redirect_uris: ['https://a.example/cb'] };
      const op = await openOp({ config: { clients: [first], outbound: OUTBOUND } });
      await op.instance.reload(configOf([first]));
      assertEquals(op.log.filter((line) => line.includes('client.')), []);
      await op.instance.reload(configOf([{ ...FILE_CLIENT, sector_identifier_uri: site.uri }]));
      const [line = ''] = await doubts(op, site, 1);
      const { level, event, problem } = JSON.parse(line) as Record<string, string>;
      assertEquals([level, event], ['warn', 'client.new_sector']);
      assertStringIncludes(problem ?? '', 'must keep the client in sector a.example');
      await op.close();
      assertEquals(op.log.filter((each) => each.includes('not_confirmed')), []);
    }));
});

describe('CIBA §4: sectors of clients without redirect URIs', () => {
  const PAIR = { client_id: 'bank', subject_type: 'pairwise', redirect_uris: [] } as const;
  const URIS = {
    backchannel_client_notification_endpoint: 'https://told.example/cb',
    jwks_uri: 'https://keys.example/jwks',
  };

  const rows = [
    ['poll', 'keys.example'],
    ['ping', 'told.example'],
    ['push', 'told.example'],
    [undefined, 'client:bank'],
  ] as const;
  for (const [backchannel_token_delivery_mode, sector] of rows) {
    it(`${backchannel_token_delivery_mode}: ${sector}`, () => {
      assertEquals(sectorOf({ ...PAIR, ...URIS, backchannel_token_delivery_mode }), sector);
      const redirect_uris = ['https://app.example/cb'];
      assertEquals(
        sectorOf({ ...PAIR, ...URIS, redirect_uris, backchannel_token_delivery_mode }),
        'app.example',
      );
    });
  }

  it('the list at the sector_identifier_uri has the notification endpoint', () =>
    withSite(async (site, { instance }) => {
      const metadata = {
        ...PAIR,
        client_id: undefined,
        sector_identifier_uri: site.uri,
        grant_types: ['urn:openid:params:grant-type:ciba'],
        backchannel_token_delivery_mode: 'ping',
        backchannel_client_notification_endpoint: 'https://told.example/cb',
      };
      const parsed = parseMetadata(JSON.parse(JSON.stringify(metadata)), instance.engine());
      assert(parsed.ok, JSON.stringify(parsed));
      const problem = await sectorProblem(parsed.metadata, instance.engine());
      assertStringIncludes(problem?.problem ?? '', 'lacks a URI of the client: https://told');
      site.body = '["https://told.example/cb"]';
      assertEquals(await sectorProblem(parsed.metadata, instance.engine()), undefined);
    }));
});
