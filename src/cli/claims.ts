import { type ClaimsExplanation, explainClaims } from '../engine/claims/explain.ts';
import { type Command, refused, resultOf, textFlag } from './command.ts';
import { table } from './table.ts';

export const CLAIMS_COMMANDS: readonly Command[] = [
  {
    kind: 'engine',
    name: 'claims explain',
    positionals: [],
    flags: {
      client: { type: 'string', value: 'ID', help: 'The client that would ask.' },
      user: { type: 'string', value: 'NAME', help: 'The person who would sign in.' },
      scope: {
        type: 'string',
        value: 'SCOPES',
        help: 'The scopes it would be granted, space-separated; by default openid.',
      },
      claims: { type: 'string', value: 'JSON', help: 'The claims parameter (Core §5.5).' },
      'claims-locales': {
        type: 'string',
        value: 'TAGS',
        help: 'The languages wanted, best first, space-separated.',
      },
      'response-type': {
        type: 'string',
        value: 'TYPE',
        help: 'The response_type; by default code.',
      },
    },
    help: 'Say which claims of a person would go where, why, and what would be missing.',
    async run(engine, invocation) {
      const flag = (name: string) => textFlag(invocation, name);
      const [client_id, username] = [flag('client'), flag('user')];
      if (client_id === undefined || username === undefined) {
        return refused('give --client and --user');
      }
      const [claims, claims_locales] = [flag('claims'), flag('claims-locales')];
      const response_type = flag('response-type');
      const question = {
        client_id,
        username,
        scope: flag('scope') ?? 'openid',
        ...claims !== undefined && { claims },
        ...claims_locales !== undefined && { claims_locales },
        ...response_type !== undefined && { response_type },
      };
      return resultOf(await explainClaims(question, engine));
    },
    print(value) {
      const { claims, access_token_format } = value as unknown as ClaimsExplanation;
      if (claims.length === 0) return 'no claims beyond those of the protocol itself\n';
      const rows = claims.map(({ claim, place, because, from, value, absent }) => [
        claim,
        place,
        because,
        from,
        absent === undefined ? JSON.stringify(value) : `absent: ${absent}`,
      ]);
      const listed = table(['claim', 'place', 'because', 'from', 'value'], rows);
      return access_token_format === 'opaque' &&
          claims.some(({ place }) => place === 'access_token')
        ? `${listed}An opaque access token shows nothing; in the jwt format it would be so.\n`
        : listed;
    },
  },
];
