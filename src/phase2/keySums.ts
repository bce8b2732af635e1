import type { Curve } from "snarkjs";
import type { R1cs } from "../circom/r1cs.js";
import { ELEMENT_BYTES, FieldVectors } from "../groth16/fieldVectors.js";
import { Columns, type Matrix } from "./columns.js";
import { type KeyFile, SECTION } from "./keyFile.js";
import { type G1, g1Sum, type G2, g2Sum } from "./points.js";
import { PointSums } from "./pointSums.js";
import { type Powers, TAU_G1 } from "./powersFile.js";
import { WEIGHT_BYTES } from "./randomWeights.js";
import { need } from "./refused.js";

/** What a verification of points works on. */
export interface KeySumsParameters {
  readonly curve: Curve;
  readonly r1cs: R1cs;
  readonly key: KeyFile;
  readonly powers: Powers;
  /** Is told of points that were added up, those of G2 and of the powers of tau as often as they cost. */
  readonly onPoints?: (count: number) => void;
}

/** Polynomials by their coefficients: the address and number of elements in the memory of a curve. */
export interface Polynomial {
  readonly at: number;
  readonly size: number;
}

/** Weighted sums of a key's points, and the sums that they should be by the circuit and the powers of tau. */
export class KeySums {
  readonly field: FieldVectors;
  private readonly columns: Columns;
  private readonly sums: PointSums;
  private readonly size: number;

  constructor(private readonly parameters: KeySumsParameters) {
    const { curve, r1cs, key, onPoints } = parameters;
    this.size = key.header.domainSize;
    this.field = new FieldVectors(curve);
    this.columns = new Columns(this.field, r1cs, this.size);
    this.sums = new PointSums(curve, onPoints);
  }

  /**
   * Adds up the points of a section, from its first on.
   *
   * @param name of the section.
   * @param weights one per point, {@link WEIGHT_BYTES} bytes each.
   * @throws Refused if a point is not on the curve
   */
  async section(name: "IC" | "A" | "B1" | "C" | "H", weights: Uint8Array): Promise<G1> {
    const place = { file: this.parameters.key.file, section: SECTION[name], name };
    const { sum } = await this.sums.sum({ ...place, group: "G1", weights, weightBytes: WEIGHT_BYTES });
    return g1Sum(sum);
  }

  /** {@link section} in G2. @throws Refused if a point is not in the subgroup; the chance of a miss is 2^-128 */
  async sectionB2(weights: Uint8Array): Promise<G2> {
    const place = { file: this.parameters.key.file, section: SECTION.B2, name: "B2" };
    const { sum, windows } = await this.sums.sum({
      ...place,
      group: "G2",
      weights,
      weightBytes: WEIGHT_BYTES,
    });
    const isInSubgroup = windows.map(g2Sum).every((point) => point.is0() || point.isTorsionFree());
    need(isInSubgroup, "B2: a point is outside of the subgroup of G2");
    return g2Sum(sum);
  }

  /** Σ weight_i · (the polynomial of column i of a matrix), by its values on the domain. */
  columnValues(matrix: Matrix, weights: Uint8Array): Polynomial {
    return {
      at: this.columns.sum(matrix, this.field.numbers(weights, WEIGHT_BYTES)),
      size: this.size,
    };
  }

  /** Σ weight_j · L'_{2j+1}, the Lagrange polynomials of the domain of twice the size, by its values there. */
  oddValues(weights: Uint8Array): Polynomial {
    const size = 2 * this.size;
    const at = this.field.zeros(size);
    const values = this.field.numbers(weights, WEIGHT_BYTES);
    for (let j = 0; j < this.size; j++)
      this.field.addTo(at + ELEMENT_BYTES * (2 * j + 1), values + ELEMENT_BYTES * j);
    return { at, size };
  }

  /** From values to coefficients, in place. */
  interpolate(values: Polynomial): Polynomial {
    this.field.interpolate(values.at, values.size);
    return values;
  }

  /**
   * The value of a polynomial at tau, times G1's generator. Uses up the polynomial's place.
   *
   * A file of exactly the circuit's size ends at tau^(2n-2), and takes the next power for 0.
   */
  async atTau({ at, size }: Polynomial): Promise<G1> {
    const { power, file } = this.parameters.powers;
    const count = Math.min(size, 2 * 2 ** power - 1);
    const weights = this.field.plain(at, count).slice();
    const { sum } = await this.sums.sum({
      ...{ file, section: TAU_G1, name: "ptau: tau", group: "G1" },
      ...{ weights, weightBytes: ELEMENT_BYTES, weightBits: 254 },
    });
    return g1Sum(sum);
  }
}
