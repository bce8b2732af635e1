import type { JobHistory, Step } from "../../src/client/jobHistory.js";
import { NATIVE, roundedText } from "../parts/words.js";
import { isOneStep } from "./isOneStep.js";

/** What the job has cost on the chain. */
export function Transactions({ history }: { history: JobHistory }) {
  const { requested, fulfilled, refunded } = history;
  const isAtOnce = isOneStep(history);
  const all: readonly (readonly [string, Step | undefined])[] = [
    ["Funding", isAtOnce ? undefined : requested],
    [isAtOnce ? "Funding and settlement" : "Settlement", fulfilled],
    ["Refund", refunded],
  ];
  const known = all.flatMap(([name, step]) => (step === undefined ? [] : [[name, step] as const]));
  if (known.length === 0) return null;
  return (
    <section aria-label="Transactions">
      <h2 class="minor">Transactions</h2>
      <dl class="facts">
        {known.map(([name, step]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {gasText(step)} <code>{step.transaction}</code>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function gasText({ gasUsed, gasPrice, jobs }: Step): string {
  const fee = `${gasUsed.toLocaleString("en-US")} gas for ${roundedText(gasUsed * gasPrice, NATIVE)}`;
  return jobs > 1 ? `${fee}, shared by ${jobs} jobs` : fee;
}
