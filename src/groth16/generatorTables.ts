import { type Curve, curves } from "snarkjs";
import { type CurveGroup, GROUPS } from "./curveGroup.js";
import { FixedBaseTable } from "./fixedBaseTable.js";

/** Multiples of a group's generator, at most a batch of them. */
export interface FixedBaseRun {
  readonly group: CurveGroup["name"];
  /** Of the table's windows: the same in all runs. */
  readonly bits: number;
  /** 32-byte little-endian elements in [0, r). */
  readonly scalars: Uint8Array;
}

/** The tables of both generators, each made when it is first needed, in a curve of their own. */
export class GeneratorTables {
  private curve: Promise<Curve> | undefined;
  private readonly tables = new Map<CurveGroup["name"], FixedBaseTable>();

  async multiply({ group, bits, scalars }: FixedBaseRun): Promise<Uint8Array> {
    this.curve ??= curves.getCurveFromName("bn128", { singleThread: true });
    const curve = await this.curve;
    const table = this.tables.get(group) ?? new FixedBaseTable(curve, GROUPS[group], bits);
    this.tables.set(group, table);
    return table.multiply(scalars);
  }
}
