import type { Draft } from '../import_draft.ts';
import { networkOf, subjectsOf } from './provider.ts';
import type { Section } from './section.ts';

/** Its rules, in the same words; its networks are read with the other definitions. */
export function readAccessControl(access: Section | undefined, draft: Draft): void {
  if (access === undefined) return;
  const rules = access.sections('rules').map((rule) => {
    const read = {
      domain: rule.take('domain'),
      domain_regex: rule.take('domain_regex'),
      policy: rule.take('policy'),
      subject: subjectsOf(rule.take('subject')),
      resources: rule.take('resources'),
      methods: rule.take('methods'),
      networks: rule.list('networks')?.map((network) => networkOf(network, draft)),
      query: rule.take('query'),
    };
    rule.finish();
    return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
  });
  const default_policy = access.text('default_policy') ?? 'deny';
  draft.set(['access_control'], { default_policy, rules }, access.path);
  access.finish();
}
