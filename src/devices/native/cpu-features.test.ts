/** CPUID against what the kernel lists, and the rules with processors we do not have. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Cpu, cpuFeatureNames, featuresOf, readCpuFeatures } from './cpu-features.ts';

test('features are those that the system lists', () => {
  const { features } = readCpuFeatures();
  const found = cpuFeatureNames.filter((name) => features?.[name]);
  const info = '/proc/cpuinfo';
  if (!existsSync(info)) return; // elsewhere nothing to compare with: it ran, no more
  const flags = /^flags\s*: (.*)$/m.exec(readFileSync(info, 'utf8'))?.[1]?.split(' ') ?? [];
  expect(found).toEqual(cpuFeatureNames.filter((name) => flags.includes(name)));
});

/** A processor that has everything, whose system saves the registers that `xcr0` says. */
const everything = (xcr0: number, maxLeaf = 7): Cpu => ({
  cpuid: (leaf) => ({ eax: leaf === 0 ? maxLeaf : -1, ebx: -1, ecx: -1, edx: -1 }),
  xgetbv: () => xcr0,
});
const namesFound = (cpu: Cpu) => {
  const features = featuresOf(cpu);
  return cpuFeatureNames.filter((name) => features[name]);
};

test('an extension counts only when the system saves its registers', () => {
  expect(namesFound(everything(0x6_00e7))).toEqual(cpuFeatureNames);
  const withoutTiles = cpuFeatureNames.filter((name) => !name.startsWith('amx'));
  expect(namesFound(everything(0xe7))).toEqual(withoutTiles);
  expect(namesFound(everything(0x07))).toEqual(['avx2', 'fma', 'f16c', 'avx_vnni']);
  expect(namesFound(everything(0xe1))).toEqual([]);
  expect(namesFound(everything(0x03))).toEqual([]);
});

test('XGETBV is not run where the system has not switched it on', () => {
  const old: Cpu = {
    cpuid: () => ({ eax: 1, ebx: 0, ecx: 1 << 28, edx: 0 }),
    xgetbv() {
      throw new Error('illegal instruction');
    },
  };
  expect(namesFound(old)).toEqual([]);
});

test('leaves that the processor does not have are not read', () => {
  expect(namesFound(everything(0xe7, 1))).toEqual(['fma', 'f16c']);
});
