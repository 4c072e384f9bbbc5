/** One of several names in a list that opens. */
import { useId } from 'preact/hooks';

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly values: readonly Value[];
  readonly nameOf: (value: Value) => string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

export function Choice<Value extends string>(props: ChoiceProps<Value>) {
  const { label, values, nameOf, value, onChange } = props;
  const id = useId();
  return (
    <div class="field choice">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value as Value)}
      >
        {values.map((item) => (
          <option key={item} value={item} selected={item === value}>
            {nameOf(item)}
          </option>
        ))}
      </select>
    </div>
  );
}
