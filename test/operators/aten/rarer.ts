import { rarerPrograms } from "../../import/pt2/rarerPrograms.js";
import { rarerCases } from "../../import/pt2/rarerValues.js";
import { zeros, type AtenCase } from "./case.js";

/** The operators of which `rarerValues` has values, on samples. */
export const rarer: readonly (readonly [string, AtenCase])[] = [
  ...rarerCases.map(({ operator, args, constants, range, jumps }): readonly [string, AtenCase] => [
    `${operator} ${JSON.stringify(args)}`,
    { nodes: [[operator, args]], inputs: { x: zeros([2, 3]) }, constants, range, jumps },
  ]),
  ...rarerPrograms.map(({ name, nodes, x, constants, range, jumps }): readonly [string, AtenCase] => [
    name,
    { nodes, inputs: { x: zeros(x.shape) }, constants, range, jumps },
  ]),
];
