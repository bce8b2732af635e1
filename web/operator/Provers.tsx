import { secondsText } from "../parts/words.js";
import type { Operator } from "./form.js";
import { JobLink } from "./JobLink.js";

/** Who proves, and who has in the last day. */
export function Provers({ state: { provers, at } }: { state: Operator }) {
  return (
    <section class="card" aria-labelledby="provers">
      <h2 id="provers">Provers</h2>
      {provers.length === 0 && <p class="small">None runs: npx hardhat torch2circom:work starts one.</p>}
      <ul class="rows">
        {provers.map(({ host, pid, since, isAlive, models, job, lastSeen }) => (
          <li key={`${host} ${pid} ${since}`} class={isAlive ? undefined : "over"}>
            <strong>
              {host}
              <small>process {pid}</small>
            </strong>
            <span>
              {job !== null && isAlive ? (
                <>
                  proves <JobLink id={job} />
                </>
              ) : isAlive ? (
                "waits for a job"
              ) : (
                "gone"
              )}
              <small>{models.length === 0 ? "has no model that is sold" : models.join(", ")}</small>
            </span>
            <span>
              {isAlive
                ? `alive, since ${secondsText(at - since)}`
                : `last seen ${secondsText(at - lastSeen)} ago`}
              {isAlive && lastSeen > since && <small>last proof {secondsText(at - lastSeen)} ago</small>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
