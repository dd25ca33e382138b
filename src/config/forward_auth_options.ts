import * as v from 'valibot';
import type { HostTokenSettings } from '../spec/forward_auth.ts';
import { SIGNING_ALGS } from '../spec/identifiers.ts';
import { meant, type Mistake, mistake } from '../spec/mistake.ts';
import { section } from '../spec/section.ts';
import type { Draft } from './rules.ts';
import { duration, oneOf, resourceUri, text } from './values.ts';

/** Authorization, or a header that nothing else uses. */
const header = v.pipe(
  v.string(),
  v.regex(/^(?:authorization|x-[a-z0-9-]{1,60})$/i, 'must be Authorization or begin with X-'),
  v.check(
    (name) => !/^x-(?:forwarded|original|ostiary-original)-/i.test(name),
    'must not be a header that proxies ask with',
  ),
  v.toLowerCase(),
);

const tokenSchema = section({
  header: v.pipe(header, v.description('The header that it is sent in, such as X-Ostiary-Token.')),
  audience: v.pipe(
    v.optional(resourceUri),
    v.description('Whom it is for; by default the origin of the protected host.'),
  ),
  lifetime: v.pipe(
    v.optional(duration('30s', '1h'), '5m'),
    v.description('How long it is good for.'),
  ),
  claims_policy: v.pipe(
    v.optional(text(64)),
    v.description('A name under claims_policies, whose access_token names the claims in it.'),
  ),
  subject_type: v.pipe(
    v.optional(oneOf(['public', 'pairwise']), 'public'),
    v.description('pairwise: people have another sub at each protected host.'),
  ),
  signed_response_alg: v.pipe(
    v.optional(oneOf(SIGNING_ALGS), 'ES256'),
    v.description('What signs it.'),
  ),
});

export const forwardAuthSchema = section({
  token: v.pipe(
    v.optional(tokenSchema),
    v.description('A short JWT about who comes (RFC 9068), for the application; absent: none.'),
  ),
});

type ParsedForwardAuth = v.InferOutput<typeof forwardAuthSchema>;

export function forwardAuthRules({ forward_auth, claims_policies }: Draft): readonly Mistake[] {
  const name = forward_auth?.token?.claims_policy;
  if (name === undefined || claims_policies === undefined) return [];
  const names = Object.keys(claims_policies);
  if (names.includes(name)) return [];
  const path = ['forward_auth', 'token', 'claims_policy'];
  return [mistake(path, `must be a name under claims_policies${meant(name, names)}`, name)];
}

export function hostTokenOf({ token }: ParsedForwardAuth): HostTokenSettings | undefined {
  if (token === undefined) return undefined;
  const { audience, claims_policy, ...rest } = token;
  return {
    ...rest,
    ...audience !== undefined && { audience },
    ...claims_policy !== undefined && { claims_policy },
  };
}
