import { ZeroAddress } from "ethers";
import type { JobHistory } from "../../src/client/jobHistory.js";
import { amountText, shownUnit, timeText } from "../parts/words.js";
import type { Looked } from "./useModel.js";

/** The terms of a job: they belong to its id, which this page has checked. */
export function JobTerms({ history, model }: { history: JobHistory; model: Looked | undefined }) {
  const { job, unit, fulfilled } = history;
  if (job === undefined)
    return (
      <p class="problem">
        The node does not show the events of this job: they are too old for it. Its terms and its answer are
        there, and another node shows them.
      </p>
    );
  const money = (amount: bigint) => amountText(amount, shownUnit(job.token, unit));
  const name = model !== undefined && model !== "none" ? model.manifest.name : undefined;
  const terms: readonly (readonly [name: string, value: string, code?: string] | undefined)[] = [
    ["Amount", money(job.amount)],
    job.bond > 0n ? ["Bond", money(job.bond)] : undefined,
    ["Token", job.token === ZeroAddress ? "the native token of the chain" : "", code(job.token)],
    ["Client", "", job.client],
    fulfilled && ["Payee", "", fulfilled.payee],
    ["Provider", job.provider === ZeroAddress ? "anybody" : "", code(job.provider)],
    ["Model", name ?? "", job.modelId],
    ["Deadline", timeText(job.fulfillBy)],
    ["Input", "a commitment: nobody reads the input from it", `0x${job.inputCommitment.toString(16)}`],
    job.callback === ZeroAddress ? undefined : ["Told", "a contract is told of the answer", job.callback],
  ];
  return (
    <section aria-label="Terms">
      <h2 class="minor">Terms</h2>
      <dl class="facts">
        {terms
          .filter((one) => one !== undefined)
          .map(([title, value, hex]) => (
            <div key={title}>
              <dt>{title}</dt>
              <dd>
                {value} {hex !== undefined && <code>{hex}</code>}
              </dd>
            </div>
          ))}
      </dl>
    </section>
  );
}

function code(address: string): string | undefined {
  return address === ZeroAddress ? undefined : address;
}
