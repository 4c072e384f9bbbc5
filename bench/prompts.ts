/** Token ids to start from: no engine has seen them before, and all get the same ones. */
import { mulberry32 } from '../src/base/mulberry32.ts';
import { verse } from './files/random-tensors.ts';
import { type ShapeName, shapes } from './files/shapes.ts';

/** Plain tokens behind the verse, so that nothing is recited by chance. */
export function randomPrompt(shape: ShapeName, length: number, seed: number): number[] {
  const random = mulberry32(seed);
  const first = verse.firstToken + verse.length;
  const count = shapes[shape].vocabSize - 2 - first;
  return Array.from({ length }, () => first + Math.floor(random() * count));
}

/**
 * Ends in the middle of the verse and holds three quarters of it: of each round that the model
 * recites, the first time three quarters can be found in the prompt and one is new.
 */
export function versePrompt(shape: ShapeName, length: number, seed: number): number[] {
  const known = 0.75 * verse.length;
  const part = Array.from({ length: known }, (_, i) => verse.firstToken + i);
  const opening = part.slice(0, known / 4);
  return [...randomPrompt(shape, length - known - opening.length, seed), ...part, ...opening];
}
