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

/** There, the default asks for a sign-in at every host of a session's domains; here, at hosts that a rule names. */
export function nameHostsOfDefault(sessions: readonly Section[], draft: Draft): void {
  const { default_policy, rules = [] } = (draft.options['access_control'] ?? {}) as {
    readonly default_policy?: unknown;
    readonly rules?: readonly unknown[];
  };
  if (default_policy !== 'one_factor' && default_policy !== 'two_factor') return;
  const domain = sessions.flatMap((session) => {
    const name = session.names.includes('domain') ? session.text('domain') : undefined;
    return name === undefined ? [] : [name, `*.${name}`];
  });
  if (domain.length === 0) return;
  const last = { domain, policy: default_policy };
  draft.set(['access_control'], { default_policy, rules: [...rules, last] }, ['access_control']);
  const words = `is what a last rule says, too, which names the hosts: ${domain.join(', ')}`;
  draft.report.changed(['access_control', 'default_policy'], words);
}
