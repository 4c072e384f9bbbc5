/**
 * What one layer's attention costs by the length of its context: weights, cache, reads and
 * multiply-adds. Arithmetic of the published architectures; nothing here is fitted.
 *
 * A context counts the tokens before the current one and itself. Compressed entries are counted as
 * fractions: over many steps they come out right.
 */
import type {
  Attention,
  CompressedAttention,
  GroupedAttention,
  Indexer,
  LatentAttention,
} from '../facts/served-model.ts';

export interface AttentionWork {
  /** Parameters of its linear maps. */
  readonly weights: number;
  /** Elements stored per sequence of that length. */
  kvElements(context: number): number;
  /** Elements of the cache read to make one token, the indexer's keys too. */
  readElements(context: number): number;
  /** Multiply-adds of core attention and indexer for one token, latents not expanded. */
  decodeMacs(context: number): number;
  /** Of a prompt of `tokens`, the first `cached` of which are in the cache already. */
  prefillMacs(tokens: number, cached: number): number;
  /** Over so many chips of a tensor-parallel group the cache splits; beyond, it is repeated. */
  readonly kvHeads: number;
}

export function attentionWork(attention: Attention, hiddenSize: number): AttentionWork {
  switch (attention.kind) {
    case 'grouped':
      return groupedWork(attention, hiddenSize);
    case 'latent':
      return latentWork(attention, hiddenSize);
    case 'compressed':
      return compressedWork(attention, hiddenSize);
  }
}

function groupedWork(attention: GroupedAttention, hiddenSize: number): AttentionWork {
  const { heads, kvHeads, headDim } = attention;
  const perKey = 2 * heads * headDim;
  const stored = 2 * kvHeads * headDim;
  return {
    weights: 2 * hiddenSize * (heads + kvHeads) * headDim,
    kvElements: (context) => stored * context,
    readElements: (context) => stored * context,
    decodeMacs: (context) => perKey * context,
    prefillMacs: (tokens, cached) => perKey * seenKeys(tokens, cached),
    kvHeads,
  };
}

function latentWork(attention: LatentAttention, hiddenSize: number): AttentionWork {
  const { heads, kvLoraRank, qkNopeHeadDim, qkRopeHeadDim, vHeadDim, indexer } = attention;
  const stored = kvLoraRank + qkRopeHeadDim;
  const absorbed = heads * (2 * kvLoraRank + qkRopeHeadDim);
  const expanded = heads * (qkNopeHeadDim + qkRopeHeadDim + vHeadDim);
  // A new token's expansion is counted in the weights; that of cached ones comes on top.
  const expansion = kvLoraRank * heads * (qkNopeHeadDim + vHeadDim);
  const topK = indexer?.topK ?? Number.POSITIVE_INFINITY;
  const index = indexWork(indexer, 1);
  return {
    weights: latentWeights(attention, hiddenSize) + indexerWeights(attention, hiddenSize),
    kvElements: (context) => (stored + index.stored) * context,
    readElements: (context) => stored * Math.min(context, topK) + index.stored * context,
    decodeMacs: (context) => absorbed * Math.min(context, topK) + index.perToken * context,
    // Engines take the cheaper form; only the absorbed one can skip keys.
    prefillMacs: (tokens, cached) =>
      index.perToken * seenKeys(tokens, cached) +
      Math.min(
        expanded * seenKeys(tokens, cached) + expansion * Math.min(cached, tokens),
        absorbed * seenKeys(tokens, cached, topK),
      ),
    kvHeads: 1,
  };
}

function latentWeights(attention: LatentAttention, hiddenSize: number): number {
  const { heads, qLoraRank, kvLoraRank, qkNopeHeadDim, qkRopeHeadDim, vHeadDim } = attention;
  const query = heads * (qkNopeHeadDim + qkRopeHeadDim);
  return (
    (qLoraRank === undefined ? hiddenSize * query : qLoraRank * (hiddenSize + query)) +
    hiddenSize * (kvLoraRank + qkRopeHeadDim) +
    kvLoraRank * heads * (qkNopeHeadDim + vHeadDim) +
    heads * vHeadDim * hiddenSize
  );
}

/** V3.2's indexer: queries from the query latent, keys and head weights from the input. */
function indexerWeights({ indexer, qLoraRank }: LatentAttention, hiddenSize: number): number {
  if (indexer === undefined) return 0;
  const { heads, headDim } = indexer;
  return (qLoraRank ?? hiddenSize) * heads * headDim + hiddenSize * (headDim + heads);
}

function compressedWork(attention: CompressedAttention, hiddenSize: number): AttentionWork {
  const { heads, headDim, windowTokens, ratio, indexer } = attention;
  const { sharesCache = false, sharesIndex = false } = attention;
  const perKey = 2 * heads * headDim;
  const entries = ratio === 0 ? 0 : 1 / ratio;
  const index = indexWork(sharesIndex ? undefined : indexer, entries);
  // So many tokens are seen through their entries at most, and so many are scored at most.
  const topTokens = indexer === undefined ? Number.POSITIVE_INFINITY : indexer.topK * ratio;
  const scoredTokens = (indexer?.candidates ?? Number.POSITIVE_INFINITY) * Math.max(ratio, 1);
  const owned = sharesCache ? 0 : entries * headDim + index.stored;
  return {
    weights: compressedWeights(attention, hiddenSize),
    kvElements: (context) => headDim * Math.min(context, windowTokens) + owned * context,
    readElements: (context) =>
      headDim * (Math.min(context, windowTokens) + entries * Math.min(context, topTokens)) +
      index.stored * Math.min(context, scoredTokens),
    decodeMacs: (context) =>
      perKey * (Math.min(context, windowTokens) + entries * Math.min(context, topTokens)) +
      index.perToken * Math.min(context, scoredTokens),
    prefillMacs: (tokens, cached) =>
      perKey *
        (seenKeys(tokens, cached, windowTokens) + entries * seenKeys(tokens, cached, topTokens)) +
      index.perToken * seenKeys(tokens, cached, scoredTokens),
    kvHeads: 1,
  };
}

function compressedWeights(attention: CompressedAttention, hiddenSize: number): number {
  const { heads, headDim, qLoraRank, outputGroups, outputLoraRank, ratio, indexer } = attention;
  const { sharesCache = false, sharesIndex = false } = attention;
  const ownsEntries = ratio > 0 && !sharesCache;
  const runsIndexer = indexer !== undefined && !sharesIndex;
  return (
    qLoraRank * (hiddenSize + heads * headDim) +
    hiddenSize * headDim +
    outputLoraRank * (heads * headDim + outputGroups * hiddenSize) +
    (ownsEntries ? compressorWeights(headDim, ratio, hiddenSize) : 0) +
    (runsIndexer ? indexer.heads * (qLoraRank * indexer.headDim + hiddenSize) : 0) +
    (runsIndexer && ownsEntries ? indexKeyWeights(indexer, headDim, ratio, hiddenSize) : 0)
  );
}

/** Values and, where several tokens become one, gates; at ratio 4 windows overlap: twice as wide. */
function compressorWeights(headDim: number, ratio: number, hiddenSize: number): number {
  const width = ratio === 4 ? 2 * headDim : headDim;
  return hiddenSize * width * (ratio > 1 ? 2 : 1);
}

function indexKeyWeights(
  { headDim, keysFromLatent = false }: Indexer,
  latentDim: number,
  ratio: number,
  hiddenSize: number,
): number {
  return keysFromLatent ? latentDim * headDim : compressorWeights(headDim, ratio, hiddenSize);
}

/** Per token of context: the indexer's stored elements and its multiply-adds. */
function indexWork(indexer: Indexer | undefined, entries: number) {
  if (indexer === undefined) return { stored: 0, perToken: 0 };
  const { heads, headDim } = indexer;
  return { stored: entries * headDim, perToken: entries * heads * headDim };
}

/** Keys that the tokens after `cached` see, each those before it and itself, at most `most`. */
function seenKeys(tokens: number, cached: number, most = Number.POSITIVE_INFINITY): number {
  return seenByFirst(tokens, most) - seenByFirst(Math.min(cached, tokens), most);
}

function seenByFirst(tokens: number, most: number): number {
  const rising = Math.min(tokens, most);
  return (rising * (rising + 1)) / 2 + (tokens > most ? (tokens - most) * most : 0);
}
