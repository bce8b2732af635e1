import type { Followed } from "./order/useFollow.js";
import { secondsText } from "../parts/words.js";

/** The way of an order, and the states of the service in which each part of it is done. */
const WAY = [
  ["Ordered", []],
  ["Paid", ["quoted", "accepted", "funding"]],
  ["Proven", ["funded", "proving"]],
  ["Verified in this browser", ["proven"]],
  ["Final on the chain", ["settling", "settled"]],
] as const satisfies readonly (readonly [string, readonly string[]])[];

/** How far an order is: what is done, what happens now, and what is left. */
export function Progress({ state = "quoted", answer, seconds }: Followed & { seconds: number | undefined }) {
  const at = WAY.findIndex(([, states]) => (states as readonly string[]).includes(state));
  const now = state === "final" ? WAY.length : answer === undefined ? Math.min(3, at < 0 ? 1 : at) : 4;
  return (
    <ol class="progress">
      {WAY.map(([name], i) => (
        <li
          key={name}
          class={i < now ? "done" : i === now ? "now" : "left"}
          aria-current={i === now ? "step" : undefined}
        >
          <span class="sign" aria-hidden="true">
            {i < now ? "✓" : i + 1}
          </span>
          <span>
            {name}
            {i === now && <small>{NOW[i](seconds)}</small>}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** What happens while a part of the way is not done. */
const NOW: readonly ((seconds: number | undefined) => string)[] = [
  () => "",
  () => "the payment is on its way to the chain",
  (seconds) =>
    seconds === undefined ? "the provider proves" : `the provider proves, about ${secondsText(seconds)}`,
  () => "your browser checks the proof",
  () => "the provider settles; your answer holds already",
];
