import { toBeHex, ZeroAddress } from "ethers";
import type { Random } from "../../random/random.js";
import {
  type Answer,
  type Authorization,
  type BatchProof,
  type Fulfillment,
  type Job,
  jobIdOf,
  LARGE_CALLBACK,
  type Message,
  permitMessage,
  type PipelineProof,
  type Proof,
  receiveMessage,
  type Signature,
} from "./calls.js";
import type { Ledger } from "./ledger.js";
import { batchKeyOf, type Habit, segmentKeyOf, type World } from "./world.js";

const R = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
const MAX = 2n ** 256n - 1n;
const [NONE, FUNDED] = [0n, 1n];
/** Draws jobs, and what accounts sign and prove of them: right but for one thing, if any. */
export class Drawing {
  /** Jobs that somebody has thought of, the latest last. */
  readonly jobs: Job[] = [];
  protected readonly tokens: readonly string[];

  constructor(
    protected readonly random: Random,
    protected readonly world: World,
    protected readonly ledger: Ledger,
    habits: readonly Habit[],
  ) {
    this.tokens = [...world.tokens].filter(([, habit]) => habits.includes(habit)).map(([token]) => token);
  }

  protected flaw(probability = 0.06): boolean {
    return this.random.chance(probability);
  }

  protected someJob(status?: bigint): Job {
    const recent = this.jobs.slice(-40);
    const fit = recent.filter((job) => status === undefined || this.ledger.statusOf(job) === status);
    if (fit.length > 0 && !this.flaw()) return this.random.pick(fit);
    return recent.length > 0 && this.flaw(0.5) ? this.random.pick(recent) : this.newJob();
  }

  protected account(): string {
    return this.random.pick(this.world.accounts);
  }

  /** Of an account or a puppet. */
  protected party(): string {
    return this.flaw(0.35) ? this.random.pick([...this.world.puppets]) : this.account();
  }

  protected token(): string {
    return this.flaw(0.02) ? this.account() : this.random.pick(this.tokens);
  }

  protected newJob(changes: Partial<Job> = {}): Job {
    const now = this.ledger.now;
    const fundBy = now + BigInt(this.random.int(5, 200));
    const [model] = this.flaw(0.15) ? this.pipelineIds : this.world.models.keys();
    const hasCallback = this.flaw(0.4);
    const provider = this.flaw(0.5) ? this.party() : ZeroAddress;
    const job: Job = {
      modelId: this.flaw(0.8) ? model : this.random.pick([...this.world.models.keys()].slice(0, -1)),
      inputCommitment: BigInt(this.random.int(0, 1000)),
      client: this.party(),
      provider,
      token: this.token(),
      amount: BigInt(this.random.int(1, 500)),
      bond: provider !== ZeroAddress && this.flaw(0.4) ? BigInt(this.random.int(1, 60)) : 0n,
      fundBy,
      fulfillBy: fundBy + BigInt(this.random.int(0, 300)),
      callback: hasCallback ? this.callback() : ZeroAddress,
      callbackGas: hasCallback ? this.random.pick([0n, LARGE_CALLBACK, LARGE_CALLBACK]) : 0n,
      salt: toBeHex(BigInt(this.random.int(0, 2 ** 32)), 32),
      ...changes,
    };
    const drawn = this.flaw(0.12) ? { ...job, ...this.wrongTerm(job) } : job;
    this.jobs.push(drawn);
    return drawn;
  }

  protected callback(): string {
    return this.random.pick([...this.world.puppets, this.account(), this.world.escrow]);
  }

  protected wrongTerm({ fundBy }: Job): Partial<Job> {
    const now = this.ledger.now;
    return this.random.pick<Partial<Job>>([
      { amount: 0n },
      { amount: MAX },
      { inputCommitment: R },
      { inputCommitment: MAX },
      { fundBy: now - 1n },
      { fundBy: now, fulfillBy: now },
      { fulfillBy: fundBy - 1n },
      // Whether it is too late depends on the second in which it is funded.
      { fulfillBy: now + 90n * 86_400n + BigInt(this.random.int(0, 3)) },
      { provider: ZeroAddress, bond: 1n },
      { callbackGas: LARGE_CALLBACK + 1n, callback: this.callback() },
      { callback: ZeroAddress, callbackGas: 1n },
      { modelId: [...this.world.models.keys()].at(-1) },
      { modelId: toBeHex(BigInt(this.random.int(1, 1000)), 32) },
      { client: ZeroAddress },
    ]);
  }

  protected sign(account: string, message: Message): Signature {
    const signer = this.world.puppets.has(account) ? this.world.owner : account;
    return {
      signer:
        this.flaw(0.04) || signer === ZeroAddress || !this.world.accounts.includes(signer)
          ? this.account()
          : signer,
      message,
      length: 65,
    };
  }

  protected bondSignature({ provider, bond, ...job }: Job): Signature | undefined {
    const jobId = jobIdOf({ provider, bond, ...job });
    if (bond === 0n || this.flaw(0.04)) return undefined;
    const kind = this.flaw(0.04) ? "settlement" : "job";
    const signature = this.sign(provider, { kind, jobId, here: !this.flaw(0.04) });
    return this.flaw(0.04) ? { ...signature, length: 64 } : signature;
  }

  protected times() {
    const { now } = this.ledger;
    const early = { validAfter: now + BigInt(this.random.int(0, 2)), validBefore: MAX };
    const late = { validAfter: 0n, validBefore: now + BigInt(this.random.int(0, 3)) };
    if (this.flaw()) return this.random.pick([early, late]);
    return { validAfter: 0n, validBefore: MAX };
  }

  protected authorization(job: Job): Authorization {
    if (this.ledger.statusOf(job) === FUNDED && this.flaw(0.5))
      return { method: 0, validAfter: 0n, validBefore: 0n };
    const times = this.times();
    const authorizes = this.world.tokens.get(job.token) === "authorizing";
    const method = this.flaw() ? this.random.int(0, 4) : authorizes ? this.random.pick([1, 2, 3]) : 3;
    const jobId = jobIdOf(job);
    const kind = this.flaw(0.04) ? "job" : "settlement";
    const message =
      method < 3 ? receiveMessage(job, kind, times) : ({ kind, jobId, here: !this.flaw(0.04) } as const);
    const signed = this.sign(job.client, message);
    const signature: Signature = this.flaw(0.04)
      ? { ...signed, length: this.random.pick([0, 64] as const) }
      : signed;
    if (method !== 3 || this.flaw(0.6)) return { method, ...times, signature };
    const nonce = this.ledger.store.get("nonce", job.token, job.client);
    const permit = this.sign(job.client, permitMessage(job, nonce, times.validBefore));
    return { method, ...times, signature, permit: this.flaw(0.1) ? { ...permit, length: 64 } : permit };
  }

  protected fulfillment(status: bigint, modelId?: string): Fulfillment {
    let job = status === NONE && this.flaw(0.7) ? this.newJob() : this.someJob(status);
    // Proven in segments, it is refused whatever else is wrong with it.
    if (this.pipelineIds.includes(job.modelId) && !this.flaw()) job = this.someSingle(status);
    if (this.isOver(job, status) && !this.flaw()) job = this.newJob({ modelId: job.modelId });
    if (modelId !== undefined && job.modelId !== modelId && !this.flaw(0.03)) job = this.newJob({ modelId });
    return this.proven(job);
  }

  /** Whether all times of a job are over, of one that is to be funded when it is settled. */
  private isOver({ fulfillBy }: Job, status: bigint): boolean {
    return status === NONE && fulfillBy < this.ledger.now;
  }

  private someSingle(status: bigint): Job {
    const fit = this.jobs
      .slice(-80)
      .filter((job) => !this.pipelineIds.includes(job.modelId) && this.ledger.statusOf(job) === status);
    return fit.length > 0 ? this.random.pick(fit) : this.newJob({ modelId: this.singleId });
  }

  private get singleId(): string {
    return [...this.world.models.keys()][0];
  }

  private get pipelineIds(): string[] {
    return [...this.world.models].filter(([, model]) => model.segments !== undefined).map(([id]) => id);
  }

  /** An answer to the job and its proof, right but for one thing, if any. */
  private proven(job: Job): Fulfillment {
    const payee = job.provider === ZeroAddress || this.flaw(0.04) ? this.party() : job.provider;
    const model = this.world.models.get(job.modelId);
    const outputs = Array.from({ length: Math.max(1, (model?.signals ?? 3) - 2) }, () =>
      BigInt(this.random.int(0, 2 ** 40)),
    );
    const proof: Proof = {
      key: model?.key ?? "A",
      outputs,
      inputCommitment: job.inputCommitment % R,
      jobId: jobIdOf(job),
      payee,
      here: true,
      form: this.flaw(0.3) ? "negated" : "plain",
    };
    if (!this.flaw(0.1)) return { job, payee, proof, outputs };
    return this.random.pick<Fulfillment>([
      { job, payee: ZeroAddress, proof: { ...proof, payee: ZeroAddress }, outputs },
      { job, payee: this.party(), proof, outputs },
      { job, payee, proof: { ...proof, here: false }, outputs },
      { job, payee, proof: { ...proof, form: "spoiled" }, outputs },
      { job, payee, proof: { ...proof, form: "infinite" }, outputs },
      { job, payee, proof: { ...proof, jobId: jobIdOf(this.someJob()) }, outputs },
      { job, payee, proof: { ...proof, key: proof.key === "A" ? "B" : "A" }, outputs },
      { job, payee, proof: { ...proof, inputCommitment: proof.inputCommitment + 1n }, outputs },
      { job, payee, proof, outputs: outputs.with(0, outputs[0] + 1n) },
      { job, payee, proof, outputs: outputs.with(0, outputs[0] + R) },
      { job, payee, proof, outputs: [...outputs, 0n] },
      { job, payee, proof, outputs: [] },
    ]);
  }

  /** Of one model, mostly, and of jobs that differ, mostly. */
  protected batch(statuses: readonly bigint[]): Fulfillment[] {
    if (this.flaw(0.03)) return [];
    const [modelId] = this.world.models.keys();
    const entries: Fulfillment[] = [];
    for (let i = this.random.int(1, 4); i > 0; i--) {
      const entry = this.fulfillment(this.random.pick(statuses), modelId);
      const isDouble = entries.some(({ job }) => jobIdOf(job) === jobIdOf(entry.job));
      if (!isDouble || this.flaw(0.2)) entries.push(entry);
    }
    return entries;
  }

  /** One proof of a batch, of the size that fits, mostly. */
  protected many(statuses: readonly bigint[]): { answers: Answer[]; proof: BatchProof } {
    const entries = this.batch(statuses);
    const answers = entries.map(({ job, payee, outputs }) => ({ job, payee, outputs }));
    const model = this.world.models.get(answers[0]?.job.modelId ?? "");
    const sizes = model?.batches ?? [];
    const jobs = (!this.flaw() && sizes.find((size) => size >= answers.length)) || this.random.int(0, 5);
    const statements = entries.map(({ proof: { outputs, inputCommitment, jobId, payee, here } }) => ({
      outputs,
      inputCommitment,
      jobId,
      payee,
      here,
    }));
    while (statements.length > 0 && statements.length < jobs)
      statements.push(this.random.pick(this.flaw(0.02) ? statements : statements.slice(-1)));
    const proof: BatchProof = {
      jobs: BigInt(jobs),
      statements,
      key: batchKeyOf(model?.key ?? "A", jobs),
      form: this.flaw(0.3) ? "negated" : "plain",
    };
    if (!this.flaw(0.1)) return { answers, proof };
    return this.random.pick([
      { answers, proof: { ...proof, form: "spoiled" as const } },
      { answers, proof: { ...proof, form: "infinite" as const } },
      { answers, proof: { ...proof, key: batchKeyOf(model?.key ?? "A", jobs === 2 ? 4 : 2) } },
      { answers, proof: { ...proof, key: model?.key ?? "A" } },
      { answers, proof: { ...proof, statements: statements.toReversed() } },
      { answers, proof: { ...proof, statements: statements.slice(1) } },
      { answers: answers.toReversed(), proof },
      { answers: answers.slice(0, -1), proof },
      { answers: answers.slice(1), proof },
    ]);
  }

  /** Proofs of the segments of a job. */
  protected pipeline(status: bigint): Answer & { proof: PipelineProof } {
    const [modelId] = this.pipelineIds;
    const fit = this.jobs
      .slice(-80)
      .filter((job) => job.modelId === modelId && this.ledger.statusOf(job) === status)
      .filter((job) => !this.isOver(job, status) || this.flaw());
    const job =
      fit.length > 0 && !this.flaw() ? this.random.pick(fit) : this.flaw() ? this.someJob(status) : undefined;
    const { proof: statement, ...answer } = this.proven(job ?? this.newJob({ modelId }));
    const proof = this.segmentsOf(statement, answer.job);
    // A job that nobody has funded is refused whatever its proofs are.
    if (job === undefined || !this.flaw(0.15)) return { ...answer, proof };
    const { segments, edges } = proof;
    const place = this.random.int(0, segments.length - 2);
    const other = this.segmentsOf({ ...statement, jobId: jobIdOf(this.someJob()) }, answer.job);
    const withForm = (form: "infinite" | "spoiled") => segments.with(place, { ...segments[place], form });
    const swapped = <T>(list: readonly T[], i: number, j: number) => list.with(i, list[j]).with(j, list[i]);
    return this.random.pick([
      { ...answer, proof: { edges, segments: withForm("spoiled") } },
      { ...answer, proof: { edges, segments: withForm("infinite") } },
      { ...answer, proof: { edges, segments: segments.with(place, other.segments[place]) } },
      { ...answer, proof: { edges, segments: other.segments.with(place, segments[place]) } },
      { ...answer, proof: { edges, segments: swapped(segments, place, place + 1) } },
      { ...answer, proof: { edges, segments: swapped(segments, 1, 3) } },
      { ...answer, proof: { edges, segments: segments.toSpliced(place, 1) } },
      { ...answer, proof: { edges, segments: [...segments, segments[place]] } },
      { ...answer, proof: { segments, edges: edges.with(place, other.edges[place]) } },
      { ...answer, proof: { segments, edges: edges.with(place, { ...edges[place], beyond: true }) } },
      { ...answer, proof: { segments, edges: swapped(edges, 0, 1 + this.random.int(0, 2)) } },
      { ...answer, proof: { segments, edges: edges.toSpliced(place, 1) } },
      { ...answer, proof: { segments, edges: [...edges, edges[place]] } },
    ]);
  }

  private segmentsOf({ key, form, ...statement }: Proof, { modelId }: Job): PipelineProof {
    const numbers = this.world.models.get(modelId)?.segments ?? [0, 1, 1, 1, 2];
    const { jobId, payee, here } = statement;
    const edges = numbers.slice(1).map((_, place) => ({ place, jobId, payee, here, beyond: false }));
    const segments = numbers.map((number, place) => ({
      key: segmentKeyOf(key, number),
      form,
      place,
      statement,
      edges,
    }));
    return { segments, edges };
  }

  protected recipient(): string {
    if (this.flaw(0.1)) return this.random.pick([ZeroAddress, this.world.escrow, this.tokens[1]]);
    return this.party();
  }
}
