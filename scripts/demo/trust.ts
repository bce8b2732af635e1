import { join } from "node:path";
import { modelPaths } from "../../src/artifacts/paths.js";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { readContributions } from "../../src/phase2/readContributions.js";
import { beaconSecret } from "../../src/phase2/hashToCurve.js";
import { inStage } from "../../src/progress/progress.js";
import { contributeElsewhere } from "./trust/contributors.js";
import { Market } from "./trust/market.js";
import { temporaryProject } from "./trust/project.js";
import { contributeAndKeep, useOwnKey } from "./trust/provider.js";
import { passingProgress, say, sayStep, title } from "./trust/screen.js";

// `npm run demo:trust`: whoever makes a key alone can forge any answer and be paid; one honest contributor prevents it.

const FIXTURES = join(import.meta.dirname, "..", "..", "test", "fixtures");
const samples = join(FIXTURES, "models", "digits_mlp");
const model = join(samples, "model.pt2");
const ptau = join(FIXTURES, "powersOfTau", "contributed_11.ptau");
const [NAME, SAMPLE] = ["digits_mlp", 3];
/** Blocks from the announcement of the beacon to its block, and their seconds. */
const [BLOCKS, BLOCK_SECONDS] = [50, 12];

const progress = passingProgress();
const { hre, root } = await temporaryProject();
const { torch2circom } = hre;
const market = new Market(hre, NAME, samples);
const run = <Result>(stage: string, work: () => Promise<Result>) => inStage(progress, stage, work);

say("Powers of tau: a file of this repository, of one contribution. Real keys take --ptau hermez, of 54.");
await torch2circom.build({ model, samples, name: NAME, progress });
title("1. The provider makes the key alone, keeps the secret of its contribution, and registers the model");
const [begun] = await torch2circom.ceremony.init(NAME, { ptau, progress });
const { head, init } = begun.transcript;
const kept = await run("The provider contributes", () =>
  contributeAndKeep(begun.key, join(root, "provider.zkey"), head),
);
await useOwnKey(modelPaths(hre.config.torch2circom.outDir, NAME), kept, init);
await torch2circom.deploy();
const alone = await torch2circom.register(NAME, { account: 2 });
say(
  `key: ${(await torch2circom.manifest(NAME)).setup}; registered as ${alone.modelId} on a chain in this process`,
);
const robbed = await market.request(SAMPLE);
const right = await market.runModel(robbed);
const wrong = (right + 5) % 10;
say(`A client locks 0.01 ETH for the class of a handwritten digit. The model says: ${right}`);
await run("The provider forges a proof", () => market.forge(robbed, wrong, kept.secret));
say(`The provider claims ${wrong}: A = r alpha, B = beta / r, C = -IC(claim) / secret. No model was run.`);
say(`The escrow PAID for ${await market.classOf(robbed)}. ${await market.withdraw()}`);
const warned = await run("Audit", () => torch2circom.audit(NAME, { model, ptau, compile: false }));
say("An audit would have told the client (torch2circom:audit digits_mlp):");
for (const step of warned.steps.filter(({ state }) => state === "failed")) sayStep(step);

title("2. The same model, the same contribution, and two others: a ceremony");
await torch2circom.ceremony.contribute(NAME, { from: [kept.key], progress });
say(`1. provider     ${kept.hash}   (the secret is kept)`);
const other = await run("A third party contributes", () =>
  contributeElsewhere(hre, NAME, "third party", root),
);
say(`2. third party  ${other}`);
const { provider: node } = (await hre.network.getOrCreate()).ethers;
const block = (await node.getBlockNumber()) + BLOCKS;
await torch2circom.ceremony.beacon(NAME, { announce: { block } });
say(
  `   announced: block ${block} of this chain as the beacon (on real chains rounds of drand: --announce 7200)`,
);
const own = await run("The client contributes", () => contributeElsewhere(hre, NAME, "client", root));
say(`3. client       ${own}   (npx torch2circom contribute)`);
await node.send("hardhat_mine", [`0x${BLOCKS.toString(16)}`, `0x${BLOCK_SECONDS.toString(16)}`]);
const [{ transcript }] = await torch2circom.ceremony.beacon(NAME, { progress });
say(`   beacon       ${transcript.beacon!.hash}`);
const [{ key }] = await torch2circom.ceremony.finalize(NAME, { ptau, progress });
const { modelId } = await torch2circom.register(NAME, { account: 2 });
say(`key: ${(await torch2circom.manifest(NAME)).setup}; registered as ${modelId}`);

title("3. The client audits it: torch2circom:audit digits_mlp --require <own hash> --min-contributions 3");
const { passed, steps } = await torch2circom.audit(NAME, {
  ...{ model, ptau, modelId, attested: [own], minContributions: 3, onChain: true, progress },
});
steps.forEach(sayStep);
if (!passed) throw new Error("the audit of the demo's ceremony failed");

title("4. The client pays for the same digit. The provider tries what it did before, then proves");
const job = await market.request(SAMPLE);
// All that one contributor knows of delta: its own secret, and the beacon's, which everybody knows.
const { exponent, hash } = readContributions(key).contributions.at(-1)!.beacon!;
const known = kept.secret * beaconSecret(Buffer.from(hash, "hex"), exponent).secret;
const refusal = await market.forge(job, wrong, known).catch((error: unknown) => error);
if (!(refusal instanceof Torch2CircomError)) throw new Error("a forgery was paid: this must never happen");
say(`It claims ${wrong}, by its secret and the beacon's: REFUSED by the contract: ${errorIn(refusal)}`);
await run("Prove and fulfill", () => market.answer(job));
say(`It proves ${await market.classOf(job)}: paid. ${await market.withdraw()}`);

/** The name of the contract's error. */
function errorIn({ problem }: Torch2CircomError): string {
  return /\w+\(.*?\)/.exec(problem)?.[0] ?? problem;
}
