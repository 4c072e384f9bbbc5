/**
 * The plans of the lists of commands that ran last: a decode step's list comes again with every
 * token. Releasing memory makes all of them useless, for its addresses are in them.
 */
import { ArgsMemory } from './args-memory.ts';
import { Constants } from './constants.ts';
import { lowerCommands } from './lower-commands.ts';
import type { Machine } from './machine.ts';
import { type CompiledCommand, isPlanOf, type Plan } from './plan.ts';
import type { Programs } from './programs.ts';
import { StepArena } from './step-arena.ts';

const maxPlans = 24;

export class PlanCache {
  readonly #machine: Machine;
  readonly #programs: Programs;
  readonly #arena: StepArena;
  readonly #constants: Constants;
  /** Last used first. */
  readonly #plans: Plan[] = [];
  #generation = 0;

  constructor(machine: Machine, programs: Programs) {
    this.#machine = machine;
    this.#programs = programs;
    this.#arena = new StepArena(machine);
    this.#constants = new Constants(machine);
  }

  async get(commands: readonly CompiledCommand[]): Promise<Plan> {
    const index = this.#plans.findIndex(
      (plan) => plan.generation === this.#generation && isPlanOf(plan, commands),
    );
    if (index >= 0) {
      const [plan] = this.#plans.splice(index, 1);
      this.#plans.unshift(plan);
      return plan;
    }
    const args = this.#unusedArgs();
    const generation = this.#generation;
    const parts = {
      ...{ machine: this.#machine, programs: this.#programs, arena: this.#arena, args },
      constants: this.#constants,
    };
    try {
      const lowered = await lowerCommands(commands, parts);
      const plan = { commands: [...commands], ...lowered, args, generation };
      this.#plans.unshift(plan);
      return plan;
    } catch (cause) {
      args.free();
      throw cause;
    }
  }

  invalidate(): void {
    this.#generation++;
  }

  /** Of the plan that is good no more, or was not used for longest. */
  #unusedArgs(): ArgsMemory {
    const stale = this.#plans.findIndex(({ generation }) => generation !== this.#generation);
    if (stale < 0 && this.#plans.length < maxPlans) return new ArgsMemory(this.#machine);
    const [plan] = this.#plans.splice(stale < 0 ? maxPlans - 1 : stale, 1);
    return plan.args;
  }
}
