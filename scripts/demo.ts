import { join } from "node:path";
import { styleText } from "node:util";
import { formatEther } from "ethers";
import hre from "hardhat";
import { bindingOf } from "../src/client/binding.js";
import { packWords } from "../src/client/commitment.js";
import { fulfillJob, type Job } from "../src/client/escrow.js";
import { loadInputs } from "../src/import/samples/loadSamples.js";
import { readArrays } from "../src/import/samples/readArrays.js";
import { createProgress, inStage } from "../src/progress/progress.js";
import { loadJob } from "../src/runtime/jobFiles.js";

// The whole road on one screen: a trained model, a paying client, a provider who must prove, and two thieves.

const MODEL = join(hre.config.paths.root, "test", "fixtures", "models", "digits_mlp");
const [CLIENT, PROVIDER, THIEF] = [1, 2, 3];
const SAMPLE = 3;

const say = (text = ""): void => console.log(text);
// Bold on a terminal only, by NO_COLOR and FORCE_COLOR.
const title = (text: string): void => say(`\n${styleText("bold", text, { stream: process.stdout })}`);

const progress = createProgress();
const { torch2circom } = hre;
const { ethers } = await hre.network.getOrCreate();
const signers = await ethers.getSigners();
const balance = async (account: number): Promise<string> =>
  `${Number(formatEther(await ethers.provider.getBalance(signers[account]))).toFixed(4)} ETH`;

title("1. The provider turns a trained PyTorch model into a circuit");
say(
  "A circuit is a list of equations that hold only if the model was really run: its weights are part of them.",
);
const { manifest } = await torch2circom.build({
  model: join(MODEL, "model.pt2"),
  samples: MODEL,
  name: "digits_mlp",
  progress,
});

title("2. Two contracts on a chain in this process: a registry of models, and an escrow");
const addresses = await torch2circom.deploy();
const { modelId } = await torch2circom.register("digits_mlp", { account: PROVIDER });
say(`registry ${addresses.registry}\nescrow   ${addresses.escrow}\nmodel    ${modelId}`);

title("3. A client locks 0.01 ETH for the class of this digit; the chain sees a commitment to it only");
const { inputs } = await loadInputs(MODEL, [
  { id: manifest.inputs[0].name, dtype: "float", shape: manifest.inputs[0].shape },
]);
const pixels = inputs.get(manifest.inputs[0].name)![SAMPLE].data;
for (let row = 0; row < 8; row++) {
  say(
    `   ${Array.from(pixels.subarray(8 * row, 8 * row + 8), (p) => " .:-=+*#%@"[Math.round(9 * p)].repeat(2)).join("")}`,
  );
}
say(`client's balance before: ${await balance(CLIENT)}`);
const request = await torch2circom.request("digits_mlp", {
  samples: MODEL,
  index: SAMPLE,
  amount: "0.01",
  account: CLIENT,
});
say(`client's balance after:  ${await balance(CLIENT)}\njob ${request.jobId}`);

title("4. The provider runs the model and proves it");
const provider = await signers[PROVIDER].getAddress();
const { proof, publicSignals, outputs } = await inStage(progress, "Prove", () =>
  torch2circom.prove("digits_mlp", { job: request.jobId, payee: provider }),
);
const words = publicSignals.slice(0, manifest.outputs[0].packing.words).map(BigInt);
const contracts = await torch2circom.contracts();
const record = await loadJob(hre.config.torch2circom, request.jobId);

title("5. Two frauds, tried on the real contract");
const { packing } = manifest.outputs[0];
const lie = outputs[0].values.map((_, digit) => packing.offset + (digit === 0 ? 2 ** packing.width - 1 : 0));
await expectRefusal("the provider claims that the digit is a 0", () =>
  submit(record.job, provider, packWords(lie, packing)),
);
const thief = await signers[THIEF].getAddress();
await expectRefusal("a thief copies the proof from the mempool and names himself as the payee", () =>
  submit(record.job, thief, words),
);

title("6. The honest proof is paid");
const { gasUsed } = await submit(record.job, provider, words);
say(
  `fulfilled for ${gasUsed.toLocaleString("en")} gas; the proof is bound to ${bindingOf(record.jobId, provider, record)}`,
);
const { amount } = await torch2circom.withdraw({ account: PROVIDER });
say(`the provider withdrew ${formatEther(amount)} ETH`);

title("7. What the client has for its money");
const status = await torch2circom.status(request.jobId);
const logits = status.outputs![0].values;
const labels = (await readArrays(MODEL)).arrays.get("labels")!;
say(`model's answer, proven: ${logits.indexOf(Math.max(...logits))}`);
say(`true label:             ${labels.data[SAMPLE]}`);

function submit(terms: Job, payee: string, outputWords: readonly bigint[]) {
  return fulfillJob(contracts, signers[PROVIDER], terms, payee, proof, outputWords);
}

async function expectRefusal(what: string, attempt: () => Promise<unknown>): Promise<void> {
  const refusal = await attempt().then(
    () => undefined,
    (error: Error) => error,
  );
  if (refusal === undefined) throw new Error(`${what}, and was paid: this must never happen`);
  say(`${what}:\n   refused - ${refusal.message.split("\n")[0].trim()}`);
}
