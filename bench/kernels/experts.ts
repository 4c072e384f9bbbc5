/**
 * V2-Lite's experts (2048 → 1408, the best 6 of 64) and what brings tokens to them and back. A
 * token's experts are read from memory: commands follow each other with other choices, until
 * every expert was read. Bytes are those of the checkpoint.
 */
import { type DType, rowBytes } from '../../src/base/dtypes.ts';
import type { DeviceTensor } from '../../src/devices/device.ts';
import { combineExperts } from '../../src/kernels/combine-experts.ts';
import { expertGatedLinear } from '../../src/kernels/expert-gated-linear.ts';
import { expertLinear } from '../../src/kernels/expert-linear.ts';
import { routeExperts } from '../../src/kernels/route-experts.ts';
import type { Operands, Row } from './measure.ts';
import { runFamily } from './report.ts';

const [hidden, intermediate, numExperts, topk] = [2048, 1408, 64, 6];

/** (tokens, topk), different experts for a token, and for the same token of the next command. */
function choices(o: Operands, tokens: number, command: number): DeviceTensor {
  const experts = Int32Array.from({ length: tokens * topk }, (_, slot) => {
    const [token, choice] = [Math.floor(slot / topk), slot % topk];
    return (token * 11 + choice * 7 + command * 5) % numExperts;
  });
  return o.integers(experts, tokens, topk);
}

const nameOf = (kernel: string, tokens: number) =>
  `${kernel}, ${tokens} ${tokens === 1 ? 'token' : 'tokens'}`;

const commandsOf = (tokens: number) => (tokens === 1 ? 10 : 1);

/** Work of all commands with `matrices` of each expert. */
function workOf(dtype: DType, tokens: number, columns: number, rows: number, matrices: number) {
  const perCommand = matrices * rows * Math.min(numExperts, tokens * topk);
  return {
    macs: commandsOf(tokens) * tokens * topk * matrices * rows * columns,
    limit: 'int8GmacS',
    bytes: commandsOf(tokens) * perCommand * rowBytes(dtype, columns),
  } as const;
}

function gatedRow(tokens: number): Row {
  return {
    ...{ name: nameOf('expert_gated_linear q4_k', tokens), isQuick: true },
    make(o) {
      const slots = tokens * topk;
      const [x, y] = [o.random(tokens, hidden), o.empty(slots, intermediate)];
      const gate = o.stacked('q4_k', intermediate, hidden, numExperts);
      const up = o.stacked('q4_k', intermediate, hidden, numExperts);
      const commands = Array.from({ length: commandsOf(tokens) }, (_, i) => {
        const experts = choices(o, tokens, i);
        return o.device.command(expertGatedLinear, { x, gate, up, experts, y });
      });
      return { commands, work: workOf('q4_k', tokens, hidden, intermediate, 2) };
    },
  };
}

function downRow(dtype: DType, tokens: number): Row {
  return {
    name: nameOf(`expert_linear ${dtype}`, tokens),
    make(o) {
      const slots = tokens * topk;
      const [x, y] = [o.random(slots, intermediate), o.empty(slots, hidden)];
      const w = o.stacked(dtype, hidden, intermediate, numExperts);
      const commands = Array.from({ length: commandsOf(tokens) }, (_, i) => {
        return o.device.command(expertLinear, { x, w, experts: choices(o, tokens, i), y });
      });
      return { commands, work: workOf(dtype, tokens, intermediate, hidden, 1) };
    },
  };
}

function routeRow(tokens: number): Row {
  return {
    ...{ name: nameOf('route_experts', tokens), isQuick: true },
    make(o) {
      const logits = o.random(tokens, numExperts);
      const bias = o.random(numExperts);
      const experts = choices(o, tokens, 0);
      const how = { sigmoid: 0, nGroup: 1, topkGroup: 1, groupTop2: 0, norm: 0, scale: 1 };
      const args = { logits, bias, experts, weights: o.empty(tokens, topk), ...how };
      const bytes = 4 * tokens * (numExperts + 2 * topk);
      return { commands: [o.device.command(routeExperts, args)], work: { bytes } };
    },
  };
}

function combineRow(tokens: number): Row {
  return {
    name: nameOf('combine_experts', tokens),
    make(o) {
      const x = o.random(tokens * topk, hidden);
      const args = { x, weights: o.random(tokens, topk), y: o.random(tokens, hidden) };
      const bytes = 4 * tokens * hidden * (topk + 2);
      return { commands: [o.device.command(combineExperts, args)], work: { bytes } };
    },
  };
}

await runFamily(
  'experts',
  [1, 512].flatMap((tokens) => [
    routeRow(tokens),
    gatedRow(tokens),
    downRow('q5_0', tokens),
    downRow('q8_0', tokens),
    combineRow(tokens),
  ]),
);
