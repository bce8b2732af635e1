import { useState } from "preact/hooks";
import { wordsOf } from "../../parts/words.js";
import type { Domain, Sample } from "./domain.js";
import { sampleOfFile } from "./fileOf.js";

interface Properties {
  domains: readonly Domain[];
  /** @param sample undefined for a file that is none */
  onSample: (make: () => Sample | undefined) => void;
}

/** An input from a file: .npy, JSON, or the first row of a table. */
export function FileChoice({ domains, onSample }: Properties) {
  const [notes, setNotes] = useState<readonly string[]>([]);
  const read = async (file: File | undefined) => {
    if (file === undefined) return;
    setNotes([]);
    try {
      const { sample, notes: found } = await sampleOfFile(file, domains);
      setNotes([`Read from ${file.name.slice(0, 100)}.`, ...found]);
      onSample(() => sample);
    } catch (error) {
      onSample(() => {
        throw new Error(wordsOf(error));
      });
    }
  };
  return (
    <>
      <div class="tools">
        <label class="quiet button">
          Choose a file
          <input
            type="file"
            accept=".npy,.json,.csv,.tsv,.txt,application/json,text/csv"
            // The same file again, after it was changed, is another one.
            onClick={({ currentTarget }) => (currentTarget.value = "")}
            onChange={({ currentTarget }) => void read(currentTarget.files?.[0])}
          />
        </label>
        <span class="small">.npy, JSON or CSV</span>
      </div>
      {notes.length > 0 && (
        <p class="small" role="status">
          {notes.join(" ")}
        </p>
      )}
    </>
  );
}
