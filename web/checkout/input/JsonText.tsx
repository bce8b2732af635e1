import type { Domain, Sample } from "./domain.js";
import { FileChoice } from "./FileChoice.js";
import { sampleOfText } from "./json.js";

interface Properties {
  domains: readonly Domain[];
  onInput: (make: () => Sample | undefined) => void;
}

/** Any input, as text or from a file. */
export function JsonText({ domains, onInput }: Properties) {
  const shapes = domains.map(({ name, shape }) => `${name}: ${shape.join(" × ")}`).join(", ");
  return (
    <>
      <label>
        JSON ({shapes})
        <textarea
          rows={5}
          spellcheck={false}
          placeholder={`{"${domains[0].name}": [0, 0.5, …]}`}
          onInput={({ currentTarget: { value } }) =>
            onInput(() => (value.trim() === "" ? undefined : sampleOfText(value, domains)))
          }
        />
      </label>
      <FileChoice domains={domains} onSample={onInput} />
    </>
  );
}
