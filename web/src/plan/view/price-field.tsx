/** What one chip costs its user for one hour; empty, the published price counts. */
import { useId, useState } from 'preact/hooks';
import { withoutVendor } from '../../../../src/planner/charts/chip-label.ts';
import type { Chip } from '../../../../src/planner/facts/chip.ts';
import { parseNumber } from '../../state/settings.ts';
import { defaultPrice } from '../planner.ts';
import { currencyOf, planRanges } from '../state/plan-state.ts';
import { PlanFormat } from './format-plan.ts';
import { useLanguage, usePlanState, usePlanWords } from './plan-context.ts';

export function PriceField({ chip }: { readonly chip: Pick<Chip, 'id' | 'name' | 'vendor'> }) {
  const { market, field } = usePlanWords();
  const format = new PlanFormat(useLanguage());
  const [state, change] = usePlanState();
  const { prices } = state;
  const currency = currencyOf(state);
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const id = useId();
  const own = prices[chip.id];
  const published = defaultPrice(chip, state.region, currency);
  const read = (text: string) => parseNumber(text, planRanges.price);
  const isWrong = typed !== undefined && read(typed) === 'wrong';
  const hint = published
    ? market.published(format.money(published.perHour, currency))
    : market.noPrice;
  return (
    <div class="price">
      <label for={id} title={market.priceOf(chip.name)}>
        {withoutVendor(chip.name, chip.vendor)}
      </label>
      <input
        id={id}
        type="text"
        inputMode="decimal"
        autocomplete="off"
        aria-label={market.priceOf(chip.name)}
        value={typed ?? (own === undefined ? '' : String(own.amount))}
        aria-invalid={isWrong}
        aria-describedby={`${id}-hint`}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          const amount = read(event.currentTarget.value);
          if (amount === 'wrong') return;
          const { [chip.id]: _, ...others } = prices;
          change({
            prices: amount === undefined ? others : { ...others, [chip.id]: { amount, currency } },
          });
        }}
        onBlur={() => setTyped(undefined)}
      />
      <span class="faint">{own?.currency ?? currency}</span>
      <small id={`${id}-hint`} class={isWrong ? 'wrong' : 'faint'}>
        {isWrong ? field.wrong('0', format.number(planRanges.price.max)) : hint}
      </small>
    </div>
  );
}
