import { type AccountErrand, accountErrand } from './account.ts';
import { type AuthorizationErrand, authorizationErrand } from './authorization.ts';
import { type ConsoleErrand, consoleErrand } from './console.ts';
import { type DeviceErrand, deviceErrand } from './device.ts';
import { type HostErrand, hostErrand } from './host.ts';
import type { ErrandKind } from './kind.ts';
import { type RequestErrand, requestErrand } from './request.ts';

/** Something in particular to sign in for. */
export type SomeErrand =
  | AuthorizationErrand
  | HostErrand
  | DeviceErrand
  | RequestErrand
  | ConsoleErrand
  | AccountErrand;

type Kinds = { readonly [K in SomeErrand['kind']]: ErrandKind<Extract<SomeErrand, { kind: K }>> };

/** In this order, where a query names several. */
export const ERRAND_KINDS: Kinds = {
  authorization: authorizationErrand,
  host: hostErrand,
  device: deviceErrand,
  request: requestErrand,
  console: consoleErrand,
  account: accountErrand,
};

/** The row of an errand's kind, which takes that errand. */
export function kindOf(errand: SomeErrand): ErrandKind<SomeErrand> {
  return ERRAND_KINDS[errand.kind] as ErrandKind<SomeErrand>;
}
