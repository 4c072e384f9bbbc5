/** What `npm run bench:serve` measures, and how many times the peer's tokens/s we hold ourselves to. */
import type { FileType } from '../files/recipe.ts';
import type { ShapeName } from '../files/shapes.ts';

export interface ServeRow {
  readonly shape: ShapeName;
  readonly fileType: FileType;
  readonly numClients: number;
  /** One after the other, by each client. */
  readonly requestsPerClient: number;
  readonly promptTokens: number;
  readonly newTokens: number;
  readonly must?: number;
}

const small = { shape: '1.5b', fileType: 'Q4_K_M', promptTokens: 128, newTokens: 64 } as const;
export const serveRows: readonly ServeRow[] = [
  { ...small, numClients: 1, requestsPerClient: 3, must: 1.2 },
  { ...small, numClients: 8, requestsPerClient: 1, must: 2.5 },
  { ...small, numClients: 32, requestsPerClient: 1, must: 3 },
];

/** Within seconds: to try the benchmark itself. */
const tiny = { shape: 'tiny', fileType: 'Q4_K_M', promptTokens: 32, newTokens: 32 } as const;
export const tinyServeRows: readonly ServeRow[] = [
  { ...tiny, numClients: 1, requestsPerClient: 4 },
  { ...tiny, numClients: 8, requestsPerClient: 2 },
  { ...tiny, numClients: 32, requestsPerClient: 2 },
];

export const serveTitle = ({ shape, fileType, numClients }: ServeRow) =>
  `${shape} ${fileType} served, ${numClients} client${numClients === 1 ? '' : 's'}`;
