import { ZeroAddress } from "ethers";
import {
  type Action,
  type Call,
  cancelMessage,
  LARGE_CALLBACK,
  permitMessage,
  type PuppetMode,
  receiveMessage,
} from "./calls.js";
import type { Habit } from "./world.js";
import { Drawing } from "./draw.js";

const MAX = 2n ** 256n - 1n;
const [NONE, FUNDED] = [0n, 1n];
const PUPPET_MODES: readonly PuppetMode[] = [
  "Nothing",
  "Nothing",
  "Revert",
  "Invalid",
  "BurnGas",
  ...Array<PuppetMode>(6).fill("Act"),
];

/** How often each action is drawn. */
const WEIGHTS = {
  request: 10,
  requestFromBalance: 5,
  requestWithPermit: 5,
  requestWithAuthorization: 5,
  fulfill: 10,
  fulfillBatch: 5,
  fulfillAndWithdraw: 5,
  settle: 10,
  settleBatch: 6,
  fulfillMany: 5,
  settleMany: 5,
  fulfillPipeline: 6,
  settlePipeline: 5,
  refund: 8,
  deposit: 6,
  withdraw: 8,
  approve: 3,
  give: 1,
  halve: 1,
  block: 1,
  charge: 1,
  tell: 6,
  cancel: 3,
};

/** Draws calls: most of them would succeed but for one thing, if any. */
export class Generator extends Drawing {
  next(): Call {
    const wait = this.wait();
    const action = this.action(this.random.weighted(WEIGHTS));
    const [sender, via] = this.sender(action);
    const isLarge = action.name === "fulfill" && action.job.callbackGas === LARGE_CALLBACK;
    return {
      sender,
      ...(via === undefined ? {} : { via }),
      value: this.value(action),
      wait,
      gas: isLarge && this.flaw(0.3) ? "short" : "ample",
      action,
    };
  }

  /** A second, mostly; or until the last second of a job, or the first after it. */
  private wait(): number {
    if (!this.flaw(0.04) || this.jobs.length === 0) return 1;
    const { fundBy, fulfillBy } = this.someJob();
    const seconds = Number(this.random.pick([fundBy, fulfillBy]) - this.ledger.now) + this.random.int(0, 1);
    return seconds > 0 && seconds < 2_000 ? seconds : 1;
  }

  private action(name: keyof typeof WEIGHTS): Action {
    switch (name) {
      case "request":
      case "requestFromBalance":
      case "requestWithPermit":
      case "requestWithAuthorization":
        return this.request(name);
      case "fulfill":
        return { name, ...this.fulfillment(FUNDED) };
      case "fulfillBatch":
        return { name, fulfillments: this.batch([FUNDED]) };
      case "settle": {
        const fulfillment = this.fulfillment(this.flaw(0.8) ? NONE : FUNDED);
        return { name, ...fulfillment, authorization: this.authorization(fulfillment.job) };
      }
      case "settleBatch": {
        const fulfillments = this.batch([NONE, NONE, FUNDED]);
        const authorizations = fulfillments.map(({ job }) => this.authorization(job));
        return { name, fulfillments, authorizations: this.flaw() ? authorizations.slice(1) : authorizations };
      }
      case "fulfillMany":
        return { name, ...this.many([FUNDED]) };
      case "settleMany": {
        const { answers, proof } = this.many([NONE, NONE, FUNDED]);
        const authorizations = answers.map(({ job }) => this.authorization(job));
        const given = this.flaw() ? authorizations.slice(1) : authorizations;
        return { name, answers, proof, authorizations: given };
      }
      case "fulfillPipeline":
        return { name, ...this.pipeline(FUNDED) };
      case "settlePipeline": {
        const answer = this.pipeline(this.flaw(0.8) ? NONE : FUNDED);
        return { name, ...answer, authorization: this.authorization(answer.job) };
      }
      case "fulfillAndWithdraw": {
        const { job, payee, proof, outputs } = this.fulfillment(FUNDED);
        return { name, job, proof, outputs, to: this.flaw(0.5) ? payee : this.recipient() };
      }
      case "refund":
        return { name, job: this.someJob(FUNDED) };
      case "deposit":
        return { name, token: this.token(), amount: BigInt(this.flaw() ? 0 : this.random.int(1, 2000)) };
      case "withdraw":
        return this.withdraw();
      default:
        return this.outside(name);
    }
  }

  private request(
    name: "request" | "requestFromBalance" | "requestWithPermit" | "requestWithAuthorization",
  ): Action {
    const [authorizing] = [...this.world.tokens].find(([, habit]) => habit === "authorizing")!;
    const bySignature = name === "requestWithPermit" || name === "requestWithAuthorization";
    let job = this.flaw(0.1) ? this.someJob() : undefined;
    // Of what there is, where it is to come from a balance.
    if (name === "requestFromBalance" && job === undefined) {
      const client = this.party();
      const token = this.tokens.find((one) => this.ledger.balanceOf(client, one) > 0n) ?? ZeroAddress;
      const balance = this.ledger.balanceOf(client, token);
      job = this.newJob({ client, token, amount: this.flaw(0.1) ? balance + 1n : balance / 2n + 1n });
    }
    job ??= this.newJob(bySignature && this.flaw(0.8) ? { token: authorizing } : {});
    const signature = this.bondSignature(job);
    const base = { job, ...(signature === undefined ? {} : { signature }) };
    if (name === "requestWithPermit") {
      const deadline = this.ledger.now + BigInt(this.random.int(1, 100));
      const nonce = this.ledger.store.get("nonce", job.token, job.client);
      const permit = this.sign(job.client, permitMessage(job, this.flaw() ? nonce + 1n : nonce, deadline));
      return { name, ...base, permit, deadline };
    }
    if (name === "requestWithAuthorization") {
      const times = this.times();
      const nonce = this.flaw(0.04) ? "settlement" : "job";
      return {
        name,
        ...base,
        ...times,
        authorization: this.sign(job.client, receiveMessage(job, nonce, times)),
      };
    }
    return { name, ...base };
  }

  private withdraw(): Action {
    const owners = [...this.world.accounts, ...this.world.puppets].flatMap((account) =>
      this.tokens.map((token) => ({ token, account, balance: this.ledger.balanceOf(account, token) })),
    );
    const fit = owners.filter(({ balance }) => balance > 0n);
    const { token, balance } = this.random.pick(fit.length > 0 && !this.flaw(0.02) ? fit : owners);
    const amount = this.flaw()
      ? this.random.pick([0n, balance + 1n])
      : BigInt(this.random.int(1, Number(balance) || 1));
    return { name: "withdraw", token, amount, to: this.recipient() };
  }

  private outside(name: keyof typeof WEIGHTS): Action {
    const ofHabit = (habit: Habit) => [...this.world.tokens].find((entry) => entry[1] === habit)![0];
    switch (name) {
      case "halve":
        return {
          name,
          token: ofHabit("rebasing"),
          account: this.flaw(0.5) ? this.world.escrow : this.account(),
        };
      case "block":
        return {
          name,
          token: ofHabit("strict"),
          account: this.flaw(0.2) ? this.world.escrow : this.party(),
          blocked: this.flaw(0.4),
        };
      case "charge":
        return { name, token: ofHabit("strict"), percent: this.flaw(0.3) ? 1n : 0n };
      case "cancel": {
        const jobs = this.jobs
          .slice(-40)
          .filter(({ token }) => this.world.tokens.get(token) === "authorizing");
        const job = jobs.length > 0 ? this.random.pick(jobs) : this.newJob();
        const nonce = this.random.pick(["job", "settlement"] as const);
        return { name, job, nonce, signature: this.sign(job.client, cancelMessage(job, nonce)) };
      }
      case "give":
        return { name, token: this.random.pick(this.tokens), amount: BigInt(this.random.int(1, 50)) };
      case "tell": {
        const [puppet, mode] = [this.random.pick([...this.world.puppets]), this.random.pick(PUPPET_MODES)];
        return mode === "Act" ? { name, puppet, mode, act: this.nested() } : { name, puppet, mode };
      }
      default: {
        const token = this.random.pick(this.tokens.slice(1));
        return { name: "approve", token, amount: this.random.pick([0n, 300n, MAX, MAX]) };
      }
    }
  }

  /** What a puppet does when it is called; no job with a callback, for which its gas might not suffice. */
  private nested(): Action {
    for (;;) {
      const names = [
        "fulfill",
        "settle",
        "refund",
        "withdraw",
        "requestFromBalance",
        "deposit",
        "fulfillAndWithdraw",
      ];
      const action = this.action(this.random.pick(names) as "refund");
      if (!("job" in action) || action.job.callback === ZeroAddress) return action;
    }
  }

  private sender(action: Action): [sender: string, via?: string] {
    const as = (account: string): [string, string?] =>
      this.world.accounts.includes(account)
        ? [account]
        : this.world.puppets.has(account)
          ? [this.account(), account]
          : [this.account()];
    if (this.flaw(0.05)) return as(this.party());
    switch (action.name) {
      case "request":
      case "requestFromBalance":
      case "requestWithPermit":
        return as(action.job.client);
      case "fulfillAndWithdraw":
        return as(action.proof.payee);
      case "refund":
        return as(this.flaw(0.5) ? action.job.provider : this.account());
      case "withdraw": {
        const owners = [...this.world.accounts, ...this.world.puppets].filter(
          (account) => this.ledger.balanceOf(account, action.token) >= action.amount,
        );
        return as(owners.length > 0 ? this.random.pick(owners) : this.account());
      }
      case "deposit":
      case "approve":
        return as(this.party());
      default:
        return [this.account()];
    }
  }

  private value(action: Action): bigint {
    if (this.flaw(0.01)) return 1n;
    const isNative =
      (action.name === "request" ? action.job.token : action.name === "deposit" && action.token) ===
      ZeroAddress;
    if (!isNative) return 0n;
    const { amount } = action.name === "request" ? action.job : (action as { amount: bigint });
    if (amount > 10n ** 6n || this.flaw(0.04)) return 3n;
    return amount;
  }
}
