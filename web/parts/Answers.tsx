import type { Answer } from "../../src/client/outputs.js";
import { rangeOf } from "../../src/tensor/range.js";

/** Values of an output that are shown, at most: all are in the proof's file. */
const MOST_SHOWN = 64;

interface Properties {
  outputs: readonly Answer[];
  /** Who has verified them. */
  by: string;
  /** Whether that was checked here, or read through the visitor's own node: without, there is no tick. @default true */
  isChecked?: boolean;
}

/** Outputs of a model, and who has verified them. */
export function Answers({ outputs, by, isChecked = true }: Properties) {
  return (
    <section class={isChecked ? "answer" : "answer told"} aria-label="Answer">
      {outputs.map((output) => (
        <Output key={output.name} {...output} />
      ))}
      <p class="verified">{isChecked ? `✓ ${by}` : by}</p>
    </section>
  );
}

function Output({ name, kind, values, classes, unit }: Answer) {
  const ofUnit = unit === undefined ? "" : ` ${unit}`;
  const nameOf = (number: number) => classes?.[number] ?? String(number);
  if (kind === "argmax" || values.length === 1)
    return (
      <p class={classes === undefined ? "headline" : "headline named"}>
        <small>{kind === "argmax" ? "Class" : name}</small>
        {kind === "argmax"
          ? values.slice(0, MOST_SHOWN).map(nameOf).join(", ")
          : `${values.slice(0, MOST_SHOWN).map(shown).join(", ")}${ofUnit}`}
      </p>
    );
  // Of several decisions at once, the greatest of all values is that of none.
  const isDecision = classes?.length === values.length;
  const { least: low, greatest: high } = rangeOf(values);
  const greatest = values.indexOf(high);
  return (
    <>
      <p class={isDecision ? "headline named" : "headline"}>
        <small>{isDecision ? "The greatest is" : "The greatest is number"}</small>
        {isDecision ? nameOf(greatest) : greatest}
      </p>
      <table class="values">
        <caption>{name}</caption>
        <tbody>
          {values.slice(0, MOST_SHOWN).map((value, i) => (
            <tr key={i} class={i === greatest ? "greatest" : ""}>
              <th scope="row">{isDecision ? nameOf(i) : i}</th>
              <td>
                {shown(value)}
                {ofUnit}
              </td>
              <td aria-hidden="true">
                <meter min={low} max={high} value={value} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function shown(value: number): string {
  return String(Number(value.toPrecision(5)));
}
