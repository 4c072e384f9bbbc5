/** Every model that the planner knows: the DeepSeek family, and what published results stand on. */
import { distillsTable } from './models-distills-table.ts';
import { v3Table } from './models-v3-table.ts';
import { v4Table } from './models-v4-table.ts';
import type { ServedModel } from './served-model.ts';

export const modelsTable: readonly ServedModel[] = [...distillsTable, ...v3Table, ...v4Table];
