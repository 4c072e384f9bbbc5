/** One of a few choices, side by side: radio buttons that look like one control. */
interface SegmentsProps<Value extends string> {
  readonly name: string;
  readonly label: string;
  readonly values: readonly Value[];
  readonly words: Readonly<Record<Value, string>>;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

export function Segments<Value extends string>(props: SegmentsProps<Value>) {
  const { name, label, values, words, value, onChange } = props;
  return (
    <fieldset class="field segments">
      <legend>{label}</legend>
      <div>
        {values.map((item) => (
          <label key={item}>
            <input
              type="radio"
              name={name}
              value={item}
              checked={item === value}
              onChange={() => onChange(item)}
            />
            <span>{words[item]}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
