import type { LayerBits } from "../lowering/types.js";
import { provingDomain, type ProvingDomain } from "../netlist/provingDomain.js";
import { isWiring, type Netlist } from "../netlist/types.js";
import type { Evaluation } from "../quantize/evaluate.js";

/** A choice of bits for a whole model. */
export interface BitChoice {
  readonly inputBits: number;
  readonly weightBits: number;
  readonly activationBits: number;
  readonly layers: LayerBits;
}

/** What a choice of bits costs and loses. */
export interface Trial {
  readonly bits: BitChoice;
  readonly nonlinear: number;
  readonly linear: number;
  /** Over which its proofs are made: of choices in one domain, all take about the same time. */
  readonly domain: ProvingDomain;
  /** See {@link pointsLost}. */
  readonly loss: number;
  /** The same on samples by which nothing was chosen; undefined where there are none. */
  readonly heldOut?: number;
  readonly score: number;
}

export interface Calibrated {
  /** The cheapest choice within the drop, also on what was held out, or else the most accurate one. */
  readonly best: Trial;
  readonly within: boolean;
  /** The trials that none beats in both cost and loss, the cheapest first. */
  readonly pareto: readonly Trial[];
  readonly trials: number;
  /** Whether the search came to its end before it came to a limit. */
  readonly complete: boolean;
}

export interface CalibrateOptions {
  /** In points: a label of a hundred, ten percent of the cross entropy, or four percent of an output's range. */
  readonly maxLoss: number;
  /** Where to begin. @default 8 everywhere */
  readonly start?: BitChoice;
  /** After so many trials the search ends with what it has. @default 300 */
  readonly maxTrials?: number;
  /** After so many seconds, too. @default none */
  readonly seconds?: number;
  /** Milliseconds that have passed since any one moment. @default those of the process */
  readonly clock?: () => number;
  readonly onTrial?: (trials: number, best: Trial) => void;
}

/** Quantizes a model at some bits and measures it, by samples to choose by and by some that are held out. */
export type Attempt = (bits: BitChoice) => {
  readonly netlist: Netlist;
  readonly accuracy: Evaluation;
  readonly heldOut?: Evaluation;
};

/** Nothing is left of a model below. */
const FEWEST_BITS = 2;
const MOST_BITS = 12;
const DEFAULT_TRIALS = 300;

/** How much of another measure weighs as much as one point of accuracy, and the least entropy that shares are of. */
const ENTROPY_PER_POINT = 0.1;
const LEAST_ENTROPY = 0.1;
const RANGE_PER_POINT = 0.04;

/**
 * Points lost, by whichever measure loses the most: a point is one label of a hundred, a per cent of the mean squared
 * error, or, without labels, one decision of a hundred; but also ten per cent of the cross entropy, and four per cent
 * of an output's range in the root of the mean square. Decisions can be right by less and less.
 */
export function pointsLost(evaluation: Evaluation): number {
  const { metric, floatScore, integerScore, agreement, crossEntropy, outputs } = evaluation;
  const values = Math.max(...outputs.map(({ rmsError }) => rmsError)) / RANGE_PER_POINT;
  const entropy =
    crossEntropy === undefined
      ? 0
      : (crossEntropy.integer - crossEntropy.float) / Math.max(crossEntropy.float, LEAST_ENTROPY);
  const scored =
    metric === "accuracy"
      ? 100 * (floatScore! - integerScore!)
      : metric === "mse"
        ? 100 * (integerScore! / (floatScore! || Number.MIN_VALUE) - 1)
        : 100 * (1 - agreement);
  return Math.max(scored, values, entropy / ENTROPY_PER_POINT);
}

/** One number of a choice of bits: of the whole model, or of a layer. */
interface Knob {
  readonly bits: "inputBits" | "weightBits" | "activationBits";
  readonly layer?: string;
}

const GLOBAL_KNOBS: readonly Knob[] = [
  { bits: "activationBits" },
  { bits: "inputBits" },
  { bits: "weightBits" },
];

/**
 * Fewest constraints within a loss: coordinate descent, first over the bits of the whole model, the greatest saving
 * first, then over those of each layer, the dearest layer first. A bit less that loses too much is tried with one
 * less still, since scores of few samples are not monotone.
 */
export function calibrateBits(attempt: Attempt, options: CalibrateOptions): Calibrated {
  const search = new Search(attempt, options);
  search.global();
  search.perLayer();
  return search.result();
}

interface Made {
  readonly trial: Trial;
  readonly netlist: Netlist;
}

class Search {
  private readonly trials = new Map<string, Made>();
  private readonly limit: number;
  private readonly clock: () => number;
  private readonly end: number;
  private complete = true;
  /** How many samples are held out. */
  private heldOut = 0;
  private best: Trial;
  private netlist: Netlist;

  constructor(
    private readonly attempt: Attempt,
    private readonly options: CalibrateOptions,
  ) {
    this.limit = options.maxTrials ?? DEFAULT_TRIALS;
    this.clock = options.clock ?? (() => performance.now());
    this.end = this.clock() + 1000 * (options.seconds ?? Infinity);
    let bits = options.start ?? { inputBits: 8, weightBits: 8, activationBits: 8, layers: {} };
    let made = this.try(bits);
    const isOpen = () => bits.weightBits < MOST_BITS && bits.activationBits < MOST_BITS;
    while (!this.allowed(made.trial) && isOpen() && !this.isOver()) {
      bits = { ...bits, weightBits: bits.weightBits + 1, activationBits: bits.activationBits + 1 };
      made = this.try(bits);
    }
    this.best = made.trial;
    this.netlist = made.netlist;
  }

  /** Two ways down, since the first bits given away decide what is left to give: the dearest bit first, and in turn. */
  global(): void {
    const start = { trial: this.best, netlist: this.netlist };
    this.descend();
    const greedy = { trial: this.best, netlist: this.netlist };
    this.accept(start);
    this.takeTurns();
    if (total(greedy.trial) < total(this.best)) this.accept(greedy);
  }

  private descend(): void {
    for (;;) {
      const found = GLOBAL_KNOBS.flatMap((knob) => this.lowered(knob) ?? []).sort(
        (a, b) => total(a.trial) - total(b.trial),
      )[0];
      if (found === undefined) return;
      this.accept(found);
    }
  }

  private takeTurns(): void {
    for (let open = GLOBAL_KNOBS; open.length > 0;) {
      open = open.filter((knob) => {
        const found = this.lowered(knob);
        if (found !== undefined) this.accept(found);
        return found !== undefined;
      });
    }
  }

  perLayer(): void {
    for (let improved = true; improved;) {
      improved = false;
      for (const knob of knobsOf(this.netlist)) {
        for (let found = this.lowered(knob); found !== undefined; found = this.lowered(knob)) {
          this.accept(found);
          improved = true;
        }
      }
    }
  }

  result(): Calibrated {
    const trials = [...this.trials.values()]
      .map(({ trial }) => trial)
      .sort((a, b) => total(a) - total(b) || a.loss - b.loss);
    let least = Infinity;
    const pareto = trials.filter(({ loss }) => {
      const better = loss < least;
      least = Math.min(least, loss);
      return better;
    });
    const confirmed = trials.find((trial) => this.allowed(trial) && this.confirmed(trial));
    return {
      best: confirmed ?? pareto.at(-1)!,
      within: confirmed !== undefined,
      pareto,
      trials: trials.length,
      complete: this.complete,
    };
  }

  /** A cheaper choice with one bit or two less, if the loss allows it. */
  private lowered(knob: Knob): Made | undefined {
    if (!this.allowed(this.best)) return undefined;
    for (const less of [1, 2]) {
      const bits = withLess(this.best.bits, knob, less);
      if (bits === undefined || this.isOver()) return undefined;
      const made = this.try(bits);
      if (total(made.trial) >= total(this.best)) return undefined;
      if (this.allowed(made.trial)) return made;
    }
    return undefined;
  }

  /** Whether no further choice may be tried. */
  private isOver(): boolean {
    const isOver = this.trials.size >= this.limit || this.clock() >= this.end;
    if (isOver) this.complete = false;
    return isOver;
  }

  private accept({ trial, netlist }: Made): void {
    this.best = trial;
    this.netlist = netlist;
    this.options.onTrial?.(this.trials.size, trial);
  }

  private try(bits: BitChoice): Made {
    const key = JSON.stringify(bits);
    const known = this.trials.get(key);
    if (known !== undefined) return known;
    const { netlist, accuracy, heldOut } = this.attempt(bits);
    const { nonlinear, linear } = netlist.cost;
    const score = accuracy.integerScore ?? accuracy.agreement;
    const loss = pointsLost(accuracy);
    const domain = provingDomain(netlist);
    const trial: Trial = {
      ...{ bits, nonlinear, linear, domain, loss, score },
      heldOut: heldOut && pointsLost(heldOut),
    };
    this.heldOut = heldOut?.samples ?? 0;
    const made = { trial, netlist };
    this.trials.set(key, made);
    return made;
  }

  private allowed({ loss }: Trial): boolean {
    return loss <= this.options.maxLoss + 1e-9;
  }

  /** Whether what was held out loses no more either, except for the decision on one sample: these are few. */
  private confirmed({ heldOut }: Trial): boolean {
    return heldOut === undefined || heldOut <= this.options.maxLoss + 100 / this.heldOut + 1e-9;
  }
}

function total({ nonlinear, linear }: Pick<Trial, "nonlinear" | "linear">): number {
  return nonlinear + linear;
}

function withLess(choice: BitChoice, { bits, layer }: Knob, less: number): BitChoice | undefined {
  const own = layer === undefined || bits === "inputBits" ? undefined : choice.layers[layer]?.[bits];
  const value = (own ?? choice[bits]) - less;
  if (value < FEWEST_BITS) return undefined;
  if (layer === undefined) return { ...choice, [bits]: value };
  return { ...choice, layers: { ...choice.layers, [layer]: { ...choice.layers[layer], [bits]: value } } };
}

/**
 * The layers' bits, those in front of most constraints first: what a layer's weights widen is paid for by the
 * requantization behind it.
 */
function knobsOf({ steps }: Netlist): Knob[] {
  const costs = new Map<string, { knob: Knob; cost: number }>();
  const add = (bits: Knob["bits"], layer: string, cost: number) => {
    const key = `${bits} ${layer}`;
    costs.set(key, { knob: { bits, layer }, cost: cost + (costs.get(key)?.cost ?? 0) });
  };
  let weights: string | undefined;
  for (const step of steps) {
    if (isWiring(step)) continue;
    const { label, cost } = step;
    if (cost.nonlinear === 0) weights = label;
    else add("activationBits", label, cost.nonlinear);
    if (weights !== undefined) add("weightBits", weights, cost.nonlinear);
  }
  return [...costs.values()].sort((a, b) => b.cost - a.cost).map(({ knob }) => knob);
}
