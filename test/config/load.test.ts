import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type ConfigSource, loadConfig } from '../../src/config/load.ts';
import { describeMistake } from '../../src/spec/mistake.ts';
import { assert, assertEquals } from '../support/assert.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;

async function load(files: Files, source: Partial<ConfigSource> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-config-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
    const result = await loadConfig({ directory, environment: {}, ...source });
    const relative = (path: string): string => path.replace(directory, '.');
    if (!result.ok) {
      return { mistakes: result.mistakes.map((each) => relative(describeMistake(each))) };
    }
    const { config } = result;
    return { config, data: relative(config.data), file: config.file && relative(config.file) };
  } finally {
    await rm(directory, { recursive: true });
  }
}

describe('loading the configuration', () => {
  it('takes the first of ostiary.yaml, .yml and .json', async () => {
    const { config, file } = await load({
      'ostiary.json': '{"pkce":"public"}',
      'ostiary.yml': 'pkce: always',
    });
    assertEquals(file, './ostiary.yml');
    assertEquals(config?.issuers[0].settings.pkce, 'always');
  });

  it('reads JSON', async () => {
    const { config } = await load({ 'ostiary.json': '{"pkce":"always"}' });
    assertEquals(config?.issuers[0].settings.pkce, 'always');
  });

  it('T145: names the lines of mistakes in JSON, a key that stands twice among them', async () => {
    const wrong = await load({ 'ostiary.json': '{\n"pkce": "always",\n"pkec": 1\n}' });
    assert(wrong.mistakes?.[0]?.startsWith('ostiary.json:3: '), String(wrong.mistakes));
    const twice = await load({ 'ostiary.json': '{\n"pkce": "always",\n"pkce": "public"\n}' });
    assert(twice.mistakes?.[0]?.startsWith('ostiary.json:3: '), String(twice.mistakes));
  });

  it('reads an empty file as all defaults', async () => {
    const { config } = await load({ 'ostiary.yaml': '# nothing yet\n' });
    assertEquals(config?.issuers[0].settings.issuer, 'http://localhost:9091');
  });

  it('does without a file', async () => {
    const { config, data, file } = await load({});
    assertEquals([file, data], [undefined, './data']);
    assertEquals(config?.listen.port, 9091);
  });

  it('takes the flag before OSTIARY_CONFIG, and that before what lies there', async () => {
    const files = {
      'ostiary.yaml': 'pkce: 1',
      'a.yaml': 'listen: { port: 1 }',
      'b.yaml': 'listen: { port: 2 }',
    };
    const environment = { OSTIARY_CONFIG: 'a.yaml' };
    const fromEnvironment = await load(files, { environment });
    assertEquals(fromEnvironment.config?.listen.port, 1);
    const fromFlag = await load(files, { environment, flags: { config: 'b.yaml' } });
    assertEquals(fromFlag.config?.listen.port, 2);
  });

  it('T145: stops when the named file does not exist, rather than going on without', async () => {
    const { mistakes } = await load({ 'ostiary.yaml': '' }, { flags: { config: 'other.yaml' } });
    assertEquals(mistakes, ['other.yaml: does not exist']);
  });

  it('T145: stops when the file is not UTF-8', async () => {
    const { mistakes } = await load({ 'ostiary.yaml': new Uint8Array([0xff, 0xfe, 0x00]) });
    assertEquals(mistakes, ['ostiary.yaml: must be UTF-8 text']);
  });

  it('names file and line of each mistake, and the flag or variable that made it', async () => {
    const { mistakes } = await load({ 'ostiary.yaml': 'listen:\n  host: "[::1]"\npkce: 1\n' }, {
      flags: { port: 99_999 },
      environment: { OSTIARY_DATA: 'x'.repeat(5000) },
    });
    assertEquals(mistakes?.map((each) => each.split(' ').slice(0, 2).join(' ')), [
      '--port: listen.port',
      'OSTIARY_DATA: data',
      'ostiary.yaml:2: listen.host',
      'ostiary.yaml:3: pkce',
    ]);
  });

  it('lets flags and environment override the file', async () => {
    const { config, data } = await load({
      'ostiary.yaml': 'data: /elsewhere\nlisten: { port: 1 }\n',
    }, {
      flags: { port: 8080, host: '0.0.0.0' },
      environment: { OSTIARY_DATA: '/from-environment' },
    });
    assertEquals(config?.listen, { host: '0.0.0.0', port: 8080 });
    assertEquals(config?.issuers[0].settings.issuer, 'http://localhost:8080');
    assertEquals(data, '/from-environment');
  });

  it('reads relative paths from the file’s directory', async () => {
    const { data } = await load({ 'ostiary.yaml': 'data: state' });
    assertEquals(data, './state');
  });

  it('T145: stops when a TLS file is missing or no PEM, before listening', async () => {
    const { mistakes } = await load({
      'ostiary.yaml': 'listen:\n  tls:\n    cert: cert.pem\n    key: key.pem\n',
      'cert.pem': 'nothing',
    });
    assertEquals(mistakes, [
      'ostiary.yaml:3: listen.tls.cert must be a PEM file with a certificate: got ./cert.pem',
      'ostiary.yaml:4: listen.tls.key must be a file that can be read: got ./key.pem',
    ]);
  });

  it('makes the default issuer https when it serves TLS', async () => {
    const { config } = await load({
      'ostiary.yaml': 'listen: { tls: { cert: cert.pem, key: key.pem } }',
      'cert.pem': '-----BEGIN CERTIFICATE-----',
      'key.pem': '-----BEGIN PRIVATE KEY-----',
    });
    assertEquals(config?.issuers[0].settings.issuer, 'https://localhost:9091');
    assert(config?.listen.tls?.cert.startsWith('/'));
  });
});
