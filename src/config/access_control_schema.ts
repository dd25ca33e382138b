import * as v from 'valibot';
import { ACCESS_LEVELS, QUERY_OPERATORS } from '../spec/access_control.ts';
import { section } from '../spec/section.ts';
import { oneOf, policyNetworks, policySubjects, text } from './values.ts';

/** The `access_control` option, in the words of Authelia's. */
export const accessControlSchema = section({
  default_policy: v.pipe(
    v.optional(oneOf(ACCESS_LEVELS), 'deny'),
    v.description('What holds where no rule matches.'),
  ),
  rules: v.pipe(
    v.optional(
      v.pipe(
        v.array(section({
          domain: v.pipe(
            v.optional(texts(255)),
            v.description(
              'Hosts: app.example.com, *.example.com for all below, {user}.example.com, {group}.example.com.',
            ),
          ),
          domain_regex: v.pipe(
            v.optional(texts(255)),
            v.description(
              'Patterns of hosts; groups (?<User>…) and (?<Group>…) must be the person’s own.',
            ),
          ),
          policy: v.pipe(
            oneOf(ACCESS_LEVELS),
            v.description('What holds where this rule matches.'),
          ),
          subject: v.pipe(
            v.optional(policySubjects),
            v.description(
              'user:NAME, group:NAME or client:ID; of a list one must match, of a list within it all.',
            ),
          ),
          resources: v.pipe(
            v.optional(texts(255)),
            v.description('Patterns of path and query, of which one must match.'),
          ),
          methods: v.pipe(
            v.optional(texts(32)),
            v.description('Methods of requests, such as GET; absent: any.'),
          ),
          networks: v.pipe(
            v.optional(policyNetworks),
            v.description(
              'Where the request must come from: names under definitions.networks, addresses, CIDR blocks.',
            ),
          ),
          query: v.pipe(
            v.optional(listOf(listOf(queryCriterion(), 32), 32)),
            v.description(
              'What the query must hold: of the outer list one, of an inner one all.',
            ),
          ),
        })),
        v.maxLength(500, 'must be at most 500 rules'),
      ),
      [],
    ),
    v.description('The first that matches decides.'),
  ),
});

/** One text, or a list of them. */
function texts(maxLength: number) {
  return v.union(
    [text(maxLength), listOf(text(maxLength), 100)],
    `must be a text of at most ${maxLength} characters, or a list of them`,
  );
}

function listOf<const S extends v.GenericSchema>(schema: S, maxLength: number) {
  return v.pipe(
    v.array(schema),
    v.minLength(1, 'must not be empty'),
    v.maxLength(maxLength, `must have at most ${maxLength} members`),
  );
}

function queryCriterion() {
  return section({
    key: v.pipe(text(255), v.description('The name of a parameter of the query.')),
    operator: v.pipe(
      v.optional(oneOf(QUERY_OPERATORS)),
      v.description('How it is compared; by default equal with a value, present without one.'),
    ),
    value: v.pipe(
      v.optional(text(255)),
      v.description('What it is compared with; for pattern and not pattern a pattern.'),
    ),
  });
}
