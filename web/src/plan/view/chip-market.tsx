/** What a chip costs, the reader's own price first, and what is reported on its export. */
import type { Chip } from '../../../../src/planner/facts/chip.ts';
import { exportsTable, pricesTable } from '../planner.ts';
import { PlanFormat } from './format-plan.ts';
import { GradeBadge } from './grade-badge.tsx';
import { useLanguage, usePlanWords } from './plan-context.ts';
import { PriceField } from './price-field.tsx';
import { SourceLink } from './source-link.tsx';

export function ChipMarket({ chip }: { readonly chip: Chip }) {
  return (
    <>
      <Prices chip={chip} />
      <Exports chip={chip} />
    </>
  );
}

function Prices({ chip }: { readonly chip: Chip }) {
  const { detail: words, market } = usePlanWords();
  const format = new PlanFormat(useLanguage());
  const prices = pricesTable.filter((price) => price.chip === chip.id);
  return (
    <section>
      <h3>{words.prices}</h3>
      <PriceField chip={chip} />
      {prices.length > 0 && (
        <div class="table-frame">
          <table>
            <tbody>
              {prices.map(({ kind, place, region, currency, perHour }) => (
                <tr key={`${kind} ${place} ${region} ${perHour.value}`}>
                  <td class="number">{format.money(perHour.value, currency)}</td>
                  <td>{words.kinds[kind]}</td>
                  <td lang="en">{place}</td>
                  <td>{market.regions[region]}</td>
                  <td>
                    <GradeBadge grade={perHour.grade} />
                  </td>
                  <td>
                    <SourceLink tag={perHour.source} />
                  </td>
                  <td class="number">{perHour.date}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Exports({ chip }: { readonly chip: Chip }) {
  const { detail: words, market } = usePlanWords();
  const exports = exportsTable.filter((status) => status.chip === chip.id);
  return (
    <section>
      <h3>{words.exports}</h3>
      {exports.length === 0 && <p class="faint">{words.exportsNone}</p>}
      <ul>
        {exports.map(({ region, status, asOf, grade, source, note }) => (
          <li key={`${region} ${asOf}`}>
            {market.regions[region]}: <strong>{words.statuses[status]}</strong>, {words.asOf(asOf)}{' '}
            <GradeBadge grade={grade} /> <SourceLink tag={source} />
            <p class="faint" lang="en">
              {note}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
