import { isInNetwork, parseAddress } from '../../spec/networks.ts';
import { howOften, type Patient, type Remark, shown, sightingsOf } from './finding.ts';

/** People came by another address than the issuer's: cookies and links do not fit there. */
export function hosts(patient: Patient): readonly Remark[] {
  const { issuer } = patient.engine.settings;
  return sightingsOf(patient, 'host').map((sighting) => ({
    severity: 'warning',
    about: issuer,
    found: `browsers came to sign in by the host ${shown(sighting.value)} ${howOften(sighting)}, ` +
      `and the issuer is ${issuer}`,
    change:
      'if that is the public address, set issuer to it; if not, have applications use the issuer, ' +
      'and have the proxy pass the browser’s Host on, as Host or X-Forwarded-Host',
  }));
}

export function protocols(patient: Patient): readonly Remark[] {
  const { issuer } = patient.engine.settings;
  return sightingsOf(patient, 'proto').map((sighting) => ({
    severity: 'warning',
    about: issuer,
    found: `requests came by http to the https issuer ${howOften(sighting)}; browsers send no ` +
      'Secure cookies there, so nobody can sign in',
    change:
      'have the proxy redirect http to https, and set X-Forwarded-Proto to what the browser used',
  }));
}

/** Without them, all people seem to come from the proxy: one who guesses passwords slows all others down. T119 */
export function untrustedProxies(patient: Patient): readonly Remark[] {
  return sightingsOf(patient, 'forwarded').filter(({ value }) => !isTrusted(value, patient)).map((
    sighting,
  ) => ({
    severity: 'warning',
    about: patient.engine.settings.issuer,
    found: `requests with Forwarded or X-Forwarded-… headers came from ${shown(sighting.value)} ${
      howOften(sighting)
    }, which is not among trusted_proxies, so that they do not count`,
    change: `if that is your proxy, add it: trusted_proxies: [ ${shown(sighting.value)} ]; ` +
      'if not, somebody forges them, and nothing needs to be done',
  }));
}

/** By now. */
function isTrusted(text: string, { trustedProxies }: Patient): boolean {
  const address = parseAddress(text);
  return address !== undefined &&
    trustedProxies.some((network) => isInNetwork(address, network));
}
