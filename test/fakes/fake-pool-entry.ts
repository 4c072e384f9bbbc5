/** A loaded model as the pool lists it, with figures of its engine. */
import { newCounters, newInterToken } from '../../src/engine/engine-stats.ts';
import type { PoolEntry } from '../../src/engine/model-pool.ts';
import { fakeInfo } from './fake-answerer.ts';

export function fakePoolEntry(name = 'nano'): PoolEntry {
  const figures = { promptTokens: 12, generationTokens: 40, cachedTokens: 8 };
  return {
    ...{ name, source: name, state: 'ready', numUsers: 0 },
    ...{ info: fakeInfo, weightBytes: 1000, kvBytes: 2000 },
    stats: {
      ...{ running: 1, waiting: 2, interToken: newInterToken() },
      kvBlocks: { total: 16, used: 4, cached: 2, free: 10, untouched: 8 },
      counters: { ...newCounters(), ...figures },
    },
  };
}
