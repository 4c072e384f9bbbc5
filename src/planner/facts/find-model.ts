/** A model of the planner by any of its names: id, repository, short name of `sampan pull`. */
import { error } from '../../base/errors.ts';
import { nearestNames } from '../../base/nearest-names.ts';
import { modelsTable } from './models-table.ts';
import type { ServedModel } from './served-model.ts';

export function findModel(name: string): ServedModel {
  const wanted = name.trim().toLowerCase();
  const found = modelsTable.find((model) => namesOf(model).includes(wanted));
  if (found === undefined) {
    const nearest = nearestNames(name, modelsTable.flatMap(namesOf)).join(', ');
    throw error('plan_model_unknown', { name, nearest });
  }
  return found;
}

function namesOf({ id, aliases, repository }: ServedModel): string[] {
  return [id, repository.toLowerCase(), ...aliases];
}
