import { secondsText } from "../parts/words.js";
import type { Operator } from "./form.js";

/** What waits, by model. */
export function Queues({ state: { queues, mostSeconds, at } }: { state: Operator }) {
  return (
    <section class="card" aria-labelledby="queue">
      <h2 id="queue">Queue</h2>
      <ul class="rows">
        {queues.map(({ model, waiting, proving, settling, oldest, seconds }) => (
          <li key={model}>
            <strong>{model}</strong>
            <span>
              {waiting} {waiting === 1 ? "waits" : "wait"} for a prover, {proving} being proven, {settling}{" "}
              being settled
              {oldest !== null && <small>the oldest for {secondsText(at - oldest)}</small>}
            </span>
            <span class={seconds === null || seconds > mostSeconds ? "bad" : undefined}>
              {seconds === null ? "not sold: no prover runs" : `a new one: ${secondsText(seconds)}`}
              <small>promised: {secondsText(mostSeconds)}</small>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
