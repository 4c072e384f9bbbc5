import { expect, test } from 'vitest';
import type { PlanRow } from '../plan-answer.ts';
import { chipLabels, withoutVendor } from './chip-label.ts';

function row(chip: string, chipName: string, vendor: string, engine = 'vllm'): PlanRow {
  return { chipName, vendor, prediction: { chip, engine, precision: 'fp8' } } as PlanRow;
}

test('the maker’s name is left out where it begins the chip’s', () => {
  expect(withoutVendor('Nvidia H20 96 GB', 'Nvidia')).toBe('H20 96 GB');
  expect(withoutVendor('MTT S5000', 'Moore Threads')).toBe('MTT S5000');
  expect(withoutVendor('Nvidia', 'Nvidia')).toBe('Nvidia');
});

test('labels are short, and no two are alike', () => {
  const labels = chipLabels([
    row('h20', 'Nvidia H20 96 GB', 'Nvidia'),
    row('gb200', 'Nvidia GB200 NVL72, one GPU', 'Nvidia'),
    row('rtx-pro-6000', 'Nvidia RTX PRO 6000 Blackwell Server', 'Nvidia'),
    row('ascend-950dt', 'Huawei Ascend 950DT (Atlas 950), 144 GB', 'Huawei'),
    row('ascend-950dt-96g', 'Huawei Ascend 950DT (Atlas 850E), 96 GB', 'Huawei'),
    row('l20', 'Nvidia L20', 'Nvidia', 'vllm'),
    row('l20', 'Nvidia L20', 'Nvidia', 'sglang'),
  ]);
  expect(labels).toEqual([
    ...['H20 96 GB', 'GB200 NVL72', 'rtx-pro-6000', 'ascend-950dt', 'ascend-950dt-96g'],
    ...['L20 vllm fp8', 'L20 sglang fp8'],
  ]);
});
