/** An Authelia configuration with a client of every kind, and keys made for this run. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';

export interface Fixture {
  readonly text: string;
  readonly users: string;
  /** Of the clients that sign. */
  readonly clientKey: KeyObject;
}

let made: { readonly keys: ReadonlyMap<string, string>; readonly clientKey: KeyObject } | undefined;

/** `sector`: where the pairwise client’s list of redirect URIs lies. */
export async function readFixture(sector = 'https://sector.example/list.json'): Promise<Fixture> {
  const [template, users] = await Promise.all(
    ['configuration.yml', 'users_database.yml'].map((name) =>
      readFile(new URL(name, import.meta.url), 'utf8')
    ),
  );
  made ??= makeKeys();
  const { keys, clientKey } = made;
  const text = (template ?? '').replaceAll(
    /^( *)@(\w+)@$/gm,
    (_, indent: string, name: string) =>
      (keys.get(name) ?? '').trim().split('\n').map((line) => indent + line).join('\n'),
  )
    .replace('@SECTOR@', sector);
  return { text, users: users ?? '', clientKey };
}

function makeKeys(): NonNullable<typeof made> {
  const rsa = (type: 'pkcs1' | 'pkcs8'): string =>
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
      .export({ type, format: 'pem' }).toString();
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const client = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    clientKey: client.privateKey,
    keys: new Map([
      ['RSA', rsa('pkcs1')],
      ['RSA2', rsa('pkcs8')],
      ['RSA3', rsa('pkcs8')],
      ['EC', ec.privateKey.export({ type: 'sec1', format: 'pem' }).toString()],
      ['CLIENT', client.publicKey.export({ type: 'spki', format: 'pem' }).toString()],
    ]),
  };
}
