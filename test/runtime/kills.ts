import { expect } from "chai";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import torch2circom from "../../src/index.js";
import { loadJob } from "../../src/runtime/jobFiles.js";
import { KEYS, startAnvil, type Anvil } from "../helpers/anvil.js";
import { startRpcProxy, type RpcProxy } from "../helpers/rpcProxy.js";
import { CliProject } from "../plugin/cli.js";
import { FIXTURES } from "../plugin/project.js";

const samples = join(FIXTURES, "iris_mlp");

/** When a command is killed: at its n-th call of the node, or around the call that sends; the call may still arrive. */
export interface Kill {
  readonly at: number | "send";
  readonly arrives: boolean;
}

/** Kills commands with SIGKILL at the given points, and shows that nothing is lost at any. */
export function survivesKills(kills: readonly Kill[]): void {
  describe("a command that is killed", function () {
    let anvil: Anvil;
    let proxy: RpcProxy;
    let project: CliProject;
    let hre: HardhatRuntimeEnvironment;

    before(async () => {
      anvil = await startAnvil();
      proxy = await startRpcProxy(anvil.url);
      project = new CliProject({ url: proxy.url, accounts: KEYS });
      const devnet = { type: "http", chainType: "l1", url: anvil.url, accounts: KEYS } as const;
      const config = { plugins: [torch2circom], networks: { devnet } };
      hre = await createHardhatRuntimeEnvironment(config, { network: "devnet" }, project.root);
      await hre.torch2circom.build({ model: join(samples, "model.pt2"), samples, name: "iris", batch: [2] });
      await hre.torch2circom.deploy();
      await hre.torch2circom.register("iris");
      await hre.torch2circom.build({ model: join(samples, "model.pt2"), samples, name: "cut", segments: 2 });
      await hre.torch2circom.register("cut");
    });

    after(() => {
      proxy.close();
      anvil.close();
    });

    /** Runs a command until its end by SIGKILL, or to its own end if it has no such point. */
    const killed = async ({ at, arrives }: Kill, ...args: string[]): Promise<void> => {
      const { child, result } = project.start(...args, "--network", "devnet", "--json");
      let calls = 0;
      proxy.rule = async ({ method }) => {
        calls++;
        if (at !== calls && !(at === "send" && method === "eth_sendRawTransaction")) return "pass";
        if (!arrives) child.kill("SIGKILL");
        else setImmediate(() => child.kill("SIGKILL"));
        if (!arrives) await result;
        return arrives ? "lost after" : "lost before";
      };
      expect((await result).code).to.equal(null);
    };

    const paid = async (): Promise<number> => {
      const { escrow } = await hre.torch2circom.contracts();
      return (await escrow.queryFilter(escrow.filters.Requested())).length;
    };
    const files = (): string[] => {
      const { jobsDir } = hre.config.torch2circom;
      return existsSync(jobsDir) ? readdirSync(jobsDir).filter((name) => name.endsWith(".json")) : [];
    };

    for (const kill of kills) {
      const name = `${kill.at === "send" ? "as it sends" : `at its call ${kill.at} of the node`}, ${kill.arrives ? "which arrives" : "which does not arrive"}`;

      it(`request, ${name}: the payment is made once, or not at all`, async () => {
        const [before, known] = [await paid(), files()];
        await killed(kill, "torch2circom:request", "iris", "--samples", samples, "--amount", "0.01");
        const [file] = files().filter((one) => !known.includes(one));
        if (file === undefined) {
          expect(await paid()).to.equal(before);
          return;
        }
        const jobId = file.replace(".json", "");
        const { jobs } = await hre.torch2circom.jobs();
        const { status, next } = jobs.find((job) => job.jobId === jobId)!;
        if (status === "none") expect(next![0]).to.contain(`torch2circom:resume ${jobId}`);
        await hre.torch2circom.resume(jobId, { interval: 5 });
        expect((await hre.torch2circom.status(jobId)).status).to.equal("funded");
        expect(await paid()).to.equal(before + 1);
      });

      it(`fulfill, ${name}: the proof that was made is sent once`, async () => {
        const { jobId } = await hre.torch2circom.request("iris", { samples, amount: "0.01", account: 1 });
        await killed(kill, "torch2circom:fulfill", jobId);
        const { proven } = await loadJob(hre.config.torch2circom, jobId);
        const { outputs } = await hre.torch2circom.fulfill(jobId, { interval: 5 });
        const status = await hre.torch2circom.status(jobId);
        expect(status.outputs).to.deep.equal(outputs);
        if (proven !== undefined)
          expect((await loadJob(hre.config.torch2circom, jobId)).proven).to.deep.equal(proven);
      });

      it(`fulfill of a model in segments, ${name}: the proofs that were made are sent once`, async () => {
        const { jobId } = await hre.torch2circom.request("cut", { samples, amount: "0.01", account: 1 });
        await killed(kill, "torch2circom:fulfill", jobId);
        const known = async () => (await loadJob(hre.config.torch2circom, jobId)).pipeline;
        const begun = await known();
        const { outputs } = await hre.torch2circom.fulfill(jobId, { interval: 5 });
        expect((await hre.torch2circom.status(jobId)).outputs).to.deep.equal(outputs);
        const { salts, proofs } = (await known())!;
        expect(proofs).to.not.include(null);
        expect(begun?.salts ?? salts).to.deep.equal(salts);
        for (const [number, proof] of (begun?.proofs ?? []).entries())
          if (proof !== null) expect(proofs[number]).to.deep.equal(proof);
      });

      it(`fulfill of two jobs, ${name}: the proof that was made is sent once`, async () => {
        const jobs: string[] = [];
        for (const index of [0, 1])
          jobs.push((await hre.torch2circom.request("iris", { samples, index, amount: "0.01" })).jobId);
        await killed(kill, "torch2circom:fulfill", ...jobs);
        const provenOf = async (job: string) => (await loadJob(hre.config.torch2circom, job)).proven;
        const proven = await Promise.all(jobs.map(provenOf));
        await hre.torch2circom.fulfillMany(jobs, { interval: 5 });
        for (const job of jobs) expect((await hre.torch2circom.status(job)).status).to.equal("fulfilled");
        if (proven.every((one) => one !== undefined))
          expect(await Promise.all(jobs.map(provenOf))).to.deep.equal(proven);
      });
    }
  });
}
