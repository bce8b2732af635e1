import { Histogram, type Registry } from "prom-client";

/** What a histogram of one model counts. */
export interface Buckets {
  readonly model: string;
  /** How many were measured, by the upper bound of their bucket; "+Inf" for those above all. */
  readonly counts: ReadonlyMap<string, number>;
  /** Of all that was measured. */
  readonly seconds: number;
}

/** A histogram of which the sums stand elsewhere: nothing is observed here. */
export class SummedHistogram extends Histogram<"model"> {
  private models: readonly Buckets[] = [];

  constructor(
    private readonly metric: { readonly name: string; readonly help: string },
    private readonly bounds: readonly number[],
    registry: Registry,
  ) {
    super({ ...metric, labelNames: ["model"], buckets: [...bounds], registers: [registry] });
  }

  /** Takes the sums as they are now. */
  fill(models: readonly Buckets[]): void {
    this.models = models;
  }

  /** What the registry asks for. */
  getForPromString() {
    const values = this.models.flatMap((one) => this.valuesOf(one));
    return Promise.resolve({ ...this.metric, type: "histogram", aggregator: "sum", values });
  }

  private valuesOf({ model, counts, seconds }: Buckets) {
    const { name } = this.metric;
    // A bucket holds all that is not above its bound. Sums of an earlier version may have had other bounds.
    const upTo = (bound: number) =>
      [...counts].reduce(
        (sum, [one, count]) => sum + (Number(one.replace("+Inf", "Infinity")) <= bound ? count : 0),
        0,
      );
    const total = upTo(Infinity);
    return [
      ...this.bounds.map((le) => ({ metricName: `${name}_bucket`, labels: { le, model }, value: upTo(le) })),
      { metricName: `${name}_bucket`, labels: { le: "+Inf", model }, value: total },
      { metricName: `${name}_sum`, labels: { model }, value: seconds },
      { metricName: `${name}_count`, labels: { model }, value: total },
    ];
  }
}
