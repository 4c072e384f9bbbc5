/** Every chip the planner knows, maker by maker. A row with missing figures stays: it says what lacks. */
import type { Chip } from './chip.ts';
import { amdChips } from './chips-amd-table.ts';
import { ascendChips } from './chips-ascend-table.ts';
import { chinaChips } from './chips-china-table.ts';
import { nvidiaChips } from './chips-nvidia-table.ts';

export const chipsTable: readonly Chip[] = [
  ...nvidiaChips,
  ...amdChips,
  ...ascendChips,
  ...chinaChips,
];
