/** A row of a plan: what was found, predicted at the load that it will see, with cost and power. */
import type { Chip } from '../facts/chip.ts';
import { exportsTable } from '../facts/exports-table.ts';
import { findEngine } from '../facts/find-engine.ts';
import { findPrecision } from '../facts/find-precision.ts';
import type { PlanRow } from '../plan-answer.ts';
import { predictDeployment } from '../predict.ts';
import type { Asked } from './asked.ts';
import type { Found } from './found.ts';
import { type ChipPrice, costOf } from './money.ts';
import type { Searched } from './search-way.ts';

export function rowOf(
  chip: Chip,
  { way, partial }: Searched,
  found: Found,
  price: ChipPrice | undefined,
  asked: Asked,
): PlanRow {
  const { layout, chips, replicas, capacity, rate, concurrency } = found;
  const prediction = predictDeployment(
    { ...partial, layout },
    findEngine(way.engine),
    { ...asked.load, concurrency },
    asked.release === undefined ? {} : { release: asked.release },
  );
  const watts = chip.allInWatts ?? chip.watts;
  return {
    prediction,
    chipName: chip.name,
    vendor: chip.vendor,
    chips,
    replicas,
    capacity,
    utilisation: rate / capacity,
    ...(price && {
      cost: costOf(price, asked.currency, { prediction, chips, rate }, asked.load),
    }),
    ...(watts && { kilowatts: (watts.value * chips) / 1e3 }),
    exports: exportsTable.filter(
      ({ chip: id, region }) =>
        id === chip.id && (asked.region === 'global' || asked.region === region),
    ),
    notes: [
      ...asked.notes,
      ...supportNotes({ way, partial }),
      ...linkNotes(chip, found),
      ...loadNotes(chip, found, prediction.requestsPerSecond * replicas),
      ...(price?.notes ?? ['no price is known: give your own']),
      ...(chip.allInWatts === undefined && watts
        ? ['power of the chips alone, without hosts']
        : []),
    ],
  };
}

function supportNotes({ way, partial }: Pick<Searched, 'way' | 'partial'>): string[] {
  const { grade, date, note } = way.support;
  const notes = [`published to run there${note ? `: ${note}` : ''} (${date}, ${grade})`];
  const native = findPrecision(partial.model.nativePrecision);
  const bits = ({ weightBytes }: { weightBytes: { routedExperts: number; dense: number } }) =>
    weightBytes.routedExperts + weightBytes.dense;
  if (bits(partial.precision) < 0.9 * bits(native)) {
    notes.push(`fewer bits than the makers' ${native.id}: check the replies`);
  }
  return notes;
}

/** What the cost of links rests on where nothing is published. */
function linkNotes(chip: Chip, { layout, chips }: Found): string[] {
  if (chips === 1) return [];
  const groups = layout.kind === 'apart' ? [layout.prefill, layout.decode] : [layout.serving];
  const largest = Math.max(
    ...groups.map(({ instance }) => instance.tp * instance.dp * instance.pp),
  );
  if (largest === 1 && layout.kind === 'together') return [];
  if (chip.scaleUp === undefined) return ['no link speed is published: PCIe 4.0 assumed'];
  const leaves = largest > chip.scaleUp.domain || layout.kind === 'apart';
  if (!leaves || chip.scaleOut) return [];
  return ['no network speed is published: 32 GB/s assumed'];
}

function loadNotes(chip: Chip, { chips, rate, capacity }: Found, closed: number): string[] {
  const notes: string[] = [];
  if (closed > 1.2 * rate) {
    notes.push(
      `idle part of the time: latencies are those of ${closed < 100 ? Number(closed.toPrecision(2)) : Math.round(closed)} requests a second`,
    );
  }
  if (rate / capacity < 0.5) notes.push('more than half of it is in reserve');
  const rest = chips % chip.chipsPerNode;
  if (rest !== 0) notes.push(`${rest} of ${chip.chipsPerNode} chips of a machine are used`);
  return notes;
}
