/**
 * A WebAssembly module while it is written: imported memories, imported functions, functions
 * and exports. `finish` puts the sections together. A name section follows, so that stacks and
 * profiles say which kernel they are in. No tables, globals or data: a kernel's constants are in
 * its code or in memory.
 */
import { ByteWriter } from './byte-writer.ts';
import { type Callable, FunctionEmitter, type FunctionType } from './function-emitter.ts';
import { type ValueType, valueTypeCodes } from './opcodes-table.ts';

/** In pages of 64 KiB. Memory that threads share has a maximum. */
export type MemoryLimits =
  | { readonly minPages: number; readonly maxPages?: number; readonly shared?: false }
  | { readonly minPages: number; readonly maxPages: number; readonly shared: true };

interface Import {
  readonly module: string;
  readonly name: string;
}

const sections = { custom: 0, type: 1, import: 2, function: 3, export: 7, code: 10 } as const;
const kinds = { function: 0, memory: 2 } as const;
const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]; // "\0asm", version 1
const functionTypeCode = 0x60;
const functionNames = 1; // subsection of the name section
const maxPages = 65_536; // what a 32-bit address reaches

export class ModuleEmitter {
  readonly #memories: (Import & { readonly limits: MemoryLimits })[] = [];
  readonly #imported: (Import & Callable)[] = [];
  readonly #defined: FunctionEmitter[] = [];
  /** Imported ones first: a function's index is its place here. */
  readonly #callables: Callable[] = [];
  readonly #exports = new Map<string, Callable>();

  /** Its number, for memargs. A number is 0 for whoever names none. */
  importMemory(module: string, name: string, limits: MemoryLimits): number {
    const { minPages, maxPages: most = maxPages } = limits;
    if (!(minPages <= most && most <= maxPages)) {
      throw new Error(
        `memory ${name}: found ${minPages} to ${most} pages, expected at most ${maxPages}`,
      );
    }
    this.#memories.push({ module, name, limits });
    return this.#memories.length - 1;
  }

  /** Before any function of the module's own: they are numbered behind the imported ones. */
  importFunction(module: string, name: string, type: FunctionType): Callable {
    if (this.#defined.length > 0) {
      throw new Error(`function ${name}: imports come before the module's own functions`);
    }
    const callable = { module, name, type, index: this.#callables.length };
    this.#imported.push(callable);
    this.#callables.push(callable);
    return callable;
  }

  /** To be filled by the caller, in any order: functions may call each other. */
  function<Param extends string>(
    name: string,
    params: Readonly<Record<Param, ValueType>>,
    results: readonly ValueType[] = [],
  ): FunctionEmitter<Param> {
    const emitter = new FunctionEmitter(name, params, results, this.#callables);
    this.#defined.push(emitter);
    this.#callables.push(emitter);
    return emitter;
  }

  export(callable: Callable, name: string = callable.name): void {
    if (this.#exports.has(name)) throw new Error(`export ${name}: the name is taken`);
    if (this.#callables[callable.index] !== callable) {
      throw new Error(`export ${name}: not a function of this module`);
    }
    this.#exports.set(name, callable);
  }

  /** The module's bytes. Once: functions end here. */
  finish(): Uint8Array {
    for (const { name, memoryInstruction } of this.#defined) {
      if (memoryInstruction && !this.#memories[memoryInstruction.memory]) {
        const { name: instruction, memory } = memoryInstruction;
        throw new Error(`${name}: ${instruction} in a module without a memory ${memory}`);
      }
    }
    const bodies = this.#defined.map((emitter) => emitter.finish());
    const types = new TypeList(this.#callables.map(({ type }) => type));
    const out = new ByteWriter();
    const section = (id: keyof typeof sections, write: (part: ByteWriter) => void) => {
      out.byte(sections[id]);
      out.sized(write);
    };
    out.raw(header);
    section('type', (part) => types.write(part));
    section('import', (part) => this.#writeImports(part, types));
    section('function', (part) => {
      part.list(this.#defined, ({ type }) => part.u32(types.indexOf(type)));
    });
    section('export', (part) => {
      part.list([...this.#exports], ([name, { index }]) => {
        part.name(name);
        part.byte(kinds.function);
        part.u32(index);
      });
    });
    section('code', (part) => {
      part.list(bodies, (body) => {
        part.u32(body.length);
        part.raw(body);
      });
    });
    section('custom', (part) => this.#writeNames(part));
    return out.bytes.slice();
  }

  #writeImports(part: ByteWriter, types: TypeList): void {
    part.u32(this.#imported.length + this.#memories.length);
    for (const { module, name, type } of this.#imported) {
      part.name(module);
      part.name(name);
      part.byte(kinds.function);
      part.u32(types.indexOf(type));
    }
    for (const { module, name, limits } of this.#memories) {
      part.name(module);
      part.name(name);
      part.byte(kinds.memory);
      part.byte((limits.maxPages === undefined ? 0 : 1) | (limits.shared ? 2 : 0));
      part.u32(limits.minPages);
      if (limits.maxPages !== undefined) part.u32(limits.maxPages);
    }
  }

  #writeNames(part: ByteWriter): void {
    part.name('name');
    part.byte(functionNames);
    part.sized((names) => {
      names.list(this.#callables, ({ name, index }) => {
        names.u32(index);
        names.name(name);
      });
    });
  }
}

/** Function types, each once. */
class TypeList {
  readonly #types: readonly FunctionType[];
  readonly #indices: ReadonlyMap<string, number>;

  constructor(types: readonly FunctionType[]) {
    const distinct = new Map(types.map((type) => [keyOf(type), type]));
    this.#types = [...distinct.values()];
    this.#indices = new Map([...distinct.keys()].map((key, index) => [key, index]));
  }

  indexOf(type: FunctionType): number {
    return this.#indices.get(keyOf(type)) as number;
  }

  write(part: ByteWriter): void {
    const list = (types: readonly ValueType[]) =>
      part.list(types, (type) => part.byte(valueTypeCodes[type]));
    part.list(this.#types, ({ params, results }) => {
      part.byte(functionTypeCode);
      list(params);
      list(results);
    });
  }
}

const keyOf = ({ params, results }: FunctionType) => `${params}->${results}`;
