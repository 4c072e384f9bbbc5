/** The planner and its tables as the page uses them: the one place where they come in. */
export { chipsTable } from '../../../src/planner/facts/chips-table.ts';
export { defaultPrice } from '../../../src/planner/facts/default-price.ts';
export { exportsTable } from '../../../src/planner/facts/exports-table.ts';
export { modelsTable } from '../../../src/planner/facts/models-table.ts';
export { pricesTable } from '../../../src/planner/facts/prices-table.ts';
export { findSource } from '../../../src/planner/find-source.ts';
export { plan } from '../../../src/planner/plan.ts';
