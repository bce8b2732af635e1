import { writeFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { JsonRpcProvider, parseEther, Wallet } from "ethers";
import {
  contractsAt,
  decodeOutputs,
  fetchModel,
  inputCommitment,
  jobState,
  planDeployment,
  quantizeSample,
  randomSalt,
  requestInference,
} from "torch2circom/client";

// A client without Hardhat. It needs the model's id and its uri, which a ModelRegistered event says:
//   RPC_URL=… PRIVATE_KEY=… MODEL_ID=0x… MODEL_URI=https://…#sha256=… npx tsx ask.ts 0.3 -1.2 0.75 1.2

const { RPC_URL, PRIVATE_KEY, MODEL_ID: modelId, MODEL_URI } = process.env as Record<string, string>;
const provider = new JsonRpcProvider(RPC_URL);
const wallet = new Wallet(PRIVATE_KEY, provider);
const { registry, escrow } = planDeployment(); // the same on every chain
const contracts = await contractsAt({ registry: registry.address, escrow: escrow.address }, wallet);

const { manifest } = await fetchModel(modelId, MODEL_URI);
const sample = { [manifest.inputs[0].name]: process.argv.slice(2).map(Number) };
const salt = randomSalt();
const integers = quantizeSample(manifest, sample);
const commitment = inputCommitment(manifest, integers, salt);
const save = (file: string, value: object) =>
  writeFile(
    file,
    JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? `${v}` : v), 2),
  );

// Before the payment: without the salt, nobody can prove the answer that it waits for.
await save("input.json", { integers, salt, commitment });
const { jobId, job } = await requestInference(contracts, wallet, {
  modelId,
  inputCommitment: commitment,
  amount: parseEther("0.01"),
});

// The provider's `torch2circom:fulfill` takes this file.
const { chainId } = await provider.getNetwork();

const input = { integers, salt, commitment };
await save("job.json", { jobId, model: manifest.name, chainId, escrow: escrow.address, job, input });
console.log(`job ${jobId} is funded; give job.json to the provider`);

let state = await jobState(contracts, jobId);
for (; state.status === "funded"; state = await jobState(contracts, jobId)) await setTimeout(1000);
const [answer] = decodeOutputs(manifest, state.outputWords ?? []);
console.log(`${state.status}: ${answer.values.join(", ")}`);
provider.destroy();
