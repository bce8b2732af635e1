import { HttpError } from "../../errors/httpError.js";
import { provingSeconds } from "../../runtime/payments/guards/worthwhile.js";
import type { Database } from "../database/database.js";
import type { OfferedModel } from "../offer/shop.js";
import { buildOf } from "../provers/builds.js";
import { isBroken, promise } from "../provers/times.js";

/** Seconds after which a client asks again where the machines fail. */
const BROKEN_SECONDS = 60;

/** What the service promises: answers in a bounded time. */
export class Promises {
  /** @param most seconds that are promised, at most */
  constructor(
    private readonly database: Database,
    private readonly most: number,
  ) {}

  /**
   * Seconds until a job that is paid for now would be proven.
   *
   * @returns undefined where no prover of the model runs
   */
  async secondsOf({ model: { manifest } }: OfferedModel): Promise<number | undefined> {
    const { provers, seconds } = await promise(this.database, buildOf(manifest), provingSeconds(manifest));
    return provers === 0 ? undefined : seconds;
  }

  /**
   * The same, for a quote.
   *
   * @throws HttpError 503 where it would take longer than is promised, and where all machines fail at the model
   */
  async require(offered: OfferedModel): Promise<number> {
    if (await isBroken(this.database, buildOf(offered.model.manifest)))
      throw new HttpError(
        503,
        "The latest proofs of this model have failed on the service's machines",
        "Ask again later: nothing was sold.",
        "BUILD_BUSY",
        BROKEN_SECONDS,
      );
    const seconds = await this.secondsOf(offered);
    if (seconds !== undefined && seconds <= this.most) return seconds;
    throw new HttpError(
      503,
      seconds === undefined
        ? "No prover of this model runs"
        : `An answer would take ${Math.ceil(seconds)} s, and the service promises ${this.most} s`,
      "Ask again later: nothing was sold.",
      "BUILD_BUSY",
      seconds === undefined ? undefined : Math.ceil(seconds - this.most),
    );
  }
}
