import type { PolicyNetwork, PolicyRule, PolicySubject } from '../spec/authorization_policy.ts';
import { isInNetwork } from '../spec/networks.ts';

/** Whether whatever the later rule would match, the earlier one matches already. */
export function covers(earlier: PolicyRule, later: PolicyRule): boolean {
  return coversSubjects(earlier.subject, later.subject) &&
    coversNetworks(earlier.networks, later.networks);
}

/** Why nobody can be all of these at once; undefined when somebody can. */
export function contradictionOf(all: readonly PolicySubject[]): string | undefined {
  const distinct = [...new Map(all.map((each) => [textOf(each), each])).values()];
  const count = (kind: PolicySubject['kind']): number =>
    distinct.filter((each) => each.kind === kind).length;
  if (count('client') > 0 && distinct.length > 1) {
    return 'a client that acts for itself is nobody else besides';
  }
  return count('user') > 1 ? 'nobody is two users' : undefined;
}

function coversSubjects(earlier: PolicyRule['subject'], later: PolicyRule['subject']): boolean {
  if (earlier === undefined) return true;
  return later?.every((all) => {
    const names = all.map(textOf);
    return earlier.some((some) => some.every((each) => names.includes(textOf(each))));
  }) ?? false;
}

function coversNetworks(earlier: PolicyRule['networks'], later: PolicyRule['networks']): boolean {
  if (earlier === undefined) return true;
  const blocks = (networks: readonly PolicyNetwork[]) => networks.flatMap(({ blocks }) => blocks);
  return later !== undefined &&
    blocks(later).every((inner) =>
      blocks(earlier).some((outer) =>
        outer.prefixLength <= inner.prefixLength && isInNetwork(inner.address, outer)
      )
    );
}

function textOf({ kind, name }: PolicySubject): string {
  return `${kind}:${name}`;
}
