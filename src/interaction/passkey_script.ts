/**
 * The one script on our pages, beside `form_post`'s: it hands the options in `#passkey-form` to the browser and sends the
 * form with what an authenticator answered, both as the JSON forms of WebAuthn §5.1.10. Without it, or without passkeys,
 * the button stays hidden. It must not hold the character that opens a tag.
 */
export const passkeyScript = String.raw`
(() => {
const element = (id) => document.getElementById(id);
const form = element('passkey-form'), button = element('passkey'), failed = element('passkey-failed');
if (!window.PublicKeyCredential) { element('passkey-unsupported').hidden = false; return; }
button.hidden = false;
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(Array.from(new Uint8Array(buffer), (b) => String.fromCharCode(b)).join(''))
  .replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
const withBytes = (value) => ({ ...value, id: bytes(value.id) });
const options = JSON.parse(form.dataset.options);
const publicKey = { ...options, challenge: bytes(options.challenge) };
if (options.user) publicKey.user = withBytes(options.user);
for (const list of ['allowCredentials', 'excludeCredentials']) {
  if (options[list]) publicKey[list] = options[list].map(withBytes);
}
const json = (credential) => {
  const { response } = credential, parts = {};
  for (const name of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (response[name]) parts[name] = text(response[name]);
  }
  if (response.attestationObject) {
    const publicKey = response.getPublicKey && response.getPublicKey();
    if (response.getAuthenticatorData) parts.authenticatorData = text(response.getAuthenticatorData());
    if (publicKey) parts.publicKey = text(publicKey);
    if (response.getPublicKeyAlgorithm) parts.publicKeyAlgorithm = response.getPublicKeyAlgorithm();
    parts.transports = response.getTransports ? response.getTransports() : [];
  }
  return JSON.stringify({
    id: credential.id, rawId: credential.id, type: credential.type, response: parts,
    authenticatorAttachment: credential.authenticatorAttachment || undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
};
const set = (name, value) => {
  const field = form.elements.namedItem(name) || form.appendChild(document.createElement('input'));
  Object.assign(field, { type: 'hidden', name, value });
};
let waiting;
const ask = async (mediation) => {
  if (waiting) waiting.abort();
  waiting = new AbortController();
  const request = { publicKey, signal: waiting.signal, ...mediation };
  const credential = await navigator.credentials[form.dataset.ceremony](request);
  set('passkey_response', json(credential));
  const remember = element('remember');
  if (remember && remember.checked) set('remember', remember.value);
  form.submit();
};
form.addEventListener('submit', (event) => {
  event.preventDefault();
  failed.hidden = true;
  ask({}).catch((error) => { failed.hidden = error.name === 'AbortError'; });
});
const canWait = PublicKeyCredential.isConditionalMediationAvailable;
if (form.dataset.conditional === 'yes' && canWait) {
  canWait.call(PublicKeyCredential)
    .then((isAvailable) => isAvailable && !waiting && ask({ mediation: 'conditional' }))
    .catch(() => {});
}
})();
`;
