/**
 * A number by hand or by typing: a slider over round numbers and a field that takes any number in
 * the range. Where the scale is open, its end and an empty field are no limit.
 */
import { useId, useState } from 'preact/hooks';
import { type NumberRange, parseNumber } from '../../state/settings.ts';
import type { SliderScale } from '../state/slider-scale.ts';
import { PlanFormat } from './format-plan.ts';
import { useLanguage, usePlanWords } from './plan-context.ts';

interface SliderFieldProps {
  readonly label: string;
  readonly unit: string;
  readonly value: number | undefined;
  readonly range: NumberRange;
  readonly scale: SliderScale;
  /** What the field shows is so many times the value: 100 for shares. */
  readonly times?: number;
  readonly onChange: (value: number | undefined) => void;
}

export function SliderField(props: SliderFieldProps) {
  const { label, unit, value, range, scale, times = 1, onChange } = props;
  const { limits, field: words } = usePlanWords();
  const format = new PlanFormat(useLanguage());
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const id = useId();
  const isOpen = scale.stops.at(-1) === undefined;
  const shown = { ...range, min: range.min * times, max: range.max * times };
  const read = (text: string) => {
    const number = parseNumber(text, shown);
    if (number === undefined) return isOpen ? undefined : 'wrong';
    return number === 'wrong' ? number : plain(number / times);
  };
  const isWrong = typed !== undefined && read(typed) === 'wrong';
  const text = value === undefined ? '' : String(plain(value * times));
  const spoken = value === undefined ? limits.any : `${format.number(value * times)} ${unit}`;
  return (
    <div class="field slider">
      <label for={id}>{label}</label>
      <input
        type="range"
        min={0}
        max={scale.stops.length - 1}
        step={1}
        value={scale.indexOf(value)}
        aria-label={label}
        aria-valuetext={spoken}
        onInput={(event) => {
          setTyped(undefined);
          onChange(scale.stops[Number(event.currentTarget.value)]);
        }}
      />
      <span class="typed">
        <input
          id={id}
          type="text"
          inputMode={range.isInteger ? 'numeric' : 'decimal'}
          autocomplete="off"
          value={typed ?? text}
          placeholder={isOpen ? limits.any : ''}
          aria-invalid={isWrong}
          aria-describedby={isWrong ? `${id}-hint` : undefined}
          onInput={(event) => {
            const { value: now } = event.currentTarget;
            setTyped(now);
            const number = read(now);
            if (number !== 'wrong') onChange(number);
          }}
          onBlur={() => setTyped(undefined)}
        />
        <span class="faint">{unit}</span>
      </span>
      {isWrong && (
        <p id={`${id}-hint`} class="wrong">
          {words.wrong(format.number(shown.min), format.number(shown.max))}
        </p>
      )}
    </div>
  );
}

/** Without what binary arithmetic leaves: 0.07 × 100 is 7. */
const plain = (value: number) => Number(value.toPrecision(12));
