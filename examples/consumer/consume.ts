import { writeFileSync } from "node:fs";
import type { Result } from "ethers";
import hre from "hardhat";
import { commitInputs, randomSalt } from "torch2circom/client";

// A contract pays for an answer, and the proof calls it back. The client commits to the input with the client library.

// As the model takes it: standardized, and within the range of the samples. Other inputs cannot be proven.
const FLOWER = [-0.9, 1.02, -1.34, -1.31];

const { torch2circom } = hre;
const { ethers } = await hre.network.getOrCreate();
await torch2circom.build({ model: "iris" });
const { escrow } = await torch2circom.deploy();
const { modelId } = await torch2circom.register("iris");
const { domain, inputs, outputs } = await torch2circom.manifest("iris");

const { count, width, perWord, offset } = outputs[0].packing;
const schema = { count, width, perWord, start: 0, offset };
const consumer = await ethers.deployContract("IrisConsumer", [escrow, modelId, schema]);

// One scale and one offset per element, or one for all.
const at = (list: readonly number[], i: number) => list[i % list.length];
const integers = inputs.map(({ scale, offset, elements }) =>
  (elements ?? FLOWER.map((_, i) => i)).map((element, i) =>
    Math.floor((FLOWER[element] - at(offset, i)) / at(scale, i) + 0.5),
  ),
);
const salt = randomSalt();
const commitment = commitInputs(
  BigInt(domain),
  salt,
  integers,
  inputs.map(({ packing }) => packing),
);
await consumer.getFunction("ask")(commitment, { value: ethers.parseEther("0.01") });

// The terms are in the event of the escrow. With the input and the salt, they are the job's file for the provider.
const contracts = await torch2circom.contracts();
const [{ args }] = await contracts.escrow.queryFilter(contracts.escrow.filters.Requested());
const { chainId } = await ethers.provider.getNetwork();
const record = {
  jobId: args.jobId,
  model: "iris",
  chainId,
  escrow,
  job: (args.job as unknown as Result).toObject(),
  input: { integers, salt, commitment },
};
writeFileSync(
  "job.json",
  JSON.stringify(record, (_, value) => (typeof value === "bigint" ? `${value}` : value)),
);

await torch2circom.fulfill("job.json", { account: 1 });
console.log(`the contract knows: class ${await consumer.getFunction("classOf")(args.jobId)}`);
