import { CIBA_GRANT } from '../../spec/identifiers.ts';
import { backchannelRequests } from '../../store/collections.ts';
import { polledGrant } from '../polled/redeem.ts';

/** CIBA §10.1. */
export const cibaGrant = polledGrant({
  grant_type: CIBA_GRANT,
  yields: 'ciba',
  parameter: 'auth_req_id',
  records: backchannelRequests,
  isPushedTo: (client) => client.backchannel_token_delivery_mode === 'push',
  isPushed: ({ delivery_mode }) => delivery_mode === 'push',
});
