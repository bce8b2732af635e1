import { formatEther } from "ethers";
import hre from "hardhat";

// From nothing to a paid inference: `npm install && npm start`. All of it runs on a chain inside this process.

const { torch2circom } = hre;
const [CLIENT, PROVIDER] = [1, 2];

// The provider builds the model of hardhat.config.ts and registers its verification key.
await torch2circom.build({ model: "iris" });
await torch2circom.deploy();
await torch2circom.register("iris", { account: PROVIDER });

// The client commits to sample 3 and locks a payment. The job's file, with the input, goes to the provider.
const { jobId, file } = await torch2circom.request("iris", {
  samples: "iris.npz",
  index: 3,
  amount: "0.01",
  account: CLIENT,
});

// The provider proves its answer and collects the payment.
await torch2circom.fulfill(file, { account: PROVIDER });
const { amount } = await torch2circom.withdraw({ account: PROVIDER });

// The client reads the answer from the chain.
const { status, outputs } = await torch2circom.status(jobId);
console.log(`${status}: class ${outputs![0].values[0]}, for ${formatEther(amount)} ETH`);
