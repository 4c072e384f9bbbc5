/**
 * A routine as text, an operation a line: for people, and for goldens. Never parsed back.
 *
 *   %12:f32x = fma_f32x %3, %4, %12
 *   loop %5 = %2 … %9 step 16 {
 *   store_f32 [%3 + %5*4 + 64], %8
 */
import type { Address, Condition, Op, Routine, Simple, Value } from './types.ts';
import { functionInputs } from './types.ts';

const signs: Readonly<Record<Condition, string>> = {
  ...{ lt: '<', le: '<=', eq: '==', ne: '!=', ge: '>=', gt: '>' },
};

export function print(routine: Routine): string {
  const inputs = routine.inputs.map((value, i) => `${functionInputs[i]} ${id(value)}`);
  const scratch = routine.scratchBytes > 0 ? `, ${routine.scratchBytes} bytes of scratch` : '';
  const lines = [`${routine.name}(${inputs.join(', ')}) for ${routine.traits.name}${scratch} {`];
  printAll(routine.body, '  ', lines);
  return `${lines.join('\n')}\n}\n`;
}

/** The operation's line; of a loop or branch the first. */
export function printLine(op: Op): string {
  if (op.kind === 'loop') {
    return `loop ${id(op.index)} = ${id(op.start)} … ${id(op.end)} step ${op.step} {`;
  }
  if (op.kind === 'if') return `if ${id(op.left)} ${signs[op.condition]} ${id(op.right)} {`;
  return printSimple(op);
}

function printAll(ops: readonly Op[], indent: string, lines: string[]): void {
  for (const op of ops) {
    lines.push(indent + printLine(op));
    if (op.kind === 'op') continue;
    const inner = `${indent}  `;
    printAll(op.kind === 'loop' ? op.body : op.then, inner, lines);
    if (op.kind === 'if' && op.else.length > 0) {
      lines.push(`${indent}} else {`);
      printAll(op.else, inner, lines);
    }
    lines.push(`${indent}}`);
  }
}

function printSimple({ op, result, args, address, imm, bytes }: Simple): string {
  const operands: string[] = [];
  if (address !== undefined) operands.push(printAddress(address));
  operands.push(...args.map(id));
  if (imm !== undefined) operands.push(`${imm}`);
  if (bytes !== undefined) operands.push(printBytes(bytes));
  const left = result === undefined ? '' : `${id(result)}:${result.type} = `;
  return `${left}${op}${operands.length > 0 ? ` ${operands.join(', ')}` : ''}`;
}

function printAddress({ base, index, scale, disp }: Address): string {
  const scaled = index && ` + ${id(index)}${scale === 1 ? '' : `*${scale}`}`;
  const offset = disp === 0 ? '' : ` ${disp < 0 ? '-' : '+'} ${Math.abs(disp)}`;
  return `[${id(base)}${scaled ?? ''}${offset}]`;
}

function printBytes(bytes: Uint8Array): string {
  return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function id(value: Value): string {
  return `%${value.id}`;
}
