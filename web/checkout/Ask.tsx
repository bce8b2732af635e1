import { useEffect, useState } from "preact/hooks";
import type { Purchase } from "../../src/client/service/purchase.js";
import { orderInference } from "../../src/client/service/orderInference.js";
import { fittingModel } from "../../src/client/service/fittingModel.js";
import type { OfferedModel } from "../../src/client/service/serviceModel.js";
import { Checked } from "./Checked.js";
import { ModelChoice } from "./ModelChoice.js";
import { InputForm, type Given } from "./input/InputForm.js";
import type { Listed } from "./listing.js";
import { listedUnit } from "./order/units.js";
import { NextStep, type Step } from "./parts/NextStep.js";
import { Terms } from "../parts/Terms.js";
import { useBusy } from "./parts/useBusy.js";
import type { Wallets } from "../parts/wallet/useWallets.js";
import { WalletChoice } from "./wallet/WalletChoice.js";
import { walletStep } from "./wallet/walletStep.js";
import { amountText, secondsText, wordsOf } from "../parts/words.js";

interface Properties {
  url: string;
  models: readonly Listed[];
  wallets: Wallets;
  onOrder: (purchase: Purchase) => void;
}

/** Model and input, until there is an offer. Nothing is paid here. */
export function Ask({ url, models, wallets, onOrder }: Properties) {
  const [id, setId] = useState(models[0].id);
  const listed = models.find((one) => one.id === id) ?? models[0];
  const [model, setModel] = useState<OfferedModel>();
  const [given, setGiven] = useState<Given>({ problem: "" });
  const [token, setToken] = useState<string>();
  const price = listed.prices.find((one) => one.token === token) ?? listed.prices[0];
  const { isBusy, status, setStatus, run } = useBusy();
  useEffect(() => {
    let isWanted = true;
    setModel(undefined);
    fittingModel(url, listed.id).then(
      (found) => isWanted && setModel(found),
      (error: unknown) => isWanted && setStatus(wordsOf(error)),
    );
    return () => void (isWanted = false);
  }, [url, listed.id]);

  const order = () =>
    run("Asking for an offer…", async () => {
      if ("problem" in given) throw new Error(given.problem);
      const { sample: input } = given;
      const { chosen } = wallets;
      onOrder(
        (await orderInference(await chosen!.signer(), { url, model: listed.id, input, token: price.token }))
          .purchase,
      );
    });
  const step: Step = walletStep(wallets, listed.chainId, run) ?? {
    label: "Get an offer",
    run: model && order,
  };
  return (
    <>
      <ModelChoice models={models} listed={listed} card={model?.manifest.card} onChoose={setId} />
      {model !== undefined && <InputForm key={model.id} manifest={model.manifest} onGiven={setGiven} />}
      {listed.prices.length > 1 && (
        <label>
          Pay in
          <select value={price.token} onChange={({ currentTarget }) => setToken(currentTarget.value)}>
            {listed.prices.map((one) => (
              <option key={one.token} value={one.token}>
                {listedUnit(one).symbol}
              </option>
            ))}
          </select>
        </label>
      )}
      <WalletChoice wallets={wallets} />
      <NextStep step={step} isBusy={isBusy} status={status}>
        <Terms
          terms={[
            ["Price", `${amountText(price.amount, listedUnit(price))} an answer, as the service says`],
            [
              "Answer",
              listed.seconds === null ? "nobody proves now" : `in about ${secondsText(listed.seconds)}`,
            ],
            ["Next", "your input goes to the provider, who makes an offer; you pay after you have seen it"],
          ]}
        />
      </NextStep>
      {model !== undefined && <Checked model={model} listed={listed} url={url} facts={{ proof: "open" }} />}
    </>
  );
}
