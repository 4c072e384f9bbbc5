/** What is known of a program before it runs. */
import { type ByteProgram, nodeKind } from './byte-program.ts';

type Nodes = Pick<ByteProgram, 'kinds' | 'children' | 'mins' | 'maxes'>;

/**
 * The fewest frames that each node's shortest way through needs on the stack; infinite where there
 * is no way through. Values only fall, so each change wakes the nodes that contain the changed one.
 */
export function stackNeeds(nodes: Nodes): Float64Array {
  const { kinds, children, mins } = nodes;
  const needs = new Float64Array(kinds.length).fill(Number.POSITIVE_INFINITY);
  const parents: number[][] = kinds.map(() => []);
  children.forEach((list, node) => {
    if (kinds[node] !== nodeKind.bytes) for (const child of list) parents[child].push(node);
  });
  const needOf = (node: number): number => {
    const list = children[node];
    switch (kinds[node]) {
      case nodeKind.bytes:
        return 1;
      case nodeKind.sequence:
        return list.reduce(
          (most, child, i) => Math.max(most, needs[child] + (i < list.length - 1 ? 1 : 0)),
          1,
        );
      case nodeKind.choice:
        return list.reduce((least, child) => Math.min(least, needs[child]), Infinity);
      case nodeKind.repeat:
        return mins[node] === 0 ? 1 : needs[list[0]] + 1;
      default:
        return list.length === 0 ? Infinity : needs[list[0]];
    }
  };
  const queue = kinds.map((_, node) => node);
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    const need = needOf(node);
    if (need >= needs[node]) continue;
    needs[node] = need;
    queue.push(...parents[node]);
  }
  return needs;
}

/** A node that is reached from itself before any byte is read. */
export function leftRecursiveNode(nodes: Nodes): number | undefined {
  const { kinds, children } = nodes;
  const isNullable = nullables(nodes);
  const firstOf = (node: number): readonly number[] => {
    const list = children[node];
    if (kinds[node] === nodeKind.bytes) return [];
    if (kinds[node] !== nodeKind.sequence) return list;
    const end = list.findIndex((child) => !isNullable[child]);
    return end < 0 ? list : list.slice(0, end + 1);
  };
  // Depth first with a stack of our own: 1 = on the way, 2 = done.
  const marks = new Uint8Array(kinds.length);
  for (let start = 0; start < kinds.length; start++) {
    if (marks[start] !== 0) continue;
    const path: { node: number; rest: number[] }[] = [{ node: start, rest: [...firstOf(start)] }];
    marks[start] = 1;
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.rest.pop();
      if (next === undefined) {
        marks[top.node] = 2;
        path.pop();
      } else if (marks[next] === 1) return next;
      else if (marks[next] === 0) {
        marks[next] = 1;
        path.push({ node: next, rest: [...firstOf(next)] });
      }
    }
  }
  return undefined;
}

function nullables({ kinds, children, mins }: Nodes): Uint8Array {
  const isNullable = new Uint8Array(kinds.length);
  const check = (node: number): boolean => {
    const list = children[node];
    if (kinds[node] === nodeKind.bytes) return false;
    if (kinds[node] === nodeKind.repeat) return mins[node] === 0 || isNullable[list[0]] === 1;
    if (kinds[node] === nodeKind.choice) return list.some((child) => isNullable[child] === 1);
    return (
      list.every((child) => isNullable[child] === 1) &&
      (kinds[node] === nodeKind.sequence || list.length > 0)
    );
  };
  for (let isChanged = true; isChanged; ) {
    isChanged = false;
    for (let node = kinds.length - 1; node >= 0; node--) {
      if (isNullable[node] === 1 || !check(node)) continue;
      isNullable[node] = 1;
      isChanged = true;
    }
  }
  return isNullable;
}
