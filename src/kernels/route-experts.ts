/**
 * DeepSeek's router: which experts a token goes to, with what weight.
 * Scores are softmax (V2) or sigmoid (V3) of the gate's logits. The choice is made by score + bias
 * among the best `topkGroup` of `nGroup` groups; the weights are the scores without the bias,
 * normalised over the chosen (norm = 1) and multiplied by `scale`. A group's score is its best
 * biased score (V2) or the sum of its two best (V3: groupTop2 = 1).
 * Sources: arXiv:2405.04434 (2.2.2), arXiv:2412.19437 (2.1.2), DeepSeek-V3's inference/model.py.
 * Ties go to the lower index.
 */
import { defineKernel, f32, i32, scalar } from '../compiler/kernel.ts';
import { reads, strideOf, writes } from './emit/define-program.ts';
import { mostExperts, routeProgram } from './route-program.ts';

export const routeExperts = defineKernel({
  name: 'route_experts',
  params: {
    logits: f32.in('tokens', 'experts'),
    bias: f32.in('experts'),
    sigmoid: scalar,
    nGroup: scalar,
    topkGroup: scalar,
    groupTop2: scalar,
    norm: scalar,
    scale: scalar,
    experts: i32.out('tokens', 'topk'),
    weights: f32.out('tokens', 'topk'),
  },
  parallelOver: 'tokens',

  reference(args, token, dims) {
    const { bias, sigmoid, nGroup, topkGroup, groupTop2, norm, scale } = args;
    const scores = sigmoid ? sigmoidOf(args.logits.row(token)) : softmaxOf(args.logits.row(token));
    const biased = scores.map((score, i) => score + bias.data[i]);
    const groupSize = scores.length / nGroup;
    if (topkGroup < nGroup) {
      const groups = Array.from({ length: nGroup }, (_, g) => {
        const best = [...biased.slice(g * groupSize, (g + 1) * groupSize)].sort((a, b) => b - a);
        return best[0] + (groupTop2 ? (best[1] ?? 0) : 0);
      });
      const kept = new Set(largest(groups, topkGroup));
      for (let i = 0; i < biased.length; i++) {
        if (!kept.has(Math.floor(i / groupSize))) biased[i] = Number.NEGATIVE_INFINITY;
      }
    }
    const chosen = largest(biased, dims.topk);
    const sum = norm ? chosen.reduce((total, i) => total + scores[i], 0) + 1e-20 : 1;
    args.experts.row(token).set(chosen);
    args.weights.row(token).set(chosen.map((i) => (scores[i] / sum) * scale));
  },

  lower(args, { tokens, experts, topk }, context) {
    const { logits, bias, sigmoid, nGroup, topkGroup, groupTop2, norm, scale } = args;
    if (experts > mostExperts) throw new Error(`${experts} experts are too many`);
    const hasGroups = topkGroup < nGroup;
    const launch = routeProgram({ isSigmoid: !!sigmoid, hasGroups, isTop2: !!groupTop2 }).launch(
      {
        ...{ logits: reads(logits), logitsStride: strideOf(logits), bias: reads(bias) },
        ...{ numExperts: experts, topk, nGroup, topkGroup, groupSize: experts / nGroup },
        ...{ norm, scale, chosen: writes(args.experts), chosenStride: strideOf(args.experts) },
        ...{ weights: writes(args.weights), weightsStride: strideOf(args.weights) },
      },
      tokens,
    );
    context.launch(launch);
  },

  shapes: [
    {
      ...{ tokens: 1, experts: 4, topk: 1, sigmoid: 0, nGroup: 1, topkGroup: 1, groupTop2: 0 },
      ...{ norm: 0, scale: 1 },
    },
    {
      ...{ tokens: 3, experts: 64, topk: 6, sigmoid: 0, nGroup: 8, topkGroup: 3, groupTop2: 0 },
      ...{ norm: 0, scale: 16 },
    },
    {
      ...{ tokens: 5, experts: 256, topk: 8, sigmoid: 1, nGroup: 8, topkGroup: 4, groupTop2: 1 },
      ...{ norm: 1, scale: 2.5 },
    },
  ],
});

function sigmoidOf(logits: Float32Array): Float64Array {
  return Float64Array.from(logits, (v) => 1 / (1 + Math.exp(-v)));
}

function softmaxOf(logits: Float32Array): Float64Array {
  const max = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const exponentials = Float64Array.from(logits, (v) => Math.exp(v - max));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((v) => v / sum);
}

/** Indices of the k largest, largest first. */
function largest(values: ArrayLike<number>, k: number): number[] {
  return Array.from(values, (_, i) => i)
    .sort((a, b) => values[b] - values[a] || a - b)
    .slice(0, k);
}
