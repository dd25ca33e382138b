import type { ASTNode } from '@marcbachmann/cel-js';
import { patternProblem } from './pattern_cost.ts';

const LOOPS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
const MAX_BINDINGS = 2;

/** Where an expression is in: what would multiply its work. */
interface Around {
  readonly loops: number;
  readonly bindings: number;
}

/** Why evaluating could take long for somebody's values, if so: evaluation itself has no limits. */
export function costProblem(ast: ASTNode): string | undefined {
  return problemOf(ast, { loops: 0, bindings: 0 });
}

function problemOf(node: ASTNode, around: Around): string | undefined {
  if (node.op !== 'rcall') return firstProblem(childrenOf(node), around);
  const [name, receiver, args] = node.args;
  if (name === 'matches') {
    const pattern = args[0]?.op === 'value' ? args[0].args : undefined;
    if (typeof pattern !== 'string') return 'must write the pattern of matches() out';
    const problem = patternProblem(pattern);
    if (problem !== undefined) return problem;
  }
  if (LOOPS.has(name) && args.length > 1) {
    if (around.loops > 1 || around.loops === 1 && receiver.op !== 'list') {
      return `must not loop in a loop, unless over a list written out: .${name}()`;
    }
    return problemOf(receiver, around) ??
      firstProblem(args, { ...around, loops: around.loops + 1 });
  }
  if (name === 'bind') {
    if (around.bindings === MAX_BINDINGS) return 'must not nest cel.bind() further';
    return firstProblem([receiver, ...args], { ...around, bindings: around.bindings + 1 });
  }
  return firstProblem([receiver, ...args], around);
}

function firstProblem(nodes: readonly ASTNode[], around: Around): string | undefined {
  for (const node of nodes) {
    const problem = problemOf(node, around);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args;
  }
}
