import { useEffect, useMemo, useState } from "preact/hooks";
import type { Manifest } from "../../../src/artifacts/manifestForm.js";
import { wordsOf } from "../../parts/words.js";
import { domainsOf, pictureOf, problemOf, vocabularyOf, type Sample } from "./domain.js";
import { Drawing } from "./Drawing.js";
import { JsonText } from "./JsonText.js";
import { Table } from "./Table.js";
import { Text } from "./Text.js";

/** An input that the model takes, or why there is none. */
export type Given = { readonly sample: Sample } | { readonly problem: string };

const FORMS = { draw: "Draw", text: "Text", table: "Table", json: "JSON or a file" } as const;
type Form = keyof typeof FORMS;

/** Elements that people type one by one, at most. */
const MOST_FIELDS = 64;

/** The input of a model, by the form that fits: what is given is checked against the model's domain here. */
export function InputForm({ manifest, onGiven }: { manifest: Manifest; onGiven: (given: Given) => void }) {
  const domains = useMemo(() => domainsOf(manifest), [manifest]);
  const picture = pictureOf(domains);
  const size = domains.reduce((sum, { least }) => sum + least.length, 0);
  const vocabulary = vocabularyOf(domains);
  const isTable = picture === undefined && vocabulary === undefined && size <= MOST_FIELDS;
  const forms: Form[] = [
    ...(vocabulary ? ["text" as const] : picture ? ["draw" as const] : []),
    ...(isTable ? ["table" as const] : []),
    "json",
  ];
  const [form, setForm] = useState(forms[0]);
  const [problem, setProblem] = useState<string>();

  /** @param make throws what is wrong; undefined while nothing is given */
  const give = (make: () => Sample | undefined, missing: string) => {
    let given: Given;
    try {
      const sample = make();
      const wrong = sample === undefined ? missing : problemOf(manifest, sample);
      given = wrong === undefined ? { sample: sample! } : { problem: wrong };
      setProblem(sample === undefined ? undefined : wrong);
    } catch (error) {
      given = { problem: wordsOf(error) };
      setProblem(given.problem);
    }
    onGiven(given);
  };
  useEffect(() => {
    setProblem(undefined);
    onGiven({ problem: MISSING[form] });
  }, [form, manifest]);

  return (
    <section aria-label="Your input">
      {forms.length > 1 && (
        <fieldset class="choices">
          <legend>Your input</legend>
          {forms.map((one) => (
            <label key={one}>
              <input type="radio" name="form" checked={one === form} onChange={() => setForm(one)} />
              {FORMS[one]}
            </label>
          ))}
        </fieldset>
      )}
      {form === "draw" && <Drawing picture={picture!} onInput={(make) => give(make, MISSING.draw)} />}
      {form === "text" && (
        <Text domain={domains[0]} vocabulary={vocabulary!} onInput={(make) => give(make, MISSING.text)} />
      )}
      {form === "table" && <Table domains={domains} onInput={(make) => give(make, MISSING.table)} />}
      {form === "json" && <JsonText domains={domains} onInput={(make) => give(make, MISSING.json)} />}
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}

const MISSING: Readonly<Record<Form, string>> = {
  draw: "Draw something first, or choose an image.",
  text: "Write a text first.",
  table: "Fill in all numbers first.",
  json: "Write your input first, or choose a file.",
};
