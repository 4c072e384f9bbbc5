import { expect, test } from 'vitest';
import { type CpuFeatureName, type CpuFeatures, cpuFeatureNames } from './cpu-features.ts';
import { x64FeaturesOf, x64TargetOf } from './x64-target.ts';

const cpu = (...names: CpuFeatureName[]) =>
  Object.fromEntries(cpuFeatureNames.map((name) => [name, names.includes(name)])) as CpuFeatures;

test('512 bit vectors need F, BW, DQ and VL together; what builds on them does too', () => {
  const zen4 = cpu('avx512f', 'avx512bw', 'avx512dq', 'avx512vl', 'avx512_vnni');
  expect(x64FeaturesOf(zen4)).toMatchObject({ avx512: true, avx512Vnni: true, avxVnni: false });
  const noVl = cpu('avx512f', 'avx512bw', 'avx512dq', 'avx512_vnni', 'avx_vnni');
  expect(x64FeaturesOf(noVl)).toMatchObject({ avx512: false, avx512Vnni: false, avxVnni: true });
});

test('scratch that a program reserves is asked for', () => {
  const none = { avx512: false, avx512Vnni: false, avxVnni: false, amx: false };
  const { scratchBytes, code } = x64TargetOf(none).compile({
    key: 'reserving',
    build: (k) => void k.reserve(1000),
  });
  expect(scratchBytes).toBe(1024);
  expect(code.at(-1)).toBe(0xc3); // ret
});
