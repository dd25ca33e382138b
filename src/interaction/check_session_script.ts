/**
 * The OP iframe: `client_id session_state` comes from an application's page, and `unchanged`, `changed` or `error` goes
 * back, without a request to us. Session Management §3.2. Where the browser keeps our cookies from frames on other sites,
 * it is `error`: `changed` would have the application ask us again and again.
 *
 * SHA-256 (FIPS 180-4) is spelled out, as `crypto.subtle` is missing in pages without https. It must not hold the
 * character that opens a tag.
 */
export function checkSessionScript(cookieName: string): string {
  return String.raw`
(() => {
const cookieName = ${JSON.stringify(cookieName)};
const browserState = () => {
  const cookie = document.cookie.split('; ').find((each) => each.startsWith(cookieName + '='));
  return cookie === undefined ? '' : cookie.slice(cookieName.length + 1);
};

const primes = [];
for (let n = 2; 64 > primes.length; n += 1) {
  if (primes.every((prime) => n % prime !== 0)) primes.push(n);
}
const fraction = (value) => Math.floor((value - Math.floor(value)) * 4294967296) | 0;
const constants = primes.map((prime) => fraction(Math.cbrt(prime)));
const initial = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const turn = (word, bits) => (word >>> bits) | word * 2 ** (32 - bits);

const sha256 = (text) => {
  const message = new TextEncoder().encode(text);
  const blocks = Math.ceil((message.length + 9) / 64);
  const view = new DataView(new ArrayBuffer(blocks * 64));
  message.forEach((byte, i) => view.setUint8(i, byte));
  view.setUint8(message.length, 128);
  view.setUint32(blocks * 64 - 4, message.length * 8);
  let hash = initial;
  for (let block = 0; blocks > block; block += 1) {
    const words = [];
    let [a, b, c, d, e, f, g, h] = hash;
    for (let i = 0; 64 > i; i += 1) {
      if (16 > i) words.push(view.getInt32(block * 64 + i * 4));
      else {
        const [late, early] = [words[i - 2], words[i - 15]];
        const s0 = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3);
        const s1 = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10);
        words.push((words[i - 16] + s0 + words[i - 7] + s1) | 0);
      }
      const choice = (e & f) ^ (~e & g), majority = (a & b) ^ (a & c) ^ (b & c);
      const t1 = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + constants[i] + words[i]) | 0;
      const t2 = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + majority) | 0;
      [a, b, c, d, e, f, g, h] = [(t1 + t2) | 0, a, b, c, (d + t1) | 0, e, f, g];
    }
    hash = [a, b, c, d, e, f, g, h].map((word, i) => (word + hash[i]) | 0);
  }
  const bytes = hash.flatMap((word) => [word >>> 24, word >>> 16 & 255, word >>> 8 & 255, word & 255]);
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
};

const answer = (data, origin) => {
  const [, client_id, digest, salt] = /^(.+) ([\w-]{43})\.([\w-]+)$/.exec(data) || [];
  if (digest === undefined) return 'error';
  const same = digest === sha256([client_id, origin, browserState(), salt].join(' '));
  return same ? 'unchanged' : 'changed';
};
const mayRead = () => document.hasStorageAccess
  ? document.hasStorageAccess().catch(() => false)
  : Promise.resolve(true);

addEventListener('message', ({ data, origin, source }) => {
  if (source === null || !/^https?:/.test(origin)) return;
  mayRead().then((isReadable) => source.postMessage(isReadable ? answer(data, origin) : 'error', origin));
});
})();
`;
}
