/**
 * How a routine uses the 8 tiles of the matrix unit: four hold sums, two each its factors, whose
 * shapes are configured once for all. Refused: more of a kind at once, since there is nowhere to
 * put them.
 */
import type { VirtualOperand } from './virtual-instruction.ts';

export const tileOrder = { tile: [0, 1, 2, 3], tile_a: [4, 5], tile_b: [6, 7] } as const;

export function isTile(operand: VirtualOperand): boolean {
  return (
    typeof operand === 'object' && operand.kind === 'register' && operand.type.startsWith('tile')
  );
}

/** What ldtilecfg reads: palette 1, then bytes of a row and rows, for each tile. */
export function tileConfiguration(tileDepth: number): Uint8Array {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  const shape = (tiles: readonly number[], rows: number, rowBytes: number) => {
    for (const tile of tiles) {
      view.setUint16(16 + 2 * tile, rowBytes, true);
      view.setUint8(48 + tile, rows);
    }
  };
  view.setUint8(0, 1);
  shape(tileOrder.tile, 16, 64);
  shape(tileOrder.tile_a, 16, tileDepth);
  shape(tileOrder.tile_b, tileDepth / 4, 64);
  return bytes;
}
