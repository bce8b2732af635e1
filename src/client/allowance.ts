import { dataLength, formatUnits, Interface, type Signer } from "ethers";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { explainRefusal } from "./errors.js";
import { transact, type SendOptions } from "./send.js";

/** Without results: tokens such as USDT return nothing where ERC-20 returns a word. */
const ERC20 = new Interface([
  "function allowance(address owner, address spender) view returns (uint256)",
  "function approve(address spender, uint256 amount)",
]);

/**
 * Lets a spender take an amount, where the allowance that there is does not suffice. A token that refuses to change an
 * allowance, as USDT does, is set to zero first.
 *
 * @param owner pays
 * @param token address of an ERC-20 token
 * @param amount in the token's units
 * @param options how transactions are sent and waited for
 * @throws Torch2CircomError where the token does not grant it
 */
export async function approveToken(
  owner: Signer,
  token: string,
  spender: string,
  amount: bigint,
  options?: SendOptions,
): Promise<void> {
  const allowance = () => allowanceOf(owner, token, spender);
  const approve = async (value: bigint) => {
    const data = ERC20.encodeFunctionData("approve", [spender, value]);
    return transact(owner, { to: token, data }, options);
  };
  const before = await allowance();
  if (before >= amount) return;
  if (before > 0n && !(await grants(owner, token, spender, amount))) await approve(0n);
  await approve(amount);
  if ((await allowance()) >= amount) return;
  throw new Torch2CircomError(
    "CONTRACT_REFUSED",
    `The token ${token} took the approval and grants less than ${formatUnits(amount, 0)} of its units`,
    "Choose another token: nothing was paid.",
  );
}

async function allowanceOf(owner: Signer, token: string, spender: string): Promise<bigint> {
  const data = ERC20.encodeFunctionData("allowance", [await owner.getAddress(), spender]);
  return explainRefusal(async () => {
    const [allowance] = ERC20.decodeFunctionResult("allowance", await owner.call({ to: token, data }));
    return allowance as bigint;
  });
}

/** Whether the token would take this allowance as things are: it neither reverts nor returns false. */
async function grants(owner: Signer, token: string, spender: string, amount: bigint): Promise<boolean> {
  const data = ERC20.encodeFunctionData("approve", [spender, amount]);
  const answer = await owner.call({ to: token, data }).catch(() => undefined);
  if (answer === undefined) return false;
  return dataLength(answer) === 0 || BigInt(answer) !== 0n;
}
