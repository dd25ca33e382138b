/**
 * The OP iframe: `client_id session_state` comes from an application's page, and `unchanged`, `changed` or `error` goes
 * back, without a request to us. Session Management §3.2: to the page that has framed it, and to others of that page's
 * origin as far as the browser tells which it is. Where the browser keeps our cookies from frames on other sites, it is
 * `error`: `changed` would have the application ask us again and again.
 *
 * SHA-256 (FIPS 180-4) is spelled out, as `crypto.subtle` is missing in pages without https, and all of it in words that
 * browser emulators know. It must not hold the character that opens a tag.
 */
export function checkSessionScript(cookieName: string): string {
  return String.raw`
(function () {
var cookieName = ${JSON.stringify(cookieName)};
function browserState() {
  var cookie = document.cookie.split('; ').filter(function (each) {
    return each.indexOf(cookieName + '=') === 0;
  })[0];
  return cookie === undefined ? '' : cookie.slice(cookieName.length + 1);
}

var primes = [];
for (var n = 2; 64 > primes.length; n += 1) {
  if (primes.every(function (prime) { return n % prime !== 0; })) primes.push(n);
}
function fraction(value) { return Math.floor((value - Math.floor(value)) * 4294967296) | 0; }
var constants = primes.map(function (prime) { return fraction(Math.cbrt(prime)); });
var initial = primes.slice(0, 8).map(function (prime) { return fraction(Math.sqrt(prime)); });
function turn(word, bits) { return (word >>> bits) | word * Math.pow(2, 32 - bits); }

function wordsOf(view, block) {
  var words = [];
  for (var i = 0; 64 > i; i += 1) {
    if (16 > i) words.push(view.getInt32(block * 64 + i * 4));
    else {
      var late = words[i - 2], early = words[i - 15];
      var s0 = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3);
      var s1 = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10);
      words.push((words[i - 16] + s0 + words[i - 7] + s1) | 0);
    }
  }
  return words;
}

function compress(hash, words) {
  var a = hash[0], b = hash[1], c = hash[2], d = hash[3];
  var e = hash[4], f = hash[5], g = hash[6], h = hash[7];
  words.forEach(function (word, i) {
    var choice = (e & f) ^ (~e & g), majority = (a & b) ^ (a & c) ^ (b & c);
    var t1 = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + constants[i] + word) | 0;
    var t2 = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + majority) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
  });
  return [a, b, c, d, e, f, g, h].map(function (word, i) { return (word + hash[i]) | 0; });
}

function sha256(text) {
  var message = new TextEncoder().encode(text);
  var blocks = Math.ceil((message.length + 9) / 64);
  var view = new DataView(new ArrayBuffer(blocks * 64));
  for (var i = 0; message.length > i; i += 1) view.setUint8(i, message[i]);
  view.setUint8(message.length, 128);
  view.setUint32(blocks * 64 - 4, message.length * 8);
  var hash = initial;
  for (var block = 0; blocks > block; block += 1) hash = compress(hash, wordsOf(view, block));
  var bytes = hash.map(function (word) {
    return String.fromCharCode(word >>> 24, word >>> 16 & 255, word >>> 8 & 255, word & 255);
  });
  return btoa(bytes.join('')).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
}

function answer(data, origin) {
  var parts = /^(.+) ([\w-]{43})\.([\w-]+)$/.exec(data), state = browserState();
  if (parts === null) return 'error';
  if (state === '') return 'changed';
  return sha256([parts[1], origin, state, parts[3]].join(' ')) === parts[2] ? 'unchanged' : 'changed';
}

function framerOrigin() {
  var ancestors = location.ancestorOrigins;
  if (ancestors && ancestors.length !== 0) return ancestors[0];
  var origin = /^https?:\/\/[^\/]+/.exec(document.referrer);
  return origin === null ? undefined : origin[0];
}

addEventListener('message', function (event) {
  var data = event.data, origin = event.origin, source = event.source;
  if (source === null || !/^https?:/.test(origin) || parent === window) return;
  if (source !== parent && origin !== framerOrigin()) return;
  function reply(isReadable) {
    source.postMessage(isReadable ? answer(data, origin) : 'error', origin);
  }
  if (!document.hasStorageAccess) reply(true);
  else document.hasStorageAccess().then(reply, function () { reply(false); });
});
})();
`;
}
