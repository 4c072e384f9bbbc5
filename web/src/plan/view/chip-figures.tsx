/** Every figure of a chip with source, date and grade; what nobody published is said to be missing. */
import type { Chip, RateType } from '../../../../src/planner/facts/chip.ts';
import type { Figure } from '../../../../src/planner/facts/figure.ts';
import type { PlanWords } from '../text/en.ts';
import { PlanFormat } from './format-plan.ts';
import { GradeBadge } from './grade-badge.tsx';
import { useLanguage, usePlanWords } from './plan-context.ts';
import { SourceLink } from './source-link.tsx';

type NamedFigure = readonly [name: string, figure: Figure | 'none' | undefined, unit: string];

const rateTypes = ['bf16', 'fp8', 'int8', 'fp4'] as const satisfies readonly RateType[];

export function ChipFigures({ chip }: { readonly chip: Chip }) {
  const words = usePlanWords().detail;
  return (
    <section>
      <h3>{words.figures}</h3>
      <div class="table-frame">
        <table>
          <thead>
            <tr>
              {[words.figure, words.value, '', words.source, words.date, words.note].map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {figuresOf(chip, words.names).map(([name, figure, unit]) => (
              <FigureRow key={name} name={name} figure={figure} unit={unit} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface FigureRowProps {
  readonly name: string;
  readonly figure: Figure | 'none' | undefined;
  readonly unit: string;
}

function FigureRow({ name, figure, unit }: FigureRowProps) {
  const words = usePlanWords().detail;
  const format = new PlanFormat(useLanguage());
  const head = <th scope="row">{name}</th>;
  if (figure === undefined || figure === 'none') {
    return (
      <tr>
        {head}
        <td colSpan={5} class="faint">
          {figure === undefined ? words.notPublished : words.none}
        </td>
      </tr>
    );
  }
  return (
    <tr>
      {head}
      <td class="number">
        {format.number(figure.value)} {unit}
      </td>
      <td>
        <GradeBadge grade={figure.grade} />
      </td>
      <td>
        <SourceLink tag={figure.source} />
      </td>
      <td class="number">{figure.date}</td>
      <td class="note" lang="en">
        {figure.note}
      </td>
    </tr>
  );
}

function figuresOf(chip: Chip, names: PlanWords['detail']['names']): NamedFigure[] {
  const { scaleUp, scaleOut } = chip;
  return [
    ...rateTypes.map((type): NamedFigure => [type.toUpperCase(), chip.rates[type], 'Tops']),
    [names.memory, chip.memoryGb, 'GB'],
    [names.bandwidth, chip.bandwidthGbs, 'GB/s'],
    [
      scaleUp ? `${names.scaleUp} (${scaleUp.name}, ${scaleUp.domain})` : names.scaleUp,
      scaleUp?.gbs,
      'GB/s',
    ],
    [scaleOut ? `${names.scaleOut} (${scaleOut.name})` : names.scaleOut, scaleOut?.gbs, 'GB/s'],
    [names.watts, chip.watts, 'W'],
    [names.allInWatts, chip.allInWatts, 'W'],
  ];
}
