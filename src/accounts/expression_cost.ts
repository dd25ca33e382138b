import type { ASTNode } from '@marcbachmann/cel-js';

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
    const problem = patternProblem(args[0]);
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

/** The library matches by the platform's regular expressions, which may take for ever. */
function patternProblem(pattern: ASTNode | undefined): string | undefined {
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string') {
    return 'must write the pattern of matches() out';
  }
  const text = pattern.args;
  try {
    new RegExp(text);
  } catch {
    return `holds an invalid regular expression: ${text}`;
  }
  return repeatsRepetition(text) || /\\[1-9k]/.test(text)
    ? `holds a regular expression that may take too long: ${text}`
    : undefined;
}

/** Whether a repeated group holds a repetition or a choice: `(a+)+`, `(a|ab)*`. */
function repeatsRepetition(pattern: string): boolean {
  const open: boolean[] = [];
  let isClass = false;
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at];
    if (character === '\\') at += 1;
    else if (isClass) isClass = character !== ']';
    else if (character === '[') isClass = true;
    else if (character === '(') open.push(false);
    else if (character === ')') {
      const isVarying = open.pop() ?? false;
      const isRepeated = /^(?:[*+]|\{\d+,?\d*\})/.test(pattern.slice(at + 1));
      if (isVarying && isRepeated) return true;
      if ((isVarying || isRepeated) && open.length > 0) open[open.length - 1] = true;
    } else if (open.length > 0 && /[*+|{]/.test(character ?? '')) open[open.length - 1] = true;
  }
  return false;
}
