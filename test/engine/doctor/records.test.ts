/** What records, keys, people and the store tell: each check provoked, and mended. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openInstance } from '../../../src/app.ts';
import { requireConfig } from '../../../src/config/parse.ts';
import { newClientSecret } from '../../../src/engine/administration/clients.ts';
import { examine, examineAll } from '../../../src/engine/doctor/examine.ts';
import type { Finding } from '../../../src/engine/doctor/finding.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { METADATA_DEFAULTS } from '../../../src/spec/client_metadata.ts';
import { openFileStore } from '../../../src/store/file/file_store.ts';
import type { FileStore } from '../../../src/store/file/file_store.ts';
import { clients, sessions } from '../../../src/store/collections.ts';
import { assertEquals, assertMatch } from '../../support/assert.ts';
import { obtainTokens } from '../../support/flow.ts';
import { CLIENT, ISSUER, type Op, openOp, quickHasher } from '../../support/op.ts';
import { serveText } from '../../support/serve_text.ts';
import { TEST_TLS } from '../../support/tls.ts';
import { LEAF, LEAF_KEY, MIDDLE, ROOT } from '../../keys/chain.ts';
import { temporaryDirectory } from '../../store/directories.ts';

const OPTIONS = {
  hasRecords: true,
  network: false,
  isServing: true,
  hasNotifier: false,
  trustedProxies: [],
};
const DAY = 86_400;
const LEAF_ENDS = Date.parse('2046-11-19T15:03:30Z') / 1000;

async function findingsOf(
  engine: Engine,
  check: string,
  options = OPTIONS,
): Promise<readonly Finding[]> {
  return (await examine(engine, options)).filter((finding) => finding.check === check);
}

async function withOp(
  config: Readonly<Record<string, unknown>>,
  work: (op: Op, engine: Engine) => Promise<void>,
): Promise<void> {
  const op = await openOp({ config });
  try {
    await work(op, op.instance.engine());
  } finally {
    await op.close();
  }
}

/** Puts a client into the store as another version may have written it. */
async function storeClient(
  engine: Engine,
  client_id: string,
  changes: Readonly<Record<string, unknown>>,
): Promise<void> {
  const record = { ...METADATA_DEFAULTS, ...CLIENT, client_id, provenance: 'dcr', ...changes };
  await engine.store.commit({ put: [clients.put([ISSUER, client_id], record as never)] });
}

describe('doctor: clients and keys', () => {
  it('T045: client_secret: has expired, or will within three weeks', () =>
    withOp({}, async (op, engine) => {
      const client_secret_expires_at = op.clock.now + 30 * DAY;
      await storeClient(engine, 'dyn', { client_secret_expires_at });
      await storeClient(engine, 'public', { client_secret_expires_at, client_secret: undefined });
      assertEquals(await findingsOf(engine, 'client_secret'), []);
      op.clock.now += 15 * DAY;
      const [soon] = await findingsOf(engine, 'client_secret');
      assertEquals([soon?.severity, soon?.about], ['warning', 'client dyn']);
      assertMatch(soon?.found ?? '', /expires at 2027-02-14T08:00:00Z, in 15 days$/);
      assertMatch(
        soon?.change ?? '',
        /^ostiary client secret dyn, /,
      );
      op.clock.now += 15 * DAY;
      const [over] = await findingsOf(engine, 'client_secret');
      assertEquals(over?.severity, 'error');
      assertMatch(over?.found ?? '', /expired at 2027-02-14T08:00:00Z, so it is refused$/);
      assertEquals(
        (await newClientSecret('dyn', { kind: 'mint' }, { kind: 'cli' }, engine)).kind,
        'done',
      );
      assertEquals(await findingsOf(engine, 'client_secret'), []);
    }));

  it('algorithm: no key serves what a client is registered for', () =>
    withOp({}, async (_op, engine) => {
      assertEquals(await findingsOf(engine, 'algorithm'), []);
      await storeClient(engine, 'stored', {
        id_token_signed_response_alg: 'ES512',
        id_token_signed_response_key_id: 'gone',
      });
      const findings = await findingsOf(engine, 'algorithm');
      assertEquals(findings.map(({ about, severity }) => [about, severity]), [
        ['client stored', 'error'],
        ['client stored', 'error'],
      ]);
      assertMatch(
        findings[0]?.found ?? '',
        /registered for ES512, and this server has no such key/,
      );
      assertMatch(findings[1]?.change ?? '', /ostiary key list, and ostiary client update stored/);
      await engine.keys.ensure('sig', ['ES512']);
      assertEquals((await findingsOf(engine, 'algorithm')).length, 1);
    }));

  it('plain_redirect_uri: neither https nor on loopback', () =>
    withOp({}, async (_op, engine) => {
      const redirect_uris = ['http://app.example/cb', 'http://127.0.0.1/cb', 'https://a.example/'];
      await storeClient(engine, 'old', { redirect_uris });
      const [finding, ...more] = await findingsOf(engine, 'plain_redirect_uri');
      assertEquals([finding?.about, more], ['client old', []]);
      assertMatch(finding?.found ?? '', /which are refused: http:\/\/app\.example\/cb$/);
      assertMatch(finding?.change ?? '', /ostiary client update old --redirect-uri URI/);
    }));

  it('key_chain: a certificate has expired, or will', () =>
    withOp({}, async (op, engine) => {
      const outcome = await engine.keys.importKey([LEAF_KEY, LEAF, MIDDLE, ROOT].join('\n'), {});
      assertEquals(outcome.kind, 'done');
      assertEquals(await findingsOf(engine, 'key_chain'), []);
      op.clock.now = LEAF_ENDS - 2 * DAY;
      const [soon] = await findingsOf(engine, 'key_chain');
      assertMatch(soon?.found ?? '', /expires at 2046-11-19T15:03:30Z, in 2 days$/);
      assertEquals(soon?.severity, 'warning');
      op.clock.now = LEAF_ENDS + 1;
      const [over] = await findingsOf(engine, 'key_chain');
      assertEquals(over?.severity, 'error');
      assertMatch(over?.change ?? '', /ostiary key import FILE/);
    }));

  it('jwks_uri: keys that cannot be had, and none that can', async () => {
    let text = '{"keys":[]}';
    const site = await serveText(() => text, 'application/json');
    const clientsOf = (jwks_uri: string) => [{ ...CLIENT, jwks_uri }];
    const network = { ...OPTIONS, network: true, isServing: false };
    const outbound = { allow_networks: ['127.0.0.0/8'], ca_file: TEST_TLS.cert };
    const config = { clients: clientsOf(`${site.origin}/jwks`), outbound };
    await withOp(config, async (op, engine) => {
      assertEquals(await findingsOf(engine, 'jwks_uri', network), []);
      text = '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}';
      const [finding] = await findingsOf(engine, 'jwks_uri', network);
      assertEquals([finding?.severity, finding?.about], ['error', 'client app']);
      assertMatch(
        finding?.change ?? '',
        /correct jwks_uri of client app in the configuration file/,
      );
      op.clock.now += 60;
      assertEquals(await findingsOf(engine, 'jwks_uri', OPTIONS), [], 'no network');
    });
    await withOp({ clients: config.clients }, async (_op, engine) => {
      const [finding] = await findingsOf(engine, 'jwks_uri', network);
      assertMatch(finding?.found ?? '', /special use/);
      assertMatch(finding?.change ?? '', /outbound\.allow_networks/);
    });
    await site.close();
  });

  it('trusted_issuer: keys of issuers whose word counts', async () => {
    const site = await serveText(() => 'no keys', 'application/json');
    const jwks_uri = `${site.origin}/jwks`;
    const network = { ...OPTIONS, network: true, isServing: false };
    const config = {
      outbound: { allow_networks: ['127.0.0.0/8'], ca_file: TEST_TLS.cert },
      trusted_issuers: {
        ci: { issuer: 'https://ci.example', jwks_uri, subject_is: 'username' },
      },
      registration: {
        software_statement_issuers: [{ issuer: 'https://software.example', jwks_uri }],
      },
    };
    await withOp(config, async (_op, engine) => {
      const findings = await findingsOf(engine, 'trusted_issuer', network);
      assertEquals(findings.map(({ severity, about }) => [severity, about]), [
        ['error', 'https://ci.example'],
        ['error', 'https://software.example'],
      ]);
      assertMatch(findings[0]?.change ?? '', /correct jwks_uri of that issuer/);
      assertEquals(await findingsOf(engine, 'trusted_issuer', OPTIONS), [], 'no network');
    });
    await site.close();
  });

  it('sector: a client of the file whose list does not confirm it', async () => {
    const list: string[] = [...CLIENT.redirect_uris];
    const site = await serveText(() => JSON.stringify(list), 'application/json');
    const sector_identifier_uri = `${site.origin}/sector`;
    const network = { ...OPTIONS, network: true, isServing: false };
    const outbound = { allow_networks: ['127.0.0.0/8'], ca_file: TEST_TLS.cert };
    const clients = [{ ...CLIENT, subject_type: 'pairwise', sector_identifier_uri }];
    await withOp({ clients, outbound }, async (_op, engine) => {
      assertEquals(await findingsOf(engine, 'sector', network), []);
      list.pop();
      const [finding] = await findingsOf(engine, 'sector', network);
      assertEquals([finding?.severity, finding?.about], ['error', 'client app']);
      assertMatch(finding?.found ?? '', /lacks a redirect URI of the client: https:\/\/app/);
      assertMatch(finding?.change ?? '', /sector answer with a JSON array of every redirect URI/);
      assertEquals(await findingsOf(engine, 'sector', OPTIONS), [], 'no network');
    });
    await site.close();
  });

  it('looks through all clients once for all checks, however many there are', () =>
    withOp({}, async (_op, engine) => {
      for (const id of ['one', 'two']) {
        await storeClient(engine, id, {
          client_secret_expires_at: 1,
          redirect_uris: ['http://app.example/cb'],
          id_token_signed_response_alg: 'ES512',
        });
      }
      const looks: string[] = [];
      const store = {
        ...engine.store,
        list: ((prefix, options) => {
          if (prefix[0] === 'client') looks.push(prefix.join());
          return engine.store.list(prefix, options);
        }) as typeof engine.store.list,
      };
      const found = await examine({ ...engine, store }, OPTIONS);
      for (const check of ['client_secret', 'plain_redirect_uri', 'algorithm']) {
        assertEquals(found.filter((each) => each.check === check).length, 2, check);
      }
      assertEquals(looks.length, 1);
    }));

  it('lists 25 of a kind and counts the rest, and a check that fails keeps no other from being made', () =>
    withOp({}, async (_op, engine) => {
      for (let i = 0; i < 30; i += 1) {
        await storeClient(engine, `app${i}`, { client_secret_expires_at: 1 });
      }
      const findings = await findingsOf(engine, 'client_secret');
      assertEquals(findings.length, 26);
      assertMatch(findings.at(-1)?.found ?? '', /^5 more of the same kind are not listed$/);
      const directory = {
        ...engine.directory,
        isEmpty: () => Promise.reject(new Error('users.yaml is gone')),
      };
      const broken = await examine({ ...engine, directory }, OPTIONS);
      const [failed] = broken.filter(({ check }) => check === 'administrators');
      assertMatch(failed?.change ?? '', /the log says why, at doctor\.check_failed$/);
      assertEquals(broken.length, 27);
    }));
});

describe('doctor: people and messages', () => {
  it('administrators: nobody yet, nobody in the group, one without a second factor', async () => {
    const op = await openOp({ people: false });
    const engine = op.instance.engine();
    const only = async (): Promise<Finding | undefined> =>
      (await findingsOf(engine, 'administrators'))[0];
    assertMatch((await only())?.found ?? '', /^there is nobody yet/);
    const person = { groups: [], claims: {}, attributes: {}, provenance: 'cli' } as const;
    await engine.directory.create({ ...person, username: 'bob' });
    assertMatch((await only())?.found ?? '', /in the group admins/);
    const made = await engine.directory.create({
      ...person,
      username: 'carol',
      groups: ['admins'],
    });
    assertEquals((await only())?.about, 'user carol');
    assertMatch((await only())?.change ?? '', /https:\/\/op\.example\/account\/factors/);
    const id = made.kind === 'created' ? made.user.id : '';
    const factor = { id: 'f', name: 'f', kind: 'totp', created_at: 1, sealed: '', last_step: 0 };
    await engine.store.commit({ put: [{ key: ['factor', id, 'f'], value: factor }] });
    assertEquals(await only(), undefined);
    await engine.directory.disable(id);
    assertMatch((await only())?.found ?? '', /in the group admins/);
    await op.close();
  });

  it('notifier: fails, works again, or was never tried', async () => {
    let isBroken = true;
    const op = await openOp({
      notifier: {
        takesNames: false,
        send: () =>
          isBroken ? Promise.reject(new Error('the mail server\nrefused')) : Promise.resolve(),
      },
    });
    const engine = op.instance.engine();
    const configured = { ...OPTIONS, hasNotifier: true };
    assertEquals(await findingsOf(engine, 'notifier'), []);
    assertMatch(
      (await findingsOf(engine, 'notifier', configured))[0]?.change ?? '',
      /notifier test/,
    );
    const message = { to: 'a@alice.example', kind: 'test', subject: 's', text: 't' };
    await engine.notifier.send(message).catch(() => {});
    const [finding] = await findingsOf(engine, 'notifier');
    assertEquals(finding?.severity, 'error');
    assertMatch(finding?.found ?? '', /not handed on once, .*: the mail server\\u\{a\}refused$/);
    isBroken = false;
    op.clock.now += 1;
    await engine.notifier.send(message);
    assertEquals(await findingsOf(engine, 'notifier', configured), []);
    await op.close();
  });
});

describe('doctor: clock and store', () => {
  it('clock: records from the future', () =>
    withOp({}, async (op, engine) => {
      await obtainTokens(op);
      op.clock.now -= 50;
      assertEquals(await findingsOf(engine, 'clock'), []);
      op.clock.now -= 50;
      const [finding] = await findingsOf(engine, 'clock');
      assertEquals([finding?.severity, finding?.about], ['error', 'clock']);
      assertMatch(
        finding?.found ?? '',
        /is dated 2027-01-15T08:00:00Z, .* says 2027-01-15T07:58:20Z$/,
      );
      assertMatch(finding?.change ?? '', /NTP/);
    }));

  it('clock: a session from the future, of this issuer alone', () =>
    withOp({}, async (op, engine) => {
      const session = { created_at: op.clock.now, last_used_at: op.clock.now + 3600 } as never;
      await engine.store.commit({ put: [sessions.put(['https://other.example', 's'], session)] });
      assertEquals(await findingsOf(engine, 'clock'), []);
      await engine.store.commit({ put: [sessions.put([ISSUER, 's'], session)] });
      assertMatch((await findingsOf(engine, 'clock'))[0]?.found ?? '', /^a session is dated/);
    }));

  it('T135: store: a damaged record of a closed segment', async () => {
    const { path, remove } = temporaryDirectory();
    const first = await openFileStore(path, { segmentBytes: 2000, sweepMilliseconds: 60_000 });
    for (let i = 0; i < 40; i += 1) {
      await first.commit({ put: [{ key: ['k', `${i}`], value: 'x'.repeat(200) }] });
    }
    await first.close();
    const store = await openFileStore(path);
    await withOp({}, async (_op, engine) => {
      assertEquals(await findingsOf({ ...engine, store }, 'store'), []);
      const file = join(path, 'journal/000001.jsonl');
      const bytes = await readFile(file);
      await writeFile(file, bytes.fill(0x30, bytes.length - 60, bytes.length - 30));
      const [finding] = await findingsOf({ ...engine, store }, 'store');
      assertEquals(finding?.severity, 'error');
      assertMatch(
        finding?.found ?? '',
        /^1 damaged lines, of which 1 lose .*000001\.jsonl at byte/,
      );
      assertMatch(finding?.change ?? '', /ostiary store load FILE/);
    });
    await store.close();
    remove();
  });

  it('store: takes no writes, or holds little but waste', () =>
    withOp({}, async (_op, engine) => {
      const stats = { state: 'open', bytes: 2 ** 30, liveBytes: 2 ** 29 };
      const seem = async (changes: object): Promise<readonly Finding[]> => {
        const store = {
          ...engine.store,
          verify: () => Promise.resolve({ segments: 1, lines: 1, bytes: 1, damages: [] }),
          compact: () => Promise.reject(new Error('not now')),
          stats: () => ({ ...stats, ...changes }),
        } as unknown as FileStore;
        return await findingsOf({ ...engine, store }, 'store');
      };
      assertEquals(await seem({}), []);
      assertEquals(await seem({ bytes: 2 ** 20, liveBytes: 1 }), []);
      const [waste] = await seem({ liveBytes: 2 ** 26 });
      assertMatch(waste?.found ?? '', /^1024 MiB on disk hold 64 MiB that count$/);
      assertMatch(waste?.change ?? '', /^ostiary store compact/);
      const [full] = await seem({ state: 'read_only', problem: 'ENOSPC\u0007' });
      assertMatch(full?.found ?? '', /^takes no writes: ENOSPC\\u\{7\}$/);
    }));
});

describe('doctor: several issuers', () => {
  it('commands name the issuer that they are bound to, and what is shared is told once', async () => {
    const issuers = [{ issuer: ISSUER }, { issuer: `${ISSUER}/other` }];
    const config = requireConfig({ issuers, storage: { engine: 'memory' } });
    const instance = await openInstance(config, { log: () => {}, hasher: quickHasher() });
    const lost = { client_secret_expires_at: 1, token_endpoint_auth_method: 'client_secret_basic' };
    await storeClient(instance.engine(), 'app', lost);
    const findings = await examineAll(instance.engines(), OPTIONS);
    assertEquals(
      findings.map(({ check, issuer }) => [check, issuer]),
      [['client_secret', ISSUER], ['administrators', undefined]],
    );
    assertMatch(
      findings[0]?.change ?? '',
      /^ostiary client secret --issuer https:\/\/op\.example app,/,
    );
    await instance.close();
  });
});
