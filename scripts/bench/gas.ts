/** Prints what each transaction of the contracts costs, next to the prototype's figures and the targets. */
import { measureGas } from "../../test/contracts/helpers/measureGas.js";

/** Measured on the prototype of the design, with 12 public signals; the batches are for each job. */
const PROTOTYPE: Readonly<Record<string, number>> = {
  register: 453_000,
  "request, native token": 62_000,
  "request, ERC-20, bond": 95_000,
  "request, EIP-3009": 128_000,
  fulfill: 323_000,
  refund: 55_000,
  withdraw: 37_000,
  "fulfillBatch of 2, per job": 231_000,
  "fulfillBatch of 4, per job": 160_000,
  "fulfillBatch of 8, per job": 124_000,
};

/** For a ten-class model with packed outputs. */
const TARGETS: Readonly<Record<string, number>> = {
  register: 450_000,
  "request, native token": 60_000,
  fulfill: 270_000,
  "fulfillBatch of 8, per job": 110_000,
  "fulfillMany of 8, per job": 48_000,
  "fulfillMany of 32, per job": 25_000,
  "registerPipeline, 4 segments": 770_000,
  "fulfillPipeline, 2 segments": 410_000,
  "fulfillPipeline, 4 segments": 635_000,
  "fulfillPipeline, 8 segments": 1_080_000,
};

const measured = await measureGas();
const cell = (gas: number | undefined): string =>
  (gas === undefined ? "-" : gas.toLocaleString("en")).padStart(24);
console.log(
  ["transaction".padEnd(36), "here (3 signals)", "prototype (12 signals)", "target"]
    .map((title, i) => (i ? title.padStart(24) : title))
    .join(""),
);
for (const [name, gas] of Object.entries(measured)) {
  console.log(name.padEnd(36) + cell(gas) + cell(PROTOTYPE[name]) + cell(TARGETS[name]));
}
