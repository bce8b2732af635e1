import type { Contracts } from "../../client/contracts.js";
import type { Receipt } from "../../client/send.js";
import type {
  AcceptOptions,
  AccountOptions,
  DeployOptions,
  FulfillOptions,
  JobsOptions,
  OfferOptions,
  RequestOptions,
  TransactionOptions,
  WithdrawOptions,
} from "./options.js";
import type {
  AcceptResult,
  DeployResult,
  DraftResult,
  FulfillResult,
  JobList,
  RegisterResult,
  RequestResult,
  ResumeResult,
  StatusResult,
  WithdrawResult,
} from "./results.js";

/** Methods that speak to the registry and the escrow. */
export interface PaymentMethods {
  /**
   * Deploys the registry and the escrow where they are missing. Their addresses are the same on every chain, whoever
   * deploys. Nothing is sent on a chain that lacks what the contracts need.
   *
   * @param options the account that pays, and whether it pays for the factory, too, where a chain has none
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { registry, escrow } = await hre.torch2circom.deploy();
   * console.log(registry, escrow);
   * ```
   */
  deploy(options?: DeployOptions): Promise<DeployResult>;

  /**
   * Connects to the deployed registry and escrow, as typed ethers contracts.
   *
   * @param options the account that sends transactions
   * @example
   * ```ts
   * import { ZeroAddress } from "ethers";
   * import hre from "hardhat";
   *
   * await hre.torch2circom.deploy();
   * const { escrow } = await hre.torch2circom.contracts({ account: 1 });
   * const [, client] = await (await hre.network.getOrCreate()).ethers.getSigners();
   * console.log(await escrow.balanceOf(client, ZeroAddress));
   * ```
   */
  contracts(options?: AccountOptions): Promise<Contracts>;

  /**
   * Registers the verification key of a build. Registering it again only announces its uri.
   *
   * @param name of the build
   * @param options the account, the place where clients find the manifest (its hash is added; default: the hash alone),
   *   and whether a single contributor will do
   * @returns the model id and the transaction
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * await hre.torch2circom.deploy();
   * const { modelId } = await hre.torch2circom.register("iris", { account: 2 });
   * console.log(modelId);
   * ```
   */
  register(
    name: string,
    options?: TransactionOptions & { uri?: string; allowSingleContributor?: boolean },
  ): Promise<RegisterResult>;

  /**
   * Commits to a sample and locks the payment for the model's answer on it. The terms are on the disk before anything
   * is sent; {@link resume} goes on after an interruption.
   *
   * @param name of the build
   * @param options the sample, the payment, its terms, and how long to wait
   * @returns the job's id, and the file that the provider needs. It holds the input: send it privately
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { jobId, file } = await hre.torch2circom.request("iris", {
   *   samples: "iris.npz",
   *   amount: "0.01",
   *   seconds: 600,
   *   account: 1,
   * });
   * console.log(jobId, file);
   * ```
   */
  request(name: string, options: RequestOptions | OfferOptions): Promise<RequestResult>;

  /**
   * Sets the terms of a job and sends nothing: its file is for the provider to accept.
   *
   * @param name of the build
   * @param options the sample, the payment, and its terms, with a bond if the provider is to stake one
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const [, , provider] = await (await hre.network.getOrCreate()).ethers.getSigners();
   * const { file } = await hre.torch2circom.draft("iris", {
   *   samples: "iris.npz",
   *   amount: "0.01",
   *   bond: "0.002",
   *   provider: provider.address,
   * });
   * console.log(file);
   * ```
   */
  draft(name: string, options: RequestOptions): Promise<DraftResult>;

  /**
   * Signs a provider's offer for a job that a client has drafted: only what the account can prove, in time.
   *
   * @param job path of the job's file, or its id
   * @param options the provider's account, and whether to deposit what is missing of the bond
   * @returns the file with the signature, for the client: see `offer` of `request`
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const [, , provider] = await (await hre.network.getOrCreate()).ethers.getSigners();
   * const terms = { samples: "iris.npz", amount: "0.01", bond: "0.002", provider: provider.address };
   * const { file } = await hre.torch2circom.draft("iris", terms);
   * const { file: offer } = await hre.torch2circom.accept(file, { account: 2, deposit: true });
   * await hre.torch2circom.request("iris", { offer });
   * ```
   */
  accept(job: string, options?: AcceptOptions): Promise<AcceptResult>;

  /**
   * Proves the answer that a job asks for, and collects the payment for the account. The proof is on the disk before it
   * is sent. Of a job that the account has fulfilled, the answer is given again. A job that would be proved in vain is
   * refused before: by its terms, its deadline, or the price of gas.
   *
   * @param job id of the job, or path of its file
   * @param options the account that is paid, how long to wait, and whether a close deadline and a loss are taken
   * @returns the answer and the transaction
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { file } = await hre.torch2circom.request("iris", { samples: "iris.npz", amount: "0.01", account: 1 });
   * const { outputs } = await hre.torch2circom.fulfill(file, { account: 2 });
   * console.log(outputs[0].values);
   * ```
   */
  fulfill(job: string, options?: FulfillOptions): Promise<FulfillResult>;

  /**
   * Fulfills jobs of one model, as many by one proof and in one transaction as the model's batches allow (`build` with
   * `batch`): for a fraction of the gas and of the time per job. All jobs are checked before the first is proven. Without
   * batches, it fulfills one after the other.
   *
   * @param jobs their ids, or the paths of their files
   * @param options as of {@link PaymentMethods.fulfill}
   * @returns one result per job, in their order; jobs of one proof share a transaction and its gas
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const jobs = [];
   * for (const index of [0, 1]) {
   *   const { jobId } = await hre.torch2circom.request("iris", { samples: "iris.npz", index, amount: "0.01" });
   *   jobs.push(jobId);
   * }
   * const results = await hre.torch2circom.fulfillMany(jobs, { account: 2 });
   * console.log(results.map(({ outputs, transaction }) => [outputs[0].values, transaction]));
   * ```
   */
  fulfillMany(jobs: readonly string[], options?: FulfillOptions): Promise<FulfillResult[]>;

  /**
   * Returns a job's payment to its client: after the deadline, or at any time if its provider asks for it.
   *
   * @param job id of the job, of which nothing else needs to be known, or path of its file
   * @param options the account that sends the transaction
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const [, , provider] = await (await hre.network.getOrCreate()).ethers.getSigners();
   * const { jobId } = await hre.torch2circom.request("iris", {
   *   samples: "iris.npz",
   *   amount: "0.01",
   *   provider: provider.address,
   * });
   * await hre.torch2circom.refund(jobId, { account: 2 }); // the provider declines
   * ```
   */
  refund(job: string, options?: TransactionOptions): Promise<Receipt>;

  /**
   * Pays out the balance of an account in the escrow, or a part of it.
   *
   * @param options the account, the token, the recipient and the amount
   * @returns the amount, in wei or in the token's units, and the transaction
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { jobId } = await hre.torch2circom.request("iris", { samples: "iris.npz", amount: "0.01", account: 1 });
   * await hre.torch2circom.fulfill(jobId, { account: 2 });
   * const { amount } = await hre.torch2circom.withdraw({ account: 2 });
   * console.log(amount);
   * ```
   */
  withdraw(options?: WithdrawOptions): Promise<WithdrawResult>;

  /**
   * Goes on with a job where an interruption has left it: sends what was not sent, or was dropped; waits for what waits.
   * Nothing is paid twice.
   *
   * @param job id of the job, or path of its file
   * @param options how long to wait, and whether to send a transaction that waits again, with a higher fee (`bump`). The
   *   account is the one that began
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { jobId } = await hre.torch2circom.request("iris", { samples: "iris.npz", amount: "0.01", account: 1 });
   * const { transaction } = await hre.torch2circom.resume(jobId); // there is nothing left to do
   * console.log(transaction);
   * ```
   */
  resume(job: string, options?: TransactionOptions & { bump?: boolean }): Promise<ResumeResult>;

  /**
   * Lists the jobs that have a file here, and those of the network's accounts in recent blocks: what they wait for, and
   * what can be done.
   *
   * @param options the account whose balances are shown, and how many blocks to search
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * await hre.torch2circom.request("iris", { samples: "iris.npz", amount: "0.01" });
   * const { jobs, due } = await hre.torch2circom.jobs();
   * console.log(jobs.map(({ jobId, state, next }) => [jobId, state, next]), due);
   * ```
   */
  jobs(options?: JobsOptions): Promise<JobList>;

  /**
   * Shows the state of a job, its proven answer if there is one, and what can be done.
   *
   * @param job id of the job, of which nothing else needs to be known, or path of its file
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { jobId } = await hre.torch2circom.request("iris", { samples: "iris.npz", amount: "0.01" });
   * const { status, fulfillBy } = await hre.torch2circom.status(jobId);
   * console.log(status, fulfillBy);
   * ```
   */
  status(job: string): Promise<StatusResult>;
}
