import { useMemo } from "preact/hooks";
import type { OfferedModel } from "../../src/client/service/serviceModel.js";
import type { Purchase } from "../../src/client/service/purchase.js";
import type { OnChain } from "./order/onChain.js";
import { isOwnInput } from "./order/ownInput.js";
import type { Listed } from "./listing.js";
import { percent, rangeText, SETUPS } from "./checkedWords.js";
import { domainsOf } from "./input/domain.js";

/** What is known of an order, beside the model. */
export interface Facts {
  readonly proof: "open" | "yes" | "failed";
  /** What was seen through the wallet; undefined where nothing was asked. */
  readonly chain?: OnChain;
  /** Undefined where there is no order yet. */
  readonly purchase?: Purchase;
}

function verdictOf(isRight: boolean | undefined): Verdict {
  if (isRight === undefined) return "open";
  return isRight ? "yes" : "failed";
}

type Verdict = "yes" | "open" | "failed" | "word";

const SIGNS: Readonly<Record<Verdict, readonly [sign: string, words: string]>> = {
  yes: ["✓", "Checked here"],
  open: ["–", "Not checked yet"],
  failed: ["✗", "Failed"],
  word: ["–", "Not checked: the provider says so"],
};

interface Properties {
  model: OfferedModel;
  listed: Listed | undefined;
  url: string;
  facts: Facts;
}

/** What was checked, and by whom. Nothing has a tick that this browser did not check. */
export function Checked({ model, listed, url, facts }: Properties) {
  const { manifest, id } = model;
  const { accuracy, ceremony, setup } = manifest;
  const { chain, purchase } = facts;
  const isOwn = useMemo(() => purchase !== undefined && isOwnInput(model, purchase), [model, purchase]);
  const lines: readonly (readonly [Verdict, string, string])[] = [
    ["yes", "Model", `key, circuit and hash of the model file belong to the model id ${id}`],
    [
      verdictOf(chain?.isRegistered),
      "Registry",
      "the chain has this key under this id; asked through your wallet's node",
    ],
    [
      verdictOf(chain?.isOffered === undefined ? undefined : chain.isOffered && isOwn),
      "Offer",
      "the provider has signed price, deadline and the commitment to your input; the contracts are the published ones",
    ],
    [facts.proof, "Answer", "the proof holds for this model, your input and your job"],
    ["word", "Key", SETUPS[setup](ceremony.contributionHashes.length)],
    ["word", "Model file", `sha256 ${manifest.model.sha256}`],
    [
      "word",
      "Accuracy",
      accuracy === null
        ? "was not measured"
        : `${accuracy.integerScore === null ? "" : `${percent(accuracy.integerScore)} right, `}${percent(accuracy.agreement)} the same as the model in floating point, on ${accuracy.samples} samples`,
    ],
    [
      "word",
      "Numbers and names",
      `how your input becomes the circuit's numbers and how the answer is read${manifest.card ? ", and what features and classes are called" : ""}`,
    ],
    [
      "word",
      "Audit",
      listed?.bundle
        ? `not done here; anybody can: npx torch2circom audit ${url}${listed.bundle.path}`
        : "the provider publishes no bundle to audit",
    ],
  ];
  return (
    <details class="checked">
      <summary>What was checked</summary>
      <ul>
        {lines.map(([verdict, name, text]) => (
          <li key={name} class={verdict}>
            <span class="sign" aria-hidden="true">
              {SIGNS[verdict][0]}
            </span>
            <span>
              <strong>{name}</strong>: {text}. <em>{SIGNS[verdict][1]}.</em>
            </span>
          </li>
        ))}
      </ul>
      <h2 class="minor">Limits</h2>
      <p class="small">
        A proof says that this model gave this answer. It does not say that the answer is right. The provider
        sees your input. The model takes {domainsOf(manifest).map(rangeText).join("; ")}.
      </p>
    </details>
  );
}
