import { formatEther, formatUnits, type Provider } from "ethers";
import { explainRefusal } from "../../client/errors.js";
import { HttpError } from "../../errors/httpError.js";
import { jobGas } from "../../forecast/gas.js";
import { publicSignalCount } from "../../inference/infer.js";
import type { BuiltModel } from "../../inference/model.js";
import type { Database } from "../database/database.js";
import type { OfferedModel } from "../offer/shop.js";
import type { Price } from "../offer/prices.js";

/** Jobs of a model by which its gas is measured, the latest ones. */
const MEASURED = 50;

/** Milliseconds for which a price of gas is taken to be the same. */
const SAME = 10_000;

/** Seconds after which a client asks again. */
const RETRY_AFTER = 60;

/** Declines what would not pay: no answer is sold while gas costs more than its price, or more than the provider takes. */
export class GasRule {
  private seen?: { readonly at: number; readonly price: Promise<bigint> };

  /**
   * @param provider of the chain's node
   * @param database where the gas of settled jobs is
   * @param most wei for a unit of gas above which nothing is sold
   * @param comparesPrices false on chains for development, whose money is worth nothing
   */
  constructor(
    private readonly provider: Provider,
    private readonly database: Database,
    private readonly most: bigint,
    private readonly comparesPrices: boolean,
  ) {}

  /** @throws HttpError 503 where a job of this model at this price does not pay now */
  async require({ model }: OfferedModel, { worth }: Price): Promise<void> {
    const gasPrice = await this.gasPrice();
    if (gasPrice > this.most)
      throw dear(`Gas costs ${formatUnits(gasPrice, "gwei")} gwei, above the provider's limit`);
    if (!this.comparesPrices || worth === undefined) return;
    const cost = (await this.gasOf(model)) * gasPrice;
    if (cost > worth)
      throw dear(
        `The gas of an answer costs ${formatEther(cost)} now, and its price is ${formatEther(worth)}`,
      );
  }

  /**
   * Gas of a job, its funding included: the mean of the latest ones, each with its part of what was shared. Until the first ones
   * are measured, that of one alone.
   */
  private async gasOf(model: BuiltModel): Promise<bigint> {
    const [{ gas }] = await this.database.query<{ gas: string | null }>(
      `select round(avg(j.gas + coalesce(f.gas_used, 0))) as gas from (
         select id, gas from job where state = 'final' and model = $1 and gas is not null
         order by updated_at desc limit $2) j
       left join slot s on s.intent = 'fund:' || j.id
       left join tx f on (f.chain, f.address, f.nonce) = (s.chain, s.address, s.nonce) and f.mined_hash is not null`,
      [model.manifest.name, MEASURED],
    );
    return gas === null ? jobGas(publicSignalCount(model), model.segments.length) : BigInt(gas);
  }

  private async gasPrice(): Promise<bigint> {
    if (this.seen === undefined || performance.now() > this.seen.at + SAME) {
      const price = explainRefusal(async () => {
        const [block, fees] = await Promise.all([
          this.provider.getBlock("latest"),
          this.provider.getFeeData(),
        ]);
        return (block!.baseFeePerGas ?? 0n) + (fees.maxPriorityFeePerGas ?? 0n);
      });
      this.seen = { at: performance.now(), price };
      price.catch(() => (this.seen = undefined));
    }
    return this.seen.price;
  }
}

function dear(problem: string): HttpError {
  return new HttpError(
    503,
    problem,
    "Ask again when gas is cheaper: nothing was sold.",
    "BUILD_BUSY",
    RETRY_AFTER,
  );
}
