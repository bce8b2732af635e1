import { useState } from "preact/hooks";
import type { Domain, Sample } from "./domain.js";
import { FileChoice } from "./FileChoice.js";
import { fieldsOf, sampleOfFields, type Field } from "./labels.js";

interface Properties {
  domains: readonly Domain[];
  onInput: (make: () => Sample | undefined) => void;
}

const shown = (value: number) => (Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "any");

/** Numbers, one by one, each with the range that the model knows; or a row of a file. */
export function Table({ domains, onInput }: Properties) {
  const fields = fieldsOf(domains);
  const [texts, setTexts] = useState<readonly string[]>(() => fields.map(() => ""));
  const write = (i: number, text: string) => {
    const next = texts.with(i, text);
    setTexts(next);
    onInput(() => {
      if (!next.every((one) => one.trim())) return undefined;
      return sampleOfFields(
        fields,
        fields.map((field, j) => numberOf(field, next[j])),
      );
    });
  };
  const fill = (make: () => Sample | undefined) =>
    onInput(() => {
      const sample = make();
      if (sample !== undefined)
        setTexts(fields.map(({ input, element }) => String(sample[input]?.[element] ?? "")));
      return sample;
    });
  return (
    <>
      <table>
        <thead>
          <tr>
            <th scope="col">Feature</th>
            <th scope="col">Value</th>
            <th scope="col">The model knows</th>
          </tr>
        </thead>
        <tbody>
          {fields.map(({ label, unit, least, greatest }, i) => (
            <tr key={label}>
              <th scope="row">
                {label}
                {unit !== undefined && <small> {unit}</small>}
              </th>
              <td>
                <input
                  inputMode="decimal"
                  aria-label={unit === undefined ? label : `${label} in ${unit}`}
                  value={texts[i]}
                  onInput={({ currentTarget }) => write(i, currentTarget.value)}
                />
              </td>
              <td>
                {shown(least)} to {shown(greatest)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <FileChoice domains={domains} onSample={fill} />
    </>
  );
}

function numberOf({ label }: Field, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw new Error(`${label} is not a number.`);
}
