/** A bench report as people read it. */
import { formatBytes } from '../machine.ts';
import { count, harmless } from '../print-reply.ts';
import { paint, type Terminal } from '../terminal.ts';
import type { BenchReport } from './report.ts';

export function describeBench(report: BenchReport, { stdout }: Terminal): string {
  const { model, machine, device, limits, settings, load, prefill, decode } = report;
  const row = (name: string, value: string) =>
    `${paint(stdout, 'dim', name.padEnd(8))} ${harmless(value)}`;
  const cores = count(machine.usableCores, 'core');
  return [
    row(
      'model',
      `${model.name}: ${model.architecture}, ${model.quantisation}, ${formatBytes(model.memory.weightBytes)} of weights`,
    ),
    row(
      'machine',
      `${machine.cpu}, ${cores}, ${formatBytes(machine.usableMemoryBytes)}; ${machine.system}; Node ${machine.node}; Sampan ${report.version}`,
    ),
    row('device', `${device.kind}, ${count(device.threads, 'thread')}`),
    ...(limits ? [row('limits', describeLimits(limits))] : []),
    row('measured', describeSettings(settings)),
    row(
      'load',
      `ready after ${seconds(load.readyMs)}, first token after ${seconds(load.firstTokenMs)}`,
    ),
    row(
      'prefill',
      `${rate(prefill.tokensPerSecond)} tokens/s, TTFT ${seconds(prefill.ttftMs)}: ` +
        `${figure(prefill.gmacS)} GMAC/s${percent(prefill.percentOfLimit)}`,
    ),
    ...describeDecode(decode, settings.concurrency).map((line, i) => row(i ? '' : 'decode', line)),
    row('memory', `${formatBytes(report.peakMemoryBytes)} at its peak`),
    ...describePlanCheck(report.plan).map((line, i) => row(i ? '' : 'plan', line)),
  ].join('\n');
}

function describeDecode(decode: BenchReport['decode'], concurrency: number): string[] {
  const { tokensPerSecond, tokensPerSecondPerStream, tpotMs, readGBs, percentOfLimit } = decode;
  const perStream = concurrency > 1 ? ` (${rate(tokensPerSecondPerStream)} per stream)` : '';
  const speed = `${rate(tokensPerSecond)} tokens/s${perStream}, TPOT ${tpotMs.toFixed(1)} ms`;
  if (readGBs === undefined) return [speed];
  const [weights, keys] = [decode.weightBytesPerStep, decode.kvBytesPerStep].map(formatBytes);
  return [
    `${speed}: ${figure(readGBs)} GB/s${percent(percentOfLimit)}`,
    `a step reads ${weights} of weights and ${keys} of keys and values`,
  ];
}

export function describePlanCheck(plan: BenchReport['plan']): string[] {
  if (plan === undefined) return [];
  if ('refused' in plan) return [`cannot be checked: ${plan.refused}`];
  return plan.compared.map(({ name, unit, predicted, low, high, measured, error }) => {
    const signed = `${error < 0 ? '-' : '+'}${Math.round(100 * Math.abs(error))} %`;
    const range = `(${figure(low)} to ${figure(high)})`;
    return `${name} ${figure(predicted)} ${unit} predicted ${range}, ${figure(measured)} measured: ${signed}`;
  });
}

function describeSettings(settings: BenchReport['settings']): string {
  const { promptTokens, replyTokens, contextTokens, concurrency, rounds, speculation } = settings;
  return [
    `prompts of ${count(promptTokens, 'token')}`,
    `replies of ${replyTokens} behind ${contextTokens}`,
    count(concurrency, 'stream'),
    `speculation ${speculation}`,
    rounds > 1 ? `medians of ${rounds} rounds` : 'one round',
  ].join(', ');
}

function describeLimits(limits: NonNullable<BenchReport['limits']>): string {
  const { kind, level, threads, readGBs, int8GmacS, f32GmacS } = limits;
  return (
    `${kind}, ${count(threads, 'thread')}, ${level}: reads ${readGBs.toFixed(1)} GB/s, ` +
    `multiplies ${Math.round(int8GmacS)} GMAC/s of int8, ${Math.round(f32GmacS)} of f32`
  );
}

const percent = (share: number | undefined) =>
  share === undefined ? '' : `, ${share.toFixed(share < 10 ? 1 : 0)} % of this machine's limit`;
const rate = (value: number) => (value >= 100 ? value.toFixed(0) : value.toFixed(1));
const figure = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(2));
const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
