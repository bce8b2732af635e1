import { Contract, ZeroAddress, type Signer } from "ethers";
import { payPurchase, type PaidBy } from "../../../src/client/service/payPurchase.js";
import type { Purchase } from "../../../src/client/service/purchase.js";
import { amountText } from "../../parts/words.js";
import { contractsOf, lookUp } from "./onChain.js";
import { tokenUnit } from "./units.js";

/** Pays for an order, once. @throws where the account has too little, its owner denies it, or the escrow refuses */
export async function pay(signer: Signer, purchase: Purchase, by: PaidBy): Promise<void> {
  const contracts = await contractsOf(signer, purchase);
  const { status, isRegistered, isOffered } = await lookUp(contracts, purchase);
  if (status !== "none") return;
  if (!isRegistered) throw new Error("The registry on this chain does not know the model. Nothing was paid.");
  if (isOffered === false) throw new Error("The provider did not sign these terms. Nothing was paid.");
  await requireFunds(signer, purchase);
  await payPurchase(contracts, signer, purchase, by);
}

/** A signature without funds behind it would be refused by the service, much later. */
async function requireFunds(signer: Signer, { job: { token, amount, client } }: Purchase): Promise<void> {
  const balance =
    token === ZeroAddress
      ? await signer.provider!.getBalance(client)
      : ((await new Contract(
          token,
          ["function balanceOf(address) view returns (uint256)"],
          signer,
        ).getFunction("balanceOf")(client)) as bigint);
  if (balance >= amount) return;
  const unit = await tokenUnit(signer, token);
  throw new Error(
    `Your account has ${amountText(balance, unit)}, and this costs ${amountText(amount, unit)}. Nothing was paid.`,
  );
}
