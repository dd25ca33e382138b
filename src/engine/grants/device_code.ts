import { DEVICE_CODE_GRANT } from '../../spec/identifiers.ts';
import { devices } from '../../store/collections.ts';
import { polledGrant } from '../polled/redeem.ts';

/** RFC 8628 §3.4. */
export const deviceCodeGrant = polledGrant({
  grant_type: DEVICE_CODE_GRANT,
  yields: 'device_code',
  parameter: 'device_code',
  records: devices,
});
