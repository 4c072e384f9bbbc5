/**
 * Puts a label beside each point so that no two overlap and none hides a point: at the point where
 * there is room, else further out in widening rings with a line that leads back. A label for which
 * there is no room is left out.
 */
export interface LabelledPoint {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  /** Chooses its place before the others. */
  readonly isFirst?: boolean;
}

export interface LabelSpace {
  readonly bounds: Box;
  /** What else is drawn there. */
  readonly taken?: readonly Box[];
  /** How far from its point a label may stand. */
  readonly farthest?: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface PlacedLabel extends Box {
  /** Of the text's baseline, where its left edge is. */
  readonly x: number;
  readonly y: number;
  /** It stands so far out that a line should lead to it. */
  readonly isFar: boolean;
}

const fontSize = 12;
const lineHeight = 15;
const markRadius = 6;
const nearest = 8;
const rings = [nearest, 14, 22, 32, 44, 60, 80, 104, 132, 164, 200, 240, 290, 350];
/** Above to the right first: there neither an error bar nor the front runs through the text. */
const angles = [322, 218, 38, 142, 0, 180, 270, 90, 345, 15, 195, 165, 300, 60, 240, 120];
/** From here on a direction counts as sideways, or as up or down. */
const aside = 0.3;

export function placeLabels(
  points: readonly LabelledPoint[],
  { bounds, taken = [], farthest = Infinity }: LabelSpace,
): readonly (PlacedLabel | undefined)[] {
  const marks = points.map(({ x, y }) => around(x, y, markRadius));
  const placed: Box[] = [...taken];
  const labels = new Map<LabelledPoint, PlacedLabel>();
  const byWeight = points.toSorted(
    (a, b) => Number(b.isFirst ?? false) - Number(a.isFirst ?? false),
  );
  for (const point of byWeight) {
    const label = freePlace(point, { bounds, taken: [...placed, ...marks], farthest });
    if (label === undefined) continue;
    placed.push(label);
    labels.set(point, label);
  }
  return points.map((point) => labels.get(point));
}

/** As wide as system fonts draw it, or a little wider. */
export function textWidth(text: string, size = fontSize): number {
  let width = 0;
  for (const sign of text) {
    const code = sign.codePointAt(0) as number;
    if (code >= 0x2e80) width += 1;
    else if (/[iIlj.,:;'|!()[\] ]/.test(sign)) width += 0.34;
    else if (/[A-Z0-9mwMW%—–]/.test(sign)) width += 0.68;
    else width += 0.57;
  }
  return 1.06 * width * size;
}

export function overlaps(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function freePlace(
  { x, y, text }: LabelledPoint,
  { bounds, taken, farthest }: Required<LabelSpace>,
): PlacedLabel | undefined {
  const width = textWidth(text);
  for (const ring of rings.filter((radius) => radius <= farthest)) {
    for (const angle of angles) {
      const [dx, dy] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
      // The edge of the text that looks to the point stands on the ring.
      const left = x + ring * dx - width * behind(dx);
      const top = y + ring * dy - lineHeight * behind(dy);
      const box = { left, top, right: left + width, bottom: top + lineHeight };
      if (!isInside(box, bounds) || taken.some((other) => overlaps(box, other))) continue;
      return { ...box, x: left, y: top + fontSize, isFar: ring > nearest * 2 };
    }
  }
  return undefined;
}

/** How much of a text lies on the near side of its place on the ring. */
function behind(direction: number): number {
  return direction > aside ? 0 : direction < -aside ? 1 : 0.5;
}

function around(x: number, y: number, radius: number): Box {
  return { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius };
}

function isInside(box: Box, bounds: Box): boolean {
  return (
    box.left >= bounds.left &&
    box.right <= bounds.right &&
    box.top >= bounds.top &&
    box.bottom <= bounds.bottom
  );
}
