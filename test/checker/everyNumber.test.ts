import { expect } from "chai";
import { checkWidths, type Texts } from "../../src/checker/check.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { isWiring, type Netlist } from "../../src/netlist/types.js";
import { programOf, SMALL_MODELS } from "../helpers/models.js";
import { entriesOf, withEntries } from "../helpers/netlist.js";
import { textsOf } from "./texts.js";

/**
 * What may be one more or less and leave a circuit that is right: a wider width or range, how a table's bits are split,
 * and which element a padded window repeats. One channel more in a word changes nothing where all are in one already.
 */
const HARMLESS = new Set(
  `RequantizeLayer resultBits +1, RequantizeLayer least -1, RequantizeReLULayer magnitudeBits +1,
  RequantizeClampLayer excessBits +1, MatMulLayer resultBits +1, MatMulLayer least -1, LayerNormLayer least -1,
  LayerNormLayer most +1, RootMeanSquareNormLayer least -1, RootMeanSquareNormLayer most +1, MaxLayer differenceBits +1,
  MaxLayer index +1, MaxLayer index -1, ArgMaxLayer differenceBits +1, TopKLayer differenceBits +1,
  ReciprocalLayer quotientBits +1, ReciprocalLayer divisorBits +1, SoftmaxLayer beyondBits +1,
  SoftmaxLayer monomialBits +1, SoftmaxLayer monomialBits -1, TableLayer monomialBits +1, TableLayer monomialBits -1,
  EvenLayer monomialBits +1, EvenLayer monomialBits -1, BelowLayer monomialBits +1, BelowLayer monomialBits -1,
  OddLayer monomialBits +1, OddLayer monomialBits -1, BinaryLookupLayer entryBits +1, BinaryLookupLayer least -1,
  BinaryLookupLayer monomialBits +1, BinaryLookupLayer monomialBits -1, BinaryLookupLayer packed +1,
  BinaryLookupLayer packed -1, SecretLinear slotBits +1, SecretLinear perWord +1`.split(/,\s+/),
);

/** Of a long list, and of a long text, some are changed. */
const SAMPLE = 4;
const STATEMENTS = 60;

function* edits(netlist: Netlist): Generator<{ what: string; edited: Netlist }> {
  for (const step of netlist.steps) {
    if (isWiring(step)) continue;
    for (const { name, value } of step.arguments) {
      const count = entriesOf(value).length;
      for (let k = 0; k < Math.min(count, SAMPLE); k++)
        for (const change of [1, -1]) {
          const at = Math.floor((k * count) / Math.min(count, SAMPLE));
          const own = step.arguments.map((other) =>
            other.name === name
              ? { name, value: withEntries(value, (x, i) => (i === at ? x + change : x)) }
              : other,
          );
          const steps = netlist.steps.map((other) => (other === step ? { ...step, arguments: own } : other));
          const sign = change > 0 ? "+1" : "-1";
          yield { what: `${step.template} ${name} ${sign}`, edited: { ...netlist, steps } };
        }
    }
  }
}

/** The texts without a statement of the main one, and with a number of a statement moved. */
function* statements(texts: Texts): Generator<{ what: string; edited: Texts }> {
  const lines = texts.main.split("\n");
  const isStatement = (line: string) => /[;{}]\s*$/.test(line) && !/^\s*(\/\/|pragma|include)/.test(line);
  const places = lines.flatMap((line, i) => (isStatement(line) ? [i] : []));
  const stride = Math.ceil(places.length / STATEMENTS);
  for (const i of places.filter((_, k) => k % stride === 0)) {
    const line = lines[i];
    const without = [...lines.slice(0, i), ...lines.slice(i + 1)].join("\n");
    yield { what: `without ${line}`, edited: { ...texts, main: without } };
    if (line.includes("component")) continue;
    for (const match of line.matchAll(/(?<!\w)\d+/g)) {
      const more = `${line.slice(0, match.index)}${Number(match[0]) + 1}${line.slice(match.index + match[0].length)}`;
      const main = [...lines.slice(0, i), more, ...lines.slice(i + 1)].join("\n");
      yield { what: more, edited: { ...texts, main } };
    }
  }
}

describe("the checker of widths, one number at a time", function () {
  for (const secretWeights of [false, true])
    for (const [name, model] of Object.entries(SMALL_MODELS)) {
      if (secretWeights && name === "large vocabularies") continue; // no layer of weights
      it(`misses nothing in "${name}"${secretWeights ? " with private weights" : ""}`, () => {
        const { program } = programOf(model(3), { secretWeights });
        const netlist = buildNetlist(program, secretWeights ? "evaluated" : "committed", "committed");
        const missed = new Set<string>();
        for (const { what, edited } of edits(netlist))
          if (checkWidths(textsOf(program, edited, false)).findings.length === 0) missed.add(what);
        // Slots of private weights are as wide as the widest channel needs, of which nothing is told.
        if (secretWeights) missed.delete("RequantizeClampLayer excessBits -1");
        for (const what of HARMLESS) missed.delete(what);
        for (const { what, edited } of statements(textsOf(program, netlist)))
          if (checkWidths(edited).findings.length === 0) missed.add(what);
        expect([...missed]).to.deep.equal([]);
      });
    }
});
