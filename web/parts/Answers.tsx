import type { Answer } from "../../src/client/outputs.js";

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

function Output({ name, kind, values }: Answer) {
  if (kind === "argmax" || values.length === 1)
    return (
      <p class="headline">
        <small>{kind === "argmax" ? "Class" : name}</small>
        {values.slice(0, MOST_SHOWN).map(shown).join(", ")}
      </p>
    );
  const greatest = values.indexOf(Math.max(...values));
  const [low, high] = [Math.min(...values), values[greatest]];
  return (
    <>
      <p class="headline">
        <small>The greatest is number</small>
        {greatest}
      </p>
      <table class="values">
        <caption>{name}</caption>
        <tbody>
          {values.slice(0, MOST_SHOWN).map((value, i) => (
            <tr key={i} class={i === greatest ? "greatest" : ""}>
              <th scope="row">{i}</th>
              <td>{shown(value)}</td>
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
