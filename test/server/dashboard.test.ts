/** docs/grafana-dashboard.json asks for metrics and labels that /metrics has. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Metrics } from '../../src/server/metrics.ts';
import { fakeSummary } from '../fakes/fake-answerer.ts';
import { fakePoolEntry } from '../fakes/fake-pool-entry.ts';

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const file = path.resolve(import.meta.dirname, '../../docs/grafana-dashboard.json');
const { panels } = JSON.parse(readFileSync(file, 'utf8')) as { panels: Panel[] };
const exprs = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

async function exposed(): Promise<string> {
  const metrics = new Metrics();
  metrics.watch(() => [fakePoolEntry()], '0.0.0');
  metrics.onReply('nano', fakeSummary);
  metrics.onRequest({ status: 200, durationMs: 3 }, 'POST', '/v1/chat/completions');
  return metrics.registry.metrics();
}

test('every metric of the dashboard is exposed, with the labels it groups by', async () => {
  const text = await exposed();
  const names = exprs.flatMap((expr) => expr.match(/\b(?:vllm:|sampan_|process_)\w+/g) ?? []);
  expect(names.length).toBeGreaterThan(20);
  for (const name of new Set(names)) {
    const series = text.split('\n').filter((line) => line.startsWith(name));
    expect(series, name).not.toEqual([]);
    const groupedBy = exprs
      .filter((expr) => expr.includes(name) && !expr.includes('process_'))
      .flatMap((expr) => [...expr.matchAll(/by \(([^)]*)\)/g)])
      .flatMap(([, labels]) => (labels as string).split(', '));
    for (const label of new Set(groupedBy)) expect(series[0], name).toContain(`${label}="`);
  }
});

test('its panels are whole', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  for (const { title, targets } of panels) {
    expect(title).not.toBe('');
    for (const { expr, legendFormat } of targets) {
      expect(expr.split('(').length, expr).toBe(expr.split(')').length);
      expect(legendFormat).not.toBe('');
    }
  }
});
