import { NATIVE, roundedText, shownUnit } from "../parts/words.js";
import type { Operator } from "./form.js";

/** The four numbers that come first, and what jobs there are. */
export function Books({ state }: { state: Operator }) {
  const { amounts, gasPaid, balance, transactions, jobs, awaited } = state;
  const of = (which: "earned" | "open" | "atRisk") =>
    amounts
      .filter((one) => which === "earned" || one[which] > 0n)
      .map((one) => roundedText(one[which], shownUnit(one.token, one)));
  const cards: readonly Card[] = [
    { name: "Earned", values: of("earned"), note: "by settlements that are final" },
    { name: "Open", values: of("open"), note: "paid, and not final" },
    {
      name: "At risk",
      values: of("atRisk"),
      note: "deadline within an hour, or refused before",
      isBad: true,
    },
    {
      name: "Coin",
      values: [balance === null ? "not known" : roundedText(balance, NATIVE)],
      note: `for gas; ${roundedText(gasPaid, NATIVE)} were paid for it`,
    },
  ];
  const counts = Object.entries(jobs);
  return (
    <section aria-label="Books">
      <ul class="cards">
        {cards.map(({ name, values, note, isBad }) => (
          <li key={name} class={isBad && values.length > 0 ? "bad" : undefined}>
            <span>{name}</span>
            <strong>
              {values.length === 0 ? "nothing" : values.map((value) => <span key={value}>{value}</span>)}
            </strong>
            <small>{note}</small>
          </li>
        ))}
      </ul>
      <p class="small line">
        Jobs: {counts.length === 0 ? "none" : counts.map(([name, count]) => `${count} ${name}`).join(", ")}.{" "}
        Transactions: {transactions.mined} mined, {transactions.waiting} on their way.
        {awaited > 0 && ` ${awaited} funded without a quote wait for their inputs.`}
      </p>
    </section>
  );
}

interface Card {
  readonly name: string;
  readonly values: readonly string[];
  readonly note: string;
  readonly isBad?: boolean;
}
