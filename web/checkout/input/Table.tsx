import { useState } from "preact/hooks";
import type { Domain, Sample } from "./domain.js";

interface Properties {
  domains: readonly Domain[];
  onInput: (make: () => Sample | undefined) => void;
}

const shown = (value: number) => (Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "any");

/** Numbers, one by one, each with the range that the model knows. */
export function Table({ domains, onInput }: Properties) {
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const keyOf = (name: string, i: number) => `${name}[${i}]`;
  const write = (key: string, text: string) => {
    const next = { ...texts, [key]: text };
    setTexts(next);
    onInput(() => {
      const isWhole = domains.every(({ name, least }) => least.every((_, i) => next[keyOf(name, i)]?.trim()));
      if (!isWhole) return undefined;
      return Object.fromEntries(
        domains.map(({ name, least }) => [name, least.map((_, i) => numberOf(keyOf(name, i), next))]),
      );
    });
  };
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Feature</th>
          <th scope="col">Value</th>
          <th scope="col">The model knows</th>
        </tr>
      </thead>
      <tbody>
        {domains.flatMap(({ name, least, greatest }) =>
          least.map((low, i) => {
            const key = keyOf(name, i);
            return (
              <tr key={key}>
                <th scope="row">{key}</th>
                <td>
                  <input
                    inputMode="decimal"
                    aria-label={key}
                    value={texts[key] ?? ""}
                    onInput={({ currentTarget }) => write(key, currentTarget.value)}
                  />
                </td>
                <td>
                  {shown(low)} to {shown(greatest[i])}
                </td>
              </tr>
            );
          }),
        )}
      </tbody>
    </table>
  );
}

function numberOf(key: string, texts: Readonly<Record<string, string>>): number {
  const value = Number(texts[key]);
  if (Number.isFinite(value)) return value;
  throw new Error(`${key} is not a number.`);
}
