/** A number that may be left empty; what is typed is taken when it is one and within its range. */
import { useId, useState } from 'preact/hooks';
import { type NumberRange, parseNumber } from '../state/settings.ts';
import { useWords } from './app-context.ts';

interface NumberFieldProps {
  readonly label: string;
  readonly value: number | undefined;
  readonly range: NumberRange;
  readonly placeholder?: string;
  readonly onChange: (value: number | undefined) => void;
}

export function NumberField({ label, value, range, placeholder, onChange }: NumberFieldProps) {
  const { settings: words } = useWords();
  const [text, setText] = useState(value === undefined ? '' : String(value));
  const id = useId();
  const isWrong = parseNumber(text, range) === 'wrong';
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        inputMode={range.isInteger ? 'numeric' : 'decimal'}
        autocomplete="off"
        value={text}
        placeholder={placeholder ?? ''}
        aria-invalid={isWrong}
        aria-describedby={isWrong ? `${id}-hint` : undefined}
        onInput={(event) => {
          setText(event.currentTarget.value);
          const number = parseNumber(event.currentTarget.value, range);
          if (number !== 'wrong') onChange(number);
        }}
      />
      {isWrong && (
        <p id={`${id}-hint`} class="wrong">
          {words.numberOutside(range.min, range.max)}
        </p>
      )}
    </div>
  );
}
