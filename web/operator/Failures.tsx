import type { ComponentChildren } from "preact";
import { secondsText } from "../parts/words.js";
import type { Operator } from "./form.js";
import { JobLink } from "./JobLink.js";

/** What went wrong last, with the reason. */
export function Failures({ state: { failures, refusals, at } }: { state: Operator }) {
  const { attempts, transactions, jobs } = failures;
  const ago = (time: number) => `${secondsText(Math.max(0, at - time))} ago`;
  return (
    <section class="card" aria-labelledby="failures">
      <h2 id="failures">Failures</h2>
      <List title="Proofs that failed" isEmpty={attempts.length === 0}>
        {attempts.map(({ job, model, at: time, outcome, reason, host, pid }) => (
          <li key={`${job} ${time}`}>
            <strong>{ago(time)}</strong>
            <span>{outcome === "failed" ? (reason ?? "no reason is known") : "the prover died"}</span>
            <span>
              {model}, <JobLink id={job} />
              <small>
                {host}
                {pid !== null && `, process ${pid}`}
              </small>
            </span>
          </li>
        ))}
      </List>
      <List title="Transactions that failed" isEmpty={transactions.length === 0}>
        {transactions.map(({ at: time, reason, transaction, jobs: about }) => (
          <li key={`${time} ${about.join()}`}>
            <strong>{ago(time)}</strong>
            <span>
              {reason ?? "no reason is known"}
              {transaction !== null && (
                <small>
                  transaction <code>{transaction}</code>
                </small>
              )}
            </span>
            <span>
              {about.map((job) => (
                <JobLink key={job} id={job} />
              ))}
            </span>
          </li>
        ))}
      </List>
      <List title="Jobs that earned nothing" isEmpty={jobs.length === 0}>
        {jobs.map(({ job, model, at: time, state, reason }) => (
          <li key={job}>
            <strong>{ago(time)}</strong>
            <span>
              {state}: {reason ?? "no reason is known"}
            </span>
            <span>
              {model}, <JobLink id={job} />
            </span>
          </li>
        ))}
      </List>
      <List title="Quotes refused since the start" isEmpty={refusals.length === 0}>
        {refusals.map(({ model, reason, count }) => (
          <li key={`${model} ${reason}`}>
            <strong>{count}</strong>
            <span>
              <code>{reason}</code>
            </span>
            <span>{model}</span>
          </li>
        ))}
      </List>
    </section>
  );
}

function List({
  title,
  isEmpty,
  children,
}: {
  title: string;
  isEmpty: boolean;
  children: ComponentChildren;
}) {
  return (
    <>
      <h3>{title}</h3>
      {isEmpty ? <p class="small">None.</p> : <ul class="rows">{children}</ul>}
    </>
  );
}
