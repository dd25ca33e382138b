import { Buffer } from 'node:buffer';
import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { roomFinding } from '../../src/cli/doctor/machine.ts';
import type { Finding } from '../../src/engine/doctor/finding.ts';
import { assertEquals, assertMatch, assertStringIncludes } from '../support/assert.ts';
import { makeCertificate } from '../support/certificates.ts';
import { openPlace, type Place, SLOW } from '../support/cli.ts';
import { TEST_TLS } from '../support/tls.ts';

interface Report {
  readonly ok: boolean;
  readonly server: string;
  readonly findings: readonly Finding[];
}

async function reportOf(
  place: Place,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Report & { readonly code: number | null }> {
  const { code, stdout } = await place.run(['doctor', '--json', ...args], { env });
  return { ...JSON.parse(stdout) as Report, code };
}

function named(report: Report, check: string): Finding {
  const found = report.findings.find((finding) => finding.check === check);
  if (found === undefined) throw new Error(`no ${check} among ${JSON.stringify(report)}`);
  return found;
}

const CLIENT = `clients:
  - client_id: app
    token_endpoint_auth_method: none
    redirect_uris: [ https://app.example/cb ]
`;

async function inPlace(
  work: (place: Place) => Promise<void>,
  kind: 'fresh' | 'with keys' = 'with keys',
): Promise<void> {
  const place = await openPlace(kind);
  try {
    await work(place);
  } finally {
    await place.close();
  }
}

describe('ostiary doctor', () => {
  it(
    'asks a running server, and tells the same of its store afterwards',
    SLOW,
    () =>
      inPlace(async (place) => {
        await place.write('ostiary.yaml', `issuer: http://localhost:9091\n${CLIENT}`);
        await place.json(['user', 'add', 'alice', '--group', 'admins']);
        const server = await place.serve();
        const asked = new URLSearchParams({
          client_id: 'app',
          response_type: 'code',
          redirect_uri: 'https://app.example/other\n\u001b[31m',
        });
        await (await fetch(`${server.address}/authorize?${asked}`)).text();
        const running = await reportOf(place);
        assertEquals([running.ok, running.server, running.code], [true, 'running', 0]);
        const finding = named(running, 'redirect_uri');
        assertMatch(finding.found, /other\\u\{a\}\\u\{1b\}\[31m once, at 20/);
        assertMatch(named(running, 'administrators').about, /^user alice$/);
        await server.stop();
        const stopped = await reportOf(place);
        assertEquals([stopped.ok, stopped.server, stopped.code], [true, 'stopped', 0]);
        assertEquals(named(stopped, 'redirect_uri').found, finding.found);
      }),
  );

  it(
    'prints for people what is wrong and what to change, the worst first',
    SLOW,
    () =>
      inPlace(async (place) => {
        await place.write(
          'ostiary.yaml',
          `issuer: http://intern.example\ndevelopment: true\n${CLIENT}`,
        );
        const { code, stdout, stderr } = await place.run(['doctor'], {
          env: { OSTIARY_DATA: 'nowhere' },
        });
        assertEquals([code, stderr], [1, '']);
        assertMatch(
          stdout,
          /^error: .*ostiary\.yaml \(development\)\n {2}found {3}development is on/m,
        );
        assertMatch(stdout, /^ {2}change {2}set issuer to an https address/m);
        assertMatch(stdout, /^note: .*nowhere \(store\)\n {2}found {3}there is no store yet$/m);
        assertMatch(
          stdout,
          /only what needs none was looked at\. 1 error, 0 warnings, 2 notes\.\n$/,
        );
      }),
  );

  it(
    'tells of options that lead nowhere, whether file or store has them, and a start does as well',
    SLOW,
    () =>
      inPlace(async (place) => {
        const rule = (domain: string, client: string) => ({
          domain,
          policy: 'one_factor',
          subject: `client:${client}`,
        });
        const options = {
          authorization_policies: {
            robots: {
              default_policy: 'deny',
              rules: [{ policy: 'one_factor', subject: ['client:stored', 'client:nowhere'] }],
            },
          },
          resources: [{
            resource: 'https://api.example/',
            introspection_clients: ['stored', 'nobody'],
          }],
        };
        const lines = Object.entries(options).map(([name, value]) =>
          `${name}: ${JSON.stringify(value)}\n`
        );
        await place.write(
          'ostiary.yaml',
          `issuer: http://localhost:9091\n${CLIENT}${lines.join('')}`,
        );
        await place.json([
          'client',
          'add',
          'stored',
          '--public',
          '--redirect-uri',
          'https://a.example/',
        ]);
        const access = {
          default_policy: 'two_factor',
          rules: [rule('a.example', 'stored'), rule('b.example', 'none')],
        };
        await place.json(['config', 'set', 'access_control', JSON.stringify(access)]);
        const unmet = (report: Report): readonly string[] =>
          report.findings.filter(({ check }) => check === 'configuration')
            .map(({ about, found }) => `${about} ${found}`);
        const found = [
          'access_control it has no effect, as trusted_proxies names no proxy that may ask',
          'access_control.default_policy it asks for a sign-in, which is for hosts that a rule names: let the last rule name them, such as *.example.com',
          'access_control.rules[1].subject it names the client none, which neither the configuration file nor the store defines',
          'authorization_policies.robots.rules[0].subject it names the client nowhere, which neither the configuration file nor the store defines',
          'introspection_clients of the resource https://api.example/ it names the client nobody, which neither the configuration file nor the store defines',
        ];
        assertEquals(unmet(await reportOf(place)), found);
        const server = await place.serve();
        assertEquals(unmet(await reportOf(place)), found);
        await server.stop();
        const doubts = server.output().stderr.split('\n').filter((line) =>
          line.includes('config.doubt')
        );
        assertEquals(doubts.length, found.length, doubts.join('\n'));
        for (const [index, line] of found.entries()) {
          assertStringIncludes(doubts[index] ?? '', line.replace(' it ', ' '));
        }
      }),
  );

  it(
    'names the mistakes of a configuration, and asks the server that refused it',
    SLOW,
    () =>
      inPlace(async (place) => {
        await place.write('ostiary.yaml', `data: elsewhere\n${CLIENT}`);
        const server = await place.serve();
        await place.write('ostiary.yaml', `data: elsewhere\nclient: []\nname: 5\n${CLIENT}`);
        const running = await reportOf(place);
        assertEquals([running.ok, running.server, running.code], [false, 'running', 1]);
        const mistakes = running.findings.filter(({ check }) => check === 'configuration');
        assertEquals(mistakes.length, 2);
        assertMatch(mistakes[0]?.found ?? '', /^ostiary\.yaml:2: client is not a known option/);
        assertMatch(named(running, 'administrators').found, /nobody yet/);
        await server.stop();
        const stopped = await reportOf(place);
        assertEquals([stopped.server, stopped.code], ['unknown', 1]);
        await place.write('ostiary.yaml', 'clients: [');
        assertMatch(named(await reportOf(place), 'configuration').found, /^ostiary\.yaml:1/);
      }),
  );

  it(
    'T138: names what others may read, and secret.key when it is gone',
    SLOW,
    () =>
      inPlace(async (place) => {
        const data = join(place.directory, 'data');
        await place.write(
          'ostiary.yaml',
          `${CLIENT}    client_secret: "$plaintext$0123456789abcdef"\n`
            .replace('method: none', 'method: client_secret_basic'),
        );
        const loose = async (): Promise<readonly string[]> =>
          (await reportOf(place)).findings
            .filter(({ check }) => check === 'permissions').map(({ change }) => change);
        await chmod(join(place.directory, 'ostiary.yaml'), 0o640);
        assertEquals(await loose(), []);
        await chmod(data, 0o755);
        await chmod(join(data, 'secret.key'), 0o644);
        await chmod(join(place.directory, 'ostiary.yaml'), 0o644);
        assertEquals(await loose(), [
          `chmod 700 ${data}`,
          `chmod 600 ${join(data, 'secret.key')}`,
          `chmod o= ${join(place.directory, 'ostiary.yaml')}`,
        ]);
        assertEquals(named(await reportOf(place), 'administrators').severity, 'note');
        await rm(join(data, 'secret.key'));
        const report = await reportOf(place);
        assertEquals([report.code, report.server], [1, 'unknown']);
        assertMatch(named(report, 'storage_key').change, /from the backup/);
        assertStringIncludes(named(report, 'store').found, 'secret.key');
        assertEquals(report.findings.some(({ check }) => check === 'administrators'), false);
      }),
  );

  it(
    'says why a store cannot be opened, and looks at the clients all the same',
    SLOW,
    () =>
      inPlace(async (place) => {
        await place.write('ostiary.yaml', `${CLIENT}    id_token_signed_response_key_id: gone\n`);
        await place.write('file', 'no directory');
        const report = await reportOf(place, ['--data', 'file']);
        assertEquals([report.code, report.server], [1, 'unknown']);
        const [first, second] = report.findings.filter(({ check }) => check === 'store');
        assertMatch(first?.change ?? '', /ostiary serve/);
        assertMatch(second?.found ?? '', /client app: id_token_signed_response_key_id names no/);
      }),
  );

  it('names whoever holds the store and cannot be asked', SLOW, () =>
    inPlace(async (place) => {
      const server = await place.serve();
      await rm(join(place.directory, 'data/control.json'));
      const report = await reportOf(place);
      assertEquals([report.code, report.server], [1, 'unknown']);
      assertMatch(named(report, 'store').found, /in use by process \d+/);
      assertMatch(named(report, 'store').change, /as whoever runs that process/);
      await server.stop();
    }));

  it(
    'tells of certificates that end, and of the private key that others may read',
    SLOW,
    () =>
      inPlace(async (place) => {
        const tls = 'listen: { tls: { cert: cert.pem, key: key.pem } }';
        await place.write('ostiary.yaml', `issuer: https://localhost:9091\n${tls}\n${CLIENT}`);
        await place.write('key.pem', TEST_TLS.key);
        await chmod(join(place.directory, 'key.pem'), 0o600);
        const nowSeconds = Math.floor(Date.now() / 1000);
        const rows = [
          [{}, undefined],
          [
            { notAfter: nowSeconds + 86_400 * 3 + 600 },
            /^the certificate expires at .*, in 3 days$/,
          ],
          [{ notAfter: nowSeconds - 60 }, /^the certificate expired at /],
          [
            { notBefore: nowSeconds + 3600 },
            /^the certificate is valid from .* only, and the clock/,
          ],
        ] as const;
        const args = ['--no-network', '--data', 'nowhere'];
        for (const [dates, found] of rows) {
          const { der } = makeCertificate({ subject: [['2.5.4.3', 'localhost']], ...dates });
          const base64 = Buffer.from(der).toString('base64');
          await place.write(
            'cert.pem',
            `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
          );
          const { findings } = await reportOf(place, args);
          const ofTls = findings.filter(({ check }) => check === 'tls_certificate');
          assertEquals(ofTls.length, found === undefined ? 0 : 1);
          if (found !== undefined) assertMatch(ofTls[0]?.found ?? '', found);
          assertEquals(findings.some(({ check }) => check === 'permissions'), false);
        }
        await chmod(join(place.directory, 'key.pem'), 0o644);
        assertMatch(named(await reportOf(place, args), 'permissions').about, /key\.pem$/);
      }),
  );

  it('tells that a proxy must be there which nobody trusts', SLOW, () =>
    inPlace(async (place) => {
      const args = ['--no-network', '--data', 'nowhere'];
      await place.write('ostiary.yaml', `issuer: https://op.example\n${CLIENT}`);
      const finding = named(await reportOf(place, args), 'trusted_proxies');
      assertMatch(finding.change, /\[ 127\.0\.0\.1\/32 \]/);
      const right = 'trusted_proxies: [ 127.0.0.1 ]\npassword_reset: { enabled: false }';
      await place.write('ostiary.yaml', `issuer: https://op.example\n${right}\n${CLIENT}`);
      const { findings } = await reportOf(place, args);
      assertEquals(findings.map(({ check }) => check), ['store']);
    }));

  it('tells how little room is left', () => {
    const [little, hardly] = [300, 10].map((mebibytes) => roomFinding('data', mebibytes * 2 ** 20));
    assertEquals([little?.severity, hardly?.severity], ['warning', 'error']);
    assertEquals(hardly?.found, 'its disk has 10 MiB left');
  });

  it('examines every issuer, and names whose a finding is', SLOW, () =>
    inPlace(async (place) => {
      const one =
        '  - issuer: http://localhost:9091\n    clients: [ { client_id: app, scope: openid,' +
        ' token_endpoint_auth_method: none, redirect_uris: [ https://app.example/cb ] } ]\n';
      const other = one.replace('9091', '9091/other');
      await place.write('ostiary.yaml', `issuers:\n${one}${other}`);
      const server = await place.serve();
      for (const path of ['', '/other', '/other']) {
        const asked = `client_id=app&redirect_uri=https://x.example${path}`;
        await (await fetch(`${server.address}${path}/authorize?${asked}`)).text();
      }
      const checked = async (args: readonly string[]): Promise<readonly unknown[]> =>
        (await reportOf(place, ['--no-network', ...args])).findings
          .filter(({ check }) => check === 'redirect_uri')
          .map(({ issuer, found }) => [issuer, /x\.example\S* (once|2 times)/.exec(found)?.[0]]);
      const first = ['http://localhost:9091', 'x.example once'];
      const second = ['http://localhost:9091/other', 'x.example/other 2 times'];
      assertEquals(await checked([]), [first, second]);
      assertEquals(await checked(['--issuer', 'http://localhost:9091/other']), [second]);
      const { stdout } = await place.run(['doctor', '--no-network']);
      assertMatch(
        stdout,
        /^warning: client app of http:\/\/localhost:9091\/other \(redirect_uri\)$/m,
      );
      assertEquals(stdout.match(/there is nobody yet/g)?.length, 1);
      await server.stop();
      assertEquals(await checked([]), [first, second]);
    }));
});
