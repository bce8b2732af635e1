import { formatEther } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { modelPaths } from "../../../src/artifacts/paths.js";
import { bindingOf } from "../../../src/client/binding.js";
import { packWords } from "../../../src/client/commitment.js";
import { fulfillJob } from "../../../src/client/escrow.js";
import { readVerificationKey } from "../../../src/groth16/files.js";
import { programValues } from "../../../src/inference/infer.js";
import { loadModel } from "../../../src/inference/model.js";
import { loadJob } from "../../../src/runtime/jobFiles.js";
import { forgeProof } from "./forge.js";

const [CLIENT, PROVIDER] = [1, 2];
const AMOUNT = "0.01";

/** The client, the provider and the contracts between them: jobs of one classifier, and answers, honest or not. */
export class Market {
  /** @param samples of the model's inputs */
  constructor(
    private readonly hre: HardhatRuntimeEnvironment,
    private readonly name: string,
    private readonly samples: string,
  ) {}

  /** The client pays for the class of a sample. @returns the job's id */
  async request(index: number): Promise<string> {
    const terms = { samples: this.samples, index, amount: AMOUNT, account: CLIENT };
    return (await this.hre.torch2circom.request(this.name, terms)).jobId;
  }

  /** The provider proves the model's answer. */
  async answer(jobId: string): Promise<void> {
    await this.hre.torch2circom.fulfill(jobId, { account: PROVIDER });
  }

  /**
   * The provider claims a class, with a proof that it makes from what it knows of delta: the model is not run.
   *
   * @throws Torch2CircomError if the escrow refuses it
   */
  async forge(jobId: string, claimed: number, delta: bigint): Promise<void> {
    const { torch2circom, config } = this.hre;
    const signer = (await this.signers())[PROVIDER];
    const payee = await signer.getAddress();
    const [{ packing }] = (await torch2circom.manifest(this.name)).outputs;
    const scores = Array.from({ length: packing.count }, (_, i) =>
      i === claimed ? packing.offset + 2 ** packing.width - 1 : packing.offset,
    );
    const words = packWords(scores, packing);
    const record = await loadJob(config.torch2circom, jobId);
    const signals = [...words, record.input.commitment!, bindingOf(jobId, payee, record)];
    const key = await readVerificationKey(modelPaths(config.torch2circom.outDir, this.name).verificationKey);
    const proof = forgeProof(key, signals, delta);
    await fulfillJob(await torch2circom.contracts(), signer, record.job, payee, proof, words);
  }

  /** What the model says of a job's input, by its integer program. */
  async runModel(jobId: string): Promise<number> {
    const { outDir } = this.hre.config.torch2circom;
    const built = await loadModel(modelPaths(outDir, this.name));
    const { input } = await loadJob(this.hre.config.torch2circom, jobId);
    return greatest(programValues(built, input)[built.program.outputs[0].tensor]);
  }

  /** The class that the client was told, and paid for. */
  async classOf(jobId: string): Promise<number> {
    const { outputs } = await this.hre.torch2circom.status(jobId);
    return greatest(outputs![0].values);
  }

  /** The provider takes out what the escrow owes it. @returns that in words, with its balance before and after */
  async withdraw(): Promise<string> {
    const before = await this.balance();
    const { amount } = await this.hre.torch2circom.withdraw({ account: PROVIDER });
    return `The provider withdraws ${formatEther(amount)} ETH: ${before} -> ${await this.balance()}`;
  }

  private async balance(): Promise<string> {
    const { provider } = (await this.hre.network.getOrCreate()).ethers;
    const [, , { address }] = await this.signers();
    return Number(formatEther(await provider.getBalance(address))).toFixed(4);
  }

  private async signers() {
    return (await this.hre.network.getOrCreate()).ethers.getSigners();
  }
}

function greatest(scores: ArrayLike<number>): number {
  const all = Array.from(scores);
  return all.indexOf(Math.max(...all));
}
