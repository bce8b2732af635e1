import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { hexlify, Wallet, ZeroAddress } from "ethers";
import { modelPaths } from "../../../src/artifacts/paths.js";
import { bindingOf, jobIdOf } from "../../../src/client/binding.js";
import type { Job } from "../../../src/client/terms.js";
import { verify } from "../../../src/groth16/verify.js";
import { commitInput } from "../../../src/inference/infer.js";
import { loadModel, type BuiltModel } from "../../../src/inference/model.js";
import { readSample } from "../../../src/runtime/models/sample.js";
import { Database } from "../../../src/service/database/database.js";
import { EmbeddedPostgres } from "../../../src/service/database/embedded.js";
import { migrate } from "../../../src/service/database/migrate.js";
import { InputKey } from "../../../src/service/jobs/sealed.js";
import type { JobRow } from "../../../src/service/jobs/row.js";
import { advance, insertQuoted, readJobRow } from "../../../src/service/jobs/store.js";
import { buildOf } from "../../../src/service/provers/builds.js";
import { offerBuild } from "../../../src/service/provers/offered.js";
import { Queue } from "../../../src/service/provers/queue.js";
import { PostgresServer } from "../state/postgresServer.js";
import { buildOnce } from "../../helpers/builds.js";
import { FIXTURES, makeProject } from "../../plugin/project.js";

const samples = join(FIXTURES, "iris_mlp");

export interface AttemptRow {
  readonly n: number;
  readonly prover: number;
  readonly outcome: string | null;
  readonly reason: string | null;
}

/** A service with a database of its own that sells iris, without a server. */
export class Service {
  /** What no log may hold. */
  readonly secrets: string[] = [];

  private constructor(
    readonly folder: string,
    private readonly server: EmbeddedPostgres | PostgresServer,
    readonly database: Database,
    readonly key: InputKey,
    readonly queue: Queue,
    readonly outDir: string,
    readonly model: BuiltModel,
  ) {}

  /** @param server that its database is in. @default one of its own */
  static async start(server?: PostgresServer): Promise<Service> {
    const { hre } = await makeProject();
    await buildOnce(hre);
    const { outDir } = hre.config.torch2circom;
    const model = await loadModel(modelPaths(outDir, "iris"));
    // PostgreSQL's user has to reach it.
    const folder = join(process.cwd(), "cache", `service-${randomUUID()}`);
    await mkdir(folder, { recursive: true });
    const own = server ?? (await EmbeddedPostgres.start(join(folder, "database")));
    const database = new Database(own instanceof PostgresServer ? own.url() : own.url);
    await migrate(database);
    const queue = await Queue.open(database, () => undefined);
    await offerBuild(database, queue, buildOf(model.manifest));
    const key = await InputKey.load(folder);
    const service = new Service(folder, own, database, key, queue, outDir, model);
    service.secrets.push((await readFile(join(folder, "input.key"), "utf8")).trim());
    return service;
  }

  async stop(): Promise<void> {
    await this.queue.close();
    await this.database.close();
    await this.server.stop();
    if (this.server instanceof PostgresServer) await this.server.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /**
   * A job that is paid, in the queue.
   *
   * @param integers of its input. @default those of the sample
   * @returns its id
   */
  async pay(index = 0, integers?: number[][]): Promise<string> {
    const [client, payee] = [Wallet.createRandom().address, Wallet.createRandom().address];
    const sample = commitInput(this.model, await readSample(this.model, samples, index));
    const input = integers === undefined ? sample : { ...sample, integers };
    this.secrets.push(input.salt.toString(), input.integers[0].join());
    const job: Job = {
      modelId: hexlify(randomBytes(32)),
      inputCommitment: input.commitment!,
      ...{ client, provider: payee, token: ZeroAddress, amount: 10n ** 18n, bond: 0n },
      ...{ fundBy: 2n ** 40n, fulfillBy: 2n ** 63n, callback: ZeroAddress, callbackGas: 0n },
      salt: hexlify(randomBytes(32)),
    };
    const jobId = jobIdOf(job);
    const record = { jobId, model: "iris", chainId: 31337n, escrow: payee, job, input };
    const { build } = buildOf(this.model.manifest);
    await insertQuoted(this.database, { record, build, payee, payment: "client" }, this.key);
    await this.database.transaction(async (sql) => {
      await advance(sql, jobId, ["quoted"], "funded", { fundedBlock: 1n });
      await this.queue.enqueue(sql, (await readJobRow(sql, jobId))!);
    });
    return jobId;
  }

  async row(id: string): Promise<JobRow> {
    return (await readJobRow(this.database, id))!;
  }

  async attempts(id: string): Promise<AttemptRow[]> {
    return this.database.query<AttemptRow>(
      "select n, prover, outcome, reason from attempt where job = $1 order by n",
      [id],
    );
  }

  /** Waits until jobs are in a state; the database may be away meanwhile. */
  async until(ids: readonly string[], state: string): Promise<void> {
    const text = "select count(*)::int as count from job where id = any($1) and state = $2";
    for (;;) {
      const [{ count }] = await this.database
        .query<{ count: number }>(text, [ids, state])
        .catch(() => [{ count: -1 }]);
      if (count === ids.length) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Whether a job's answer is proven, for its payee. */
  async isProven(id: string): Promise<boolean> {
    const { answer, payee, chain, escrow } = await this.row(id);
    if (answer === null) return false;
    const binding = bindingOf(id, payee, { chainId: chain, escrow });
    const isBound = answer.publicSignals.at(-1) === binding.toString();
    return isBound && (await verify(this.model.verificationKey, answer.publicSignals, answer.proof));
  }

  /** Process id of PostgreSQL. */
  async postgres(): Promise<number> {
    const folder = this.server instanceof PostgresServer ? this.server.folder : join(this.folder, "database");
    return Number.parseInt(await readFile(join(folder, "data/postmaster.pid"), "utf8"), 10);
  }

  /** Kills PostgreSQL, which starts again. */
  async killPostgres(): Promise<void> {
    process.kill(await this.postgres(), "SIGKILL");
    if (this.server instanceof PostgresServer) await this.server.runAgain();
  }
}
