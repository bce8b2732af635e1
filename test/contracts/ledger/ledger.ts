import { concat, keccak256, toBeHex, ZeroAddress } from "ethers";
import {
  type Action,
  type Answer,
  type Authorization,
  type BatchProof,
  type Call,
  cancelMessage,
  type Event,
  type Fulfillment,
  type Job,
  jobIdOf,
  LARGE_CALLBACK,
  type Outcome,
  type PuppetMode,
  type Reason,
  receiveMessage,
  type Signature,
  termsOf,
} from "./calls.js";
import { Store } from "./store.js";
import {
  balanceFaults,
  batchFaults,
  closedTo,
  manyFaults,
  pipelineFaults,
  proofFaults,
  termFaults,
  valueFaults,
  zeroFaults,
} from "./terms.js";
import { Tokens } from "./tokens.js";
import { Refusal, refuse, type World } from "./world.js";

/** IInferenceEscrow.Status. */
const [NONE, FUNDED, FULFILLED, REFUNDED] = [0n, 1n, 2n, 3n];
const MAX = 2n ** 256n - 1n;

type Requests = Extract<Action, { signature?: Signature }>;

/**
 * What the escrow has to do, written from IInferenceEscrow and docs/security.md and from nothing else: it says of each
 * call whether it is refused, and why, or what it logs; and it knows what everybody has at any time.
 */
export class Ledger {
  readonly store = new Store();
  readonly tokens: Tokens;
  now: bigint;
  /** What became of the acts of puppets in the last call: what it was refused for, nothing where it succeeded. */
  acts: { readonly puppet: string; readonly reasons: readonly Reason[] }[] = [];
  private readonly told = new Map<string, { readonly mode: PuppetMode; readonly act?: Action }>();
  private events: Event[] = [];
  private guarded = false;
  private gas: Call["gas"] = "ample";

  constructor(
    private readonly world: World,
    now: bigint,
  ) {
    this.now = now;
    this.tokens = new Tokens(
      this.store,
      world,
      () => this.now,
      (puppet) => this.perform(puppet),
    );
  }

  balanceOf(account: string, token: string): bigint {
    return this.store.get("balance", account, token);
  }

  statusOf(job: Job): bigint {
    return this.store.get("status", jobIdOf(job));
  }

  /** Units that the escrow has beyond what it owes: none, if a token moves what it is told to. */
  surplus(token: string): bigint {
    const everybody = [...this.world.accounts, ...this.world.puppets, ...this.world.contracts];
    const owed = everybody.reduce((sum, account) => sum + this.balanceOf(account, token), 0n);
    const [open, given] = [this.store.get("open", token), this.store.get("given", token)];
    return this.tokens.holding(token, this.world.escrow) - owed - open - given;
  }

  puppet(address: string): { readonly mode: PuppetMode; readonly act?: Action } {
    return this.told.get(address) ?? { mode: "Nothing" };
  }

  /** Does the call, or nothing if there is a reason to refuse it. */
  apply({ sender, via, value, wait, gas, action }: Call): Outcome {
    const mark = this.store.mark();
    this.now += BigInt(wait);
    this.gas = gas;
    [this.events, this.acts, this.guarded] = [[], [], false];
    try {
      if (via !== undefined) this.tokens.move(ZeroAddress, sender, via, value);
      this.run(action, via ?? sender, value);
      return { ok: true, events: this.events };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.store.undo(mark);
      return { ok: false, reasons: error.reasons };
    }
  }

  private run(action: Action, sender: string, value: bigint): void {
    switch (action.name) {
      case "request":
        return this.request(action, sender, value);
      case "deposit":
        return this.deposit(action, sender, value);
      default:
        // All others take no native tokens.
        refuse(...(value === 0n ? [] : [{ name: "" }]));
    }
    switch (action.name) {
      case "requestWithPermit":
      case "requestWithAuthorization":
      case "requestFromBalance":
        return this.request(action, sender, 0n);
      case "fulfill":
      case "settle":
        return this.settleOne(action, sender, this.proofFaults(action));
      case "fulfillPipeline":
      case "settlePipeline":
        return this.settleOne(action, sender, pipelineFaults(this.world, action, action.proof));
      case "fulfillBatch":
        return this.settleBatch(action.fulfillments, sender);
      case "settleBatch":
        return this.settleBatch(action.fulfillments, sender, action.authorizations);
      case "fulfillAndWithdraw": {
        const one = { ...action, payee: sender };
        return this.settleAll([one], sender, undefined, action.to, this.proofFaults(one));
      }
      case "fulfillMany":
        return this.settleMany(action.answers, action.proof, sender);
      case "settleMany":
        return this.settleMany(action.answers, action.proof, sender, action.authorizations);
      case "refund":
        return this.refund(action.job, sender);
      case "withdraw":
        return this.withdraw(action, sender);
      default:
        return this.outside(action, sender);
    }
  }

  private request(action: Requests, sender: string, value: bigint): void {
    const { job, name } = action;
    const { token, client, amount, provider, bond } = job;
    const jobId = jobIdOf(job);
    const takesToken = name !== "requestFromBalance" && (name !== "request" || token !== ZeroAddress);
    const faults = this.termFaults(job);
    if (name !== "requestWithAuthorization" && sender !== client)
      faults.push({ name: "NotClient", args: [client] });
    const status = this.statusOf(job);
    if (status !== NONE) faults.push({ name: "InvalidStatus", args: [jobId, status] });
    const needs = [{ account: provider, amount: bond }];
    if (name === "requestFromBalance") needs.push({ account: client, amount });
    if (bond > 0n && !this.tokens.isSigned(provider, action.signature, { kind: "job", jobId, here: true }))
      faults.push({ name: "InvalidProviderSignature", args: [provider] });
    faults.push(...balanceFaults(token, this.balancesOf(token, needs)));
    if (name === "request") faults.push(...valueFaults(token, amount, value));
    if (takesToken) faults.push(...this.tokenFaults(token));
    refuse(...faults);

    this.store.set(FUNDED, "status", jobId);
    this.store.add(amount + bond, "open", token);
    for (const { account, amount } of needs) this.store.add(-amount, "balance", account, token);
    this.emit("Requested", jobId, job.modelId, termsOf(job));
    if (!takesToken) {
      if (name === "request") this.tokens.move(ZeroAddress, sender, this.world.escrow, value);
      return;
    }
    if (name === "requestWithPermit") this.tokens.tryPermit(action.permit, job, action.deadline);
    this.take(token, amount, () => {
      if (name !== "requestWithAuthorization") return this.tokens.pull(token, client, amount);
      this.tokens.authorized(action.authorization, receiveMessage(job, "job", action), false);
    });
  }

  private settleOne(
    action: Answer & { readonly authorization?: Authorization },
    sender: string,
    faults: Reason[],
  ): void {
    const authorizations = action.authorization && [action.authorization];
    this.settleAll([action], sender, authorizations, undefined, faults);
  }

  private settleBatch(
    fulfillments: readonly Fulfillment[],
    sender: string,
    authorizations?: readonly Authorization[],
  ): void {
    const faults = batchFaults(fulfillments, authorizations);
    if (fulfillments.length === 0) faults.push({ name: "EmptyBatch", args: [] });
    for (const one of fulfillments) faults.push(...this.proofFaults(one));
    this.settleAll(fulfillments, sender, authorizations, undefined, faults);
  }

  private settleMany(
    answers: readonly Answer[],
    proof: BatchProof,
    sender: string,
    authorizations?: readonly Authorization[],
  ): void {
    const faults = [...batchFaults(answers, authorizations), ...manyFaults(this.world, answers, proof)];
    this.settleAll(answers, sender, authorizations, undefined, faults);
  }

  private proofFaults(fulfillment: Fulfillment): Reason[] {
    return proofFaults(this.world, fulfillment, jobIdOf(fulfillment.job));
  }

  /**
   * All of them, or none. `to` has the payment sent at once; with authorizations, jobs may be unfunded. `faults` are of
   * the proofs.
   */
  private settleAll(
    answers: readonly Answer[],
    sender: string,
    authorizations: readonly (Authorization | undefined)[] | undefined,
    to: string | undefined,
    faults: Reason[],
  ): void {
    const seen = new Set<string>();
    const entries = answers.map((one, i) => {
      const jobId = jobIdOf(one.job);
      const status = seen.has(jobId) ? FULFILLED : this.statusOf(one.job);
      seen.add(jobId);
      const authorization = authorizations?.[i];
      const isOpen = status === NONE && authorizations !== undefined;
      faults.push(...this.endFaults(one, jobId, status, isOpen));
      return { ...one, jobId, isOpen, authorization };
    });
    if (to !== undefined) faults.push(...this.recipientFaults(to));
    // Which of several is told depends on the order; a guard that is up is one more.
    if (to !== undefined && this.guarded) faults.push({ name: "ReentrancyGuardReentrantCall", args: [] });
    refuse(...faults);

    // States and the money of funded jobs are written before any token is called.
    for (const { job, jobId, isOpen, payee, outputs } of entries) {
      this.store.set(FULFILLED, "status", jobId);
      this.store.set(
        BigInt(keccak256(concat(outputs.map((word) => toBeHex(word, 32))))) >> 8n,
        "result",
        jobId,
      );
      if (!isOpen) this.store.add(-job.amount - job.bond, "open", job.token);
      if (isOpen) this.emit("Requested", jobId, job.modelId, termsOf(job));
      this.emit("Fulfilled", jobId, payee, outputs);
      if (!isOpen && to === undefined) this.store.add(job.amount + job.bond, "balance", payee, job.token);
    }
    for (const { job, jobId, isOpen, payee, authorization } of entries) {
      if (!isOpen) continue;
      this.collect(job, jobId, authorization!);
      this.store.add(job.amount, "balance", payee, job.token);
    }
    for (const { job } of entries)
      if (to !== undefined) this.payOut(sender, job.token, job.amount + job.bond, to);
    for (const { job, jobId } of entries) this.callBack(job, jobId);
  }

  private endFaults({ job, payee }: Answer, jobId: string, status: bigint, isOpen: boolean): Reason[] {
    const faults = closedTo(job, jobId, payee, this.now);
    if (isOpen) faults.push(...this.termFaults(job));
    else if (status !== FUNDED) faults.push({ name: "InvalidStatus", args: [jobId, status] });
    return faults;
  }

  /** The client's money, by what it has signed. An authorization is read when it is its turn, and all proofs hold. */
  private collect(job: Job, jobId: string, authorization: Authorization): void {
    const { token, client, amount } = job;
    const { method, signature, permit } = authorization;
    const length = (one?: Signature) => BigInt(one?.length ?? 0);
    const faults = this.tokenFaults(token);
    if (method === 0) faults.push({ name: "InvalidStatus", args: [jobId, NONE] });
    if (method > 3) faults.push({ name: "" });
    refuse(...faults);
    this.take(token, amount, () => {
      if (method === 1 && length(signature) !== 65n)
        refuse({ name: "InvalidSignatureLength", args: [length(signature)] });
      if (method < 3)
        return this.tokens.authorized(
          signature,
          receiveMessage(job, "settlement", authorization),
          method === 2,
        );
      const faults: Reason[] = [];
      if (!this.tokens.isSigned(client, signature, { kind: "settlement", jobId, here: true }))
        faults.push({ name: "InvalidClientSignature", args: [client] });
      if (length(permit) !== 0n && length(permit) !== 65n)
        faults.push({ name: "InvalidSignatureLength", args: [length(permit)] });
      refuse(...faults);
      if (permit !== undefined) this.tokens.tryPermit(permit, job, authorization.validBefore);
      this.tokens.pull(token, client, amount);
    });
  }

  private refund(job: Job, sender: string): void {
    const jobId = jobIdOf(job);
    const status = this.statusOf(job);
    const faults: Reason[] = [];
    if (status !== FUNDED) faults.push({ name: "InvalidStatus", args: [jobId, status] });
    if (this.now <= job.fulfillBy && sender !== job.provider)
      faults.push({ name: "RefundNotDue", args: [jobId, job.fulfillBy] });
    refuse(...faults);
    this.store.set(REFUNDED, "status", jobId);
    this.store.add(-job.amount - job.bond, "open", job.token);
    this.store.add(job.amount + job.bond, "balance", job.client, job.token);
    this.emit("Refunded", jobId, job.client, sender);
  }

  private deposit({ token, amount }: { token: string; amount: bigint }, sender: string, value: bigint): void {
    const faults = [...zeroFaults(amount), ...valueFaults(token, amount, value)];
    if (token !== ZeroAddress) faults.push(...this.tokenFaults(token));
    refuse(...faults);
    this.store.add(amount, "balance", sender, token);
    if (token === ZeroAddress) this.tokens.move(token, sender, this.world.escrow, value);
    else this.take(token, amount, () => this.tokens.pull(token, sender, amount));
    this.emit("Deposited", sender, token, amount);
  }

  private withdraw(action: { token: string; amount: bigint; to: string }, sender: string): void {
    const { token, amount, to } = action;
    const faults = [...zeroFaults(amount), ...this.recipientFaults(to)];
    faults.push(...balanceFaults(token, this.balancesOf(token, [{ account: sender, amount }])));
    if (this.guarded) faults.push({ name: "ReentrancyGuardReentrantCall", args: [] });
    refuse(...faults);
    this.store.add(-amount, "balance", sender, token);
    this.payOut(sender, token, amount, to);
  }

  private payOut(sender: string, token: string, amount: bigint, to: string): void {
    this.emit("Withdrawn", sender, token, amount, to);
    this.guard(() => {
      if (token === ZeroAddress) this.tokens.pay(to, amount);
      else this.tokens.move(token, this.world.escrow, to, amount);
    });
  }

  /** What tokens and puppets do without the escrow. */
  private outside(action: Action, sender: string): void {
    if (action.name === "tell") return void this.told.set(action.puppet, action);
    if (action.name === "block")
      return this.store.set(action.blocked ? 1n : 0n, "blocked", action.token, action.account);
    if (action.name === "charge") return this.store.set(action.percent, "percent", action.token);
    if (action.name === "halve")
      return this.store.add(
        -(this.tokens.holding(action.token, action.account) / 2n),
        "holding",
        action.token,
        action.account,
      );
    if (action.name === "cancel")
      return this.tokens.cancel(action.signature, cancelMessage(action.job, action.nonce));
    if (action.name === "give") return this.give(action, sender);
    if (action.name !== "approve") return;
    const { token, amount } = action;
    const isFirst = this.store.get("allowance", token, sender) === 0n || amount === 0n;
    if (this.tokens.habitOf(token) === "strict" && !isFirst) refuse({ name: "NotZeroFirst", args: [] });
    this.store.set(amount, "allowance", token, sender);
  }

  /** Money that belongs to nobody, and stays. */
  private give({ token, amount }: { token: string; amount: bigint }, sender: string): void {
    if (token === ZeroAddress) return refuse({ name: "" });
    // Nobody looks at what it returns.
    if (this.tokens.habitOf(token) === "lying" && this.tokens.holding(token, sender) < amount) return;
    const before = this.tokens.holding(token, this.world.escrow);
    this.tokens.move(token, sender, this.world.escrow, amount);
    this.store.add(this.tokens.holding(token, this.world.escrow) - before, "given", token);
  }

  /** The guarded part that takes tokens: just the amount, or none. */
  private take(token: string, amount: bigint, pull: () => void): void {
    this.guard(() => {
      const expected = this.tokens.holding(token, this.world.escrow) + amount;
      if (expected > MAX) refuse({ name: "Panic" });
      pull();
      if (this.tokens.holding(token, this.world.escrow) !== expected)
        refuse({ name: "InexactTransfer", args: [token, amount] });
    });
  }

  private guard(run: () => void): void {
    this.guarded = true;
    run();
    this.guarded = false;
  }

  private callBack({ callback, callbackGas }: Job, jobId: string): void {
    if (callback === ZeroAddress) return;
    if (callbackGas >= LARGE_CALLBACK && this.gas === "short") refuse({ name: "InsufficientCallbackGas" });
    const mark = this.store.mark();
    const before = this.events.length;
    try {
      if (!this.world.puppets.has(callback)) {
        if (this.world.contracts.has(callback)) refuse({ name: "" });
        return;
      }
      if (callbackGas === 0n) refuse({ name: "" });
      this.perform(callback);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.store.undo(mark);
      this.events.length = before;
      this.emit("CallbackFailed", jobId, callback);
    }
  }

  private perform(puppet: string): void {
    const { mode, act } = this.puppet(puppet);
    if (mode === "Revert") refuse({ name: "Told", args: [] });
    if (mode === "Invalid" || mode === "BurnGas") refuse({ name: "" });
    if (mode !== "Act") return;
    const mark = this.store.mark();
    const [before, guarded] = [this.events.length, this.guarded];
    try {
      this.run(act!, puppet, 0n);
      this.acts.push({ puppet, reasons: [] });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.store.undo(mark);
      this.events.length = before;
      this.acts.push({ puppet, reasons: error.reasons });
    }
    this.guarded = guarded;
  }

  private termFaults(job: Job): Reason[] {
    return termFaults(this.world, job, this.now);
  }

  /** Of a function that moves this token. */
  private tokenFaults(token: string): Reason[] {
    const faults: Reason[] = [];
    if (!this.world.contracts.has(token)) faults.push({ name: "NotAToken", args: [token] });
    if (this.guarded) faults.push({ name: "ReentrancyGuardReentrantCall", args: [] });
    return faults;
  }

  private recipientFaults(to: string): Reason[] {
    return to === ZeroAddress || to === this.world.escrow ? [{ name: "InvalidRecipient", args: [to] }] : [];
  }

  private balancesOf(token: string, needs: readonly { account: string; amount: bigint }[]) {
    return needs.map((need) => ({ ...need, balance: this.balanceOf(need.account, token) }));
  }

  private emit(name: string, ...args: readonly unknown[]): void {
    this.events.push({ name, args });
  }
}
