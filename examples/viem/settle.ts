import hre from "hardhat";
import { inferenceEscrowAbi as abi } from "torch2circom/abi";
import { createPublicClient, createWalletClient, custom, zeroAddress } from "viem";
import { hardhat } from "viem/chains";

// The escrow from viem: read a job and its proven output, withdraw a balance. With `http(url)` for `custom(provider)`, it
// works without Hardhat.

await hre.torch2circom.build({ model: "iris" });
const { escrow: address } = await hre.torch2circom.deploy();
await hre.torch2circom.register("iris");
const { jobId } = await hre.torch2circom.request("iris", { samples: "iris.npz", amount: "0.01", account: 1 });
await hre.torch2circom.fulfill(jobId);

const { provider } = await hre.network.getOrCreate();
const escrow = { address: address as `0x${string}`, abi };
const reader = createPublicClient({ chain: hardhat, transport: custom(provider) });
const wallet = createWalletClient({ chain: hardhat, transport: custom(provider) });
const [account] = await wallet.getAddresses();

const [status] = await reader.readContract({
  ...escrow,
  functionName: "jobState",
  args: [jobId as `0x${string}`],
});
const [{ args }] = await reader.getContractEvents({ ...escrow, eventName: "Fulfilled", fromBlock: 0n });
const amount = await reader.readContract({
  ...escrow,
  functionName: "balanceOf",
  args: [account, zeroAddress],
});
const hash = await wallet.writeContract({
  ...escrow,
  account,
  functionName: "withdraw",
  args: [zeroAddress, amount, account],
});
const receipt = await reader.waitForTransactionReceipt({ hash });
console.log(`status ${status}, output words ${args.outputs}, ${amount} wei withdrawn: ${receipt.status}`);
