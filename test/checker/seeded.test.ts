import { expect } from "chai";
import { checkWidths, type Checked, type Texts } from "../../src/checker/check.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { isWiring, type Argument, type Component, type Netlist } from "../../src/netlist/types.js";
import type { Program } from "../../src/program/types.js";
import { programOf, SMALL_MODELS } from "../helpers/models.js";
import { entriesOf, SCATTERED, withEntries } from "../helpers/netlist.js";
import { textsOf } from "./texts.js";

/** Parameters that are widths or the least value of a range, by template: what there is of them is less, or moved. */
const WIDTHS: Readonly<Record<string, Readonly<Record<string, 1 | -1>>>> = {
  RequantizeLayer: { resultBits: -1, least: 1 },
  RequantizeReLULayer: { magnitudeBits: -1 },
  RequantizeClampLayer: { excessBits: -1, keptBits: -1 },
  TableLayer: { indexBits: -1 },
  EvenLayer: { magnitudeBits: -1 },
  BelowLayer: { magnitudeBits: -1 },
  OddLayer: { magnitudeBits: -1 },
  MaxLayer: { differenceBits: -1 },
  ArgMaxLayer: { differenceBits: -1 },
  TopKLayer: { differenceBits: -1 },
  MatMulLayer: { resultBits: -1, least: 1 },
  ReciprocalLayer: { quotientBits: -1, divisorBits: -1 },
  BinaryLookupLayer: { entryBits: -1, least: 1 },
  SoftmaxLayer: { beyondBits: -1, exponent: -1 },
  LayerNormLayer: { least: 1, most: -1, rootBits: -1 },
  RootMeanSquareNormLayer: { least: 1, most: -1, rootBits: -1 },
  SecretLinear: { slotBits: -1 },
};

/** One number of an argument changed. */
function changed(value: Argument, at: number, change: (x: number) => number): Argument {
  return withEntries(value, (x, i) => (i === at ? change(x) : x));
}

const count = (value: Argument): number => entriesOf(value).length;

function withArgument(netlist: Netlist, step: Component, name: string, value: Argument): Netlist {
  const edited = {
    ...step,
    arguments: step.arguments.map((argument) => (argument.name === name ? { name, value } : argument)),
  };
  return { ...netlist, steps: netlist.steps.map((other) => (other === step ? edited : other)) };
}

const argument = (step: Component, name: string): Argument =>
  step.arguments.find((own) => own.name === name)!.value;

/** With the weights that a build keeps to itself: by these it is seen that honest sums have no witness. */
function check(program: Program, netlist: Netlist): Checked {
  return checkWidths(textsOf(program, netlist, false));
}

const CNN = "grouped conv, relu, max pool, flatten, dense";
const ATTENTION = "embedding, attention with a mask, residual, layer norm";

describe("the checker of widths, on circuits with one fault", function () {
  for (const secretWeights of [false, true])
    it(`finds every width that is one less${secretWeights ? ", with private weights" : ""}`, () => {
      const seen = new Set<string>();
      const fitting: string[] = [];
      for (const [model, build] of Object.entries(SMALL_MODELS))
        for (const output of ["public", "argmax"] as const) {
          if (secretWeights && model === "large vocabularies") continue; // no layer of weights
          const { program } = programOf(build(3), { output, secretWeights });
          const netlist = buildNetlist(program);
          for (const step of netlist.steps) {
            if (isWiring(step)) continue;
            for (const [name, change] of Object.entries(WIDTHS[step.template] ?? {}))
              for (let at = 0; at < count(argument(step, name)); at++) {
                const value = changed(argument(step, name), at, (x) => x + change);
                const { findings } = check(program, withArgument(netlist, step, name, value));
                seen.add(`${step.template} ${name}`);
                if (findings.length === 0) fitting.push(`${model}, ${output}: ${step.name} ${name}[${at}]`);
              }
          }
        }
      console.log(`      ${[...seen].join(", ")}`);
      // Private weights: every channel has the width of the widest, which tells nothing of them.
      const wider = ["public", "argmax"].map(
        (output) => `dense, relu, dense, ${output}: act_relu excessBits[0]`,
      );
      expect(fitting).to.deep.equal(secretWeights ? wider : []);
    });

  const textsFor = (model: string, options: Parameters<typeof programOf>[1] = {}): Texts => {
    const { program } = programOf(SMALL_MODELS[model](3), options);
    return textsOf(program, buildNetlist(program));
  };
  /** What is found where a part of a text is another. */
  const found = (
    texts: Texts,
    part: "main" | "constants" | "programJson",
    from: RegExp,
    to: string,
  ): string => {
    const edited = { ...texts, [part]: texts[part].replace(from, to) };
    expect(edited[part]).not.to.equal(texts[part]);
    return checkWidths(edited)
      .findings.map(({ component, what, evidence }) => `${component}: ${what}: ${evidence}`)
      .join("\n");
  };

  it("finds a weight, a bias, an index, a table's entry that is another", () => {
    const cnn = textsFor(CNN);
    expect(found(cnn, "constants", /(_weight\(\) \{\s*return \[\[-?\d+,)-?\d+/, "$19")).to.contain(
      "weight is another",
    );
    expect(found(cnn, "main", /(Convolution\(.*\[)-?\d+(,-?\d+,-?\d+,-?\d+\])/, "$19$2")).to.contain(
      "bias is another",
    );
    expect(found(cnn, "constants", /(features_0_conv_index\(\) \{\s*return \[\[-1,)-1/, "$10")).to.contain(
      "index is another",
    );
    expect(found(cnn, "constants", /(features_2_maxPool_index\(\) \{\s*return \[\[)\d+/, "$163")).to.contain(
      "a window of other elements",
    );
    const forms = textsFor("every form of activation");
    expect(found(forms, "constants", /(tanh_tanh_table\(\) \{\s*return \[-?\d+,)-?\d+/, "$19")).to.contain(
      "table is another",
    );
    const rows = textsFor("large vocabularies");
    expect(found(rows, "constants", /(_table\(\) \{\s*return \[\[)-?\d+/, "$17")).to.contain(
      "table is another",
    );
    expect(found(textsFor(ATTENTION), "main", /(SoftmaxLayer\(.*\[\d+,)\d+/, "$112")).to.contain(
      "table is another",
    );
  });

  it("finds a wire from elsewhere, an input of another component, words in another order", () => {
    const attention = textsFor(ATTENTION);
    expect(found(attention, "main", /(attention_where\[i\] <== \w+\.out\[)/, "$11 + ")).to.contain(
      "attention_where[0] is attention_matmul_3.out[1], and not attention_matmul_3.out[0]",
    );
    expect(found(attention, "main", /(\w+\[\d+\] <== )0;/, "$1x[0];")).to.contain("a wire from elsewhere");
    expect(found(attention, "main", /(k_linear\.in <== )x;/, "$1q_linear.out;")).to.contain(
      "a wire from elsewhere",
    );
    expect(found(attention, "main", /(attention_matmul_3\.in\[)12( \+ i\])/, "$111$2")).to.contain(
      "or twice",
    );
    expect(found(attention, "main", /output_0\.in <== [\w.]+;/, "output_0.in <== x;")).to.contain(
      "a wire from elsewhere",
    );
    expect(
      found(attention, "main", /commit\.words <== x_words\.out/, "commit.words[1] <== x_words.out[0]"),
    ).to.contain("not fed");
    expect(found(attention, "main", /bind\.in <== binding/, "bind.in <== salt")).to.contain(
      "bind.in is salt",
    );
    expect(found(attention, "main", /(Commit\(1, )\d/, "$19")).to.contain("domain is another");
  });

  it("finds another index, size or operand of a component that only moves elements", () => {
    const texts = textsOf(SCATTERED, buildNetlist(SCATTERED));
    expect(checkWidths(texts).findings).to.deep.equal([]);
    expect(found(texts, "main", /Wiring\(20, 16, \[0,7/, "Wiring(20, 16, [0,8")).to.contain(
      "index is another",
    );
    expect(found(texts, "main", /Wiring\(20/, "Wiring(21")).to.contain("inputs is another");
    expect(found(texts, "main", /Wiring\(20, 16/, "Wiring(20, 15")).to.contain("outputs is another");
    expect(found(texts, "main", /scattered\.in <== x;/, "")).to.contain("not fed");
    const other = /component scattered = [^;]*;/;
    expect(found(texts, "main", other, "component scattered = ProductLayer(10);")).to.contain(
      "a component where wires are to be",
    );
  });

  it("finds an input that is held to more than its domain, or to less", () => {
    const texts = textsFor("embedding, gate, RMS norm, mean, pool");
    const what = "an input that is held to another range than its domain";
    expect(found(texts, "main", /PackChecked\(4, 3, 0, 4\)/, "PackChecked(4, 3, 0, 5)")).to.contain(what);
    expect(found(texts, "main", /PackChecked\(4, 3, 0, 4\)/, "PackChecked(4, 2, 0, 3)")).to.contain(what);
    expect(found(texts, "main", /PackChecked\(4, 3, 0, 4\)/, "PackChecked(4, 4, 0, 4)")).to.contain(
      "an assertion of the template fails",
    );
    // Bits alone, as circuits before it were told the domain's end.
    const library = texts.library.replace(
      "template PackChecked(count, width, least, most)",
      "template PackChecked(count, width, least)",
    );
    expect(
      found({ ...texts, library }, "main", /PackChecked\(4, 3, 0, 4\)/, "PackChecked(4, 3, 0)"),
    ).to.contain("[0, 7] is held, and [0, 4] is the domain");
    expect(found(texts, "main", /component x_words = .*\n.*\n/, "")).to.contain(
      "an input without a range check",
    );
  });

  it("finds outputs that overlap in their word", () => {
    const texts = textsFor("dense, relu, dense");
    const narrow = (_: string, head: string, bits: string) => `${head}${Number(bits) - 1}`;
    const main = texts.main.replace(/( = Pack\(\d+, )(\d+)/, narrow);
    const [finding] = checkWidths({ ...texts, main }).findings;
    expect(finding).to.include({ component: "output_0", what: "outputs that overlap in their word" });
  });

  it("passes over nothing that it does not know", () => {
    const texts = textsFor("dense, relu, dense");
    expect(found(texts, "main", /= Dense\(/, "= Sparse(")).to.contain("a template that the library has not");
    expect(found(texts, "main", /= Dense\(/, "= Requantize(")).to.contain(
      "where the template has 3 parameters",
    );
    const library = `${texts.library}\ntemplate Sparse(inputs, outputs, weight, bias) {`;
    expect(found({ ...texts, library }, "main", /= Dense\(/, "= Sparse(")).to.contain(
      "a template without a rule",
    );
    expect(found(texts, "main", /= RequantizeClampLayer\([^;]*;/, "= ProductLayer(5);")).to.contain(
      "a template of another operation",
    );
    expect(found(texts, "main", /( *component bind)/, "    component more = Bind();\n$1")).to.contain(
      "no binding: 2 components",
    );
    expect(found(texts, "main", /( *component bind)/, "    signal more[3];\n$1")).to.contain(
      "the number of layers",
    );
    expect(found(texts, "main", /( *component bind)/, "    more[0] <== x[0];\n$1")).to.contain(
      "belongs to nothing",
    );
    expect(found(texts, "main", /( *component bind)/, "    binding === 5;\n$1")).to.contain(
      "a statement that is not known: binding === 5;",
    );
    const rows = textsFor("standardize, dense over rows, transpose, sigmoid");
    for (const [from, to] of [
      ["var j = 0; j <", "var i = 0; i <"],
      ["* i + j] <==", "* i + k] <=="],
      ["* i + j] <==", "* j * i] <=="],
      ["* i + j] <==", "* i + j + ] <=="],
      ["i < ", "i < 99999999"],
    ] as const)
      expect(found(rows, "main", new RegExp(from.replace(/[*+\]]/g, "\\$&")), to), to).to.contain(
        "a statement that is not known: for (var i = 0;",
      );
    expect(found(texts, "main", /public \[binding\]/, "public [binding, x]")).to.contain(
      "a statement that is not known",
    );
    expect(found(texts, "main", /signal output inputCommitment;/, "signal output more;")).to.contain(
      "other public signals",
    );
    expect(found(texts, "programJson", /^\{/, "")).to.contain("a text that cannot be read: it is not JSON");
    expect(found(texts, "programJson", /"taps":6/, '"taps":7')).to.contain("its sizes do not fit each other");
    expect(found(texts, "programJson", /"kind":"requantize"/, '"kind":"round"')).to.contain("cannot be read");
  });

  it("finds sums of private weights that nothing holds, words of others, weights that are not private", () => {
    const texts = textsFor("dense, relu, dense", { secretWeights: true });
    expect(found(texts, "main", /(fc2_linear = SecretLinear\((?:\d+, ){8})1/, "$10")).to.contain(
      "sums that nothing holds in range",
    );
    expect(
      found(texts, "main", /(RequantizeClampLayer\(.*\[)\d+(,\d+,\d+,\d+,\d+\], -?\d+\))/, "$19$2"),
    ).to.contain("sums of fc1_linear that overlap in their word");
    expect(found(texts, "main", /(fc2_linear\.words\[i\] <== weightWords\[)\d+/, "$10")).to.contain(
      "a wire from elsewhere",
    );
    expect(found(texts, "programJson", /,"secret":true/g, "")).to.contain("its sizes do not fit each other");
    expect(
      found(textsFor("dense, relu, dense"), "programJson", /"positions":1,/, '"positions":1,"secret":true,'),
    ).to.contain("weights that are to be secret");
  });
});
