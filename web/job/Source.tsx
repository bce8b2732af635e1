import type { Place } from "./forms.js";
import type { Reading } from "./reading.js";
import type { Looked } from "./useModel.js";

/** What was checked, and by whom: nothing has a tick that this browser did not check. */
export function Source({
  reading: { history, wallet },
  place,
  model,
}: {
  reading: Reading;
  place: Place | undefined;
  model: Looked | undefined;
}) {
  const isOwnNode = wallet !== undefined;
  const lines: readonly (readonly [isChecked: boolean, name: string, text: string])[] = [
    [
      isOwnNode,
      "State",
      isOwnNode
        ? `read from the chain through ${wallet.slice(0, 50)}, from the escrow's storage and events`
        : `read by this service's node${place === undefined ? "" : `. With a wallet on chain ${place.chainId} in this browser, its node is asked instead`}`,
    ],
    [
      isOwnNode,
      "Contracts",
      isOwnNode ? "the escrow and its registry have the published code" : "their code was not compared",
    ],
    ...(history.job === undefined
      ? []
      : ([[true, "Terms", "they belong to the id of this job, whoever has told them"]] as const)),
    ...(model === undefined || model === "none"
      ? []
      : ([
          [
            false,
            "Numbers and names",
            "how the answer is read, and what things are called, is the provider's word",
          ],
        ] as const)),
  ];
  return (
    <details class="checked">
      <summary>What was checked</summary>
      <ul>
        {lines.map(([isChecked, name, text]) => (
          <li key={name} class={isChecked ? "yes" : "word"}>
            <span class="sign" aria-hidden="true">
              {isChecked ? "✓" : "–"}
            </span>
            <span>
              <strong>{name}</strong>: {text}.{" "}
              <em>{isChecked ? "Checked here." : "Not checked: the service says so."}</em>
            </span>
          </li>
        ))}
      </ul>
      {place !== undefined && (
        <p class="small">
          Escrow <code>{place.escrow}</code> on chain {String(place.chainId)}, latest block{" "}
          {history.latest.block}.
        </p>
      )}
    </details>
  );
}
