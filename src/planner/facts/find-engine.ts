/** A serving engine by what people call it: `tensorrt-llm`, `vLLM-Ascend`, `sgl`. */
import { error } from '../../base/errors.ts';
import { nearestNames } from '../../base/nearest-names.ts';
import type { Engine } from './engine.ts';
import { enginesTable } from './engines-table.ts';
import { nameKey } from './find-chip.ts';

const byKey = new Map<string, Engine>(
  enginesTable.flatMap((engine) =>
    [engine.id, engine.name, ...engine.aliases].map((name): [string, Engine] => [
      nameKey(name),
      engine,
    ]),
  ),
);

export function findEngine(name: string): Engine {
  const engine = byKey.get(nameKey(name));
  if (engine !== undefined) return engine;
  const names = nearestNames(nameKey(name), [...byKey.keys()], 6);
  const nearest = [...new Set(names.map((name) => byKey.get(name)?.id))].slice(0, 3);
  throw error('plan_engine_unknown', { name, nearest: nearest.join(', ') });
}
