import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Finding } from '../../src/engine/doctor/finding.ts';
import { assertEquals, assertMatch, assertStringIncludes } from '../support/assert.ts';
import { openPlace, type Place, SLOW } from '../support/cli.ts';

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
});
