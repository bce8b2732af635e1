import { GADGETS } from "./gadgets.js";
import { MODELS } from "./models.js";
import type { Results } from "./results.js";
import { summary } from "./statistics.js";
import { cost, count, ratio, table } from "./tables.js";
import type { StageName } from "./types.js";

/** Ours beside others, measured in the same run. */
export function peerSection({ models, gadgets }: Results): string {
  const of = (name: string, stage: StageName) => summary(models[name]?.runs[stage]);
  const compared = (theirs: StageName, ours: StageName): string[][] =>
    Object.keys(MODELS)
      .filter((name) => of(name, theirs) !== undefined && of(name, ours) !== undefined)
      .map((name) => {
        const [more, less] = [of(name, theirs), of(name, ours)];
        return [name, count(models[name].rows), cost(more), cost(less), ratio(more, less)];
      });
  const whole = compared("circom", "link, cold");
  const provers = compared("snarkjs", "rapidsnark");
  const elements = GADGETS.filter(({ ours }) => gadgets[ours.call] !== undefined).map(
    ({ element, theirs, ours }) => [
      ...[element, `\`${theirs.call}\``, count(gadgets[theirs.call])],
      ...[`\`${ours.call}\``, count(gadgets[ours.call])],
    ],
  );
  const shown = (rows: readonly string[][], headings: readonly string[], command: string): string =>
    rows.length === 0 ? `Not measured yet: \`${command}\`.` : table([headings, ...rows]);
  return `## Beside others

### circom on the whole circuit

\`npm run bench peers\`. circom (circom2 of npm, in WebAssembly, \`--O1\`) compiles the text of the whole circuit with its witness
generator; a build links the same constraints from gadgets, here without any in its cache.

${shown(whole, ["model", "rows", "circom", "link", "times the CPU"], "npm run bench peers")}

### Gadgets of circomlib-ml

\`npm run bench peers\`. Non-linear constraints of one element, by circom. circomlib-ml (npm package 1.4.4, GPL-3.0) compares
numbers of 252 bits, so that no bounds need to be known. Here every build proves the bounds of each instance; these are of
the first channel of LeNet-5 with 8 bits.
[Circuits](circuits.md) has whole networks.

${shown(elements, ["element", "circomlib-ml", "constraints", "here", "constraints"], "npm run bench peers")}

### snarkjs and rapidsnark

\`npm run bench stages\`, where \`rapidsnark\` is on the PATH. Both prove with the same key and witness, in a new process.

${shown(provers, ["model", "rows", "snarkjs", "rapidsnark", "times the CPU"], "npm run bench stages")}`;
}
