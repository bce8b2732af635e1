import { expect } from "chai";
import { globSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { collectSources, defaultLibraries, stageSources } from "../../src/circom/compileSources.js";
import { runCompiler } from "../../src/circom/compiler.js";

const ROOT = join(import.meta.dirname, "..", "..");
const CACHE = join(ROOT, "cache");

/** Instances of every template: small, and with all branches that a parameter chooses. */
const INSTANCES = [
  "RoundedMagnitude(2, 2)",
  "RoundedMagnitude(0, 2)",
  "FlooredMagnitude(2, 2)",
  "FlooredMagnitude(0, 2)",
  "RequantizeTable(2, 3, 2, [1,1,2,3,5,8,13,21], -3)",
  "RequantizeTable(0, 2, 1, [5,-3,0,7], 0)",
  "RequantizeBelow(1, 3, 2, [2,0,-1,3,0,0,1,0])",
  "RequantizeBelow(0, 3, 2, [2,0,-1,3,0,0,1,0])",
  "RequantizeEven(2, 2, 1, [0,0,1,0])",
  "RequantizeOdd(2, 2, 1, [0,1,2,2], 0)",
  "RequantizeEvenQuadratic(1, 1, 2, [3,9], [4,2], [-1,0], 2, 3)",
  "RequantizeOddQuadratic(1, 1, 2, [3,9], [4,2], [-1,0], 2, 3, 5)",
  "ArgMax(2, 2)",
  "ArgMax(5, 2)",
  "CheckInterval(3, 0, 4)",
  "PackChecked(2, 3, 0, 4)",
  "PackChecked(2, 1, 0, 1)",
  "PackWord(3, 4, -8)",
  "Pack(3, 4, -8)",
  "Commit(2, 12345)",
  "HornerStep()",
  "EvaluateWords(3)",
  "CommitAndEvaluate(3, 1, 12345)",
  "EncryptWord(12345, 1)",
  "Encrypt(2, 12345)",
  "Bind()",
  "LessThan(3)",
  "LessThan(0)",
  "Equal()",
  "Select()",
  "SelectLayer(4, 2)",
  "DivideByConstant(5, 3, -4)",
  "DivideByConstant(2, 0, 1)",
  "FloorDivide(3, 3, -2)",
  "Reciprocal(4, 5, 3)",
  "SquareRoot(2)",
  "InverseSquareRoot(64, 1, 20)",
  "OneHot(5)",
  "Embedding(5, 2, [[1,2],[4,5],[7,8],[0,0],[-1,3]])",
  "BinaryEmbedding(6, 2, 3, -1, 2, 0, [[1,2],[3,4],[5,6],[0,0],[-1,2],[6,6]])",
  "BinaryEmbedding(6, 2, 3, -1, 1, 1, [[1,2],[3,4],[5,6],[0,0],[-1,2],[6,6]])",
  "KeepIfZero(0)",
  "KeepIfZero(2)",
  "KeepIfZero(5)",
  "ExpOfBits(2, 2, 1, [3,2,1,1])",
  "ExpProductOfBits(3, 1, 1, [3,2,1,1], 1, [3,2], 1, 2)",
  "BitsOf(4)",
  "Exp(2, 1, 1, [3,2,1,1])",
  "ExpProduct(3, 1, 1, [3,2,1,1], 1, [3,2], 1, 2)",
  "RequantizeLayer(4, 2, [2,0], [3,3], [-4,-4])",
  "RequantizeReLULayer(2, 1, [2], [3])",
  "RequantizeClampLayer(2, 1, [2], 2, [1], 0)",
  "MaxLayer(4, 2, 3, 1, [[3,3]], [[0,1,2],[1,2,3]])",
  "TableLayer(2, 2, 3, 2, [1,1,2,3,5,8,13,21], -3)",
  "EvenLayer(2, 2, 2, 1, [0,0,1,0])",
  "BelowLayer(2, 1, 3, 2, [2,0,-1,3,0,0,1,0])",
  "OddLayer(2, 2, 2, 1, [0,1,2,2], 0)",
  "ArgMaxLayer(2, 3, 2)",
  "TopKLayer(2, 3, 2, 1)",
  "ProductLayer(2)",
  "ReciprocalLayer(2, 4, 5, 3)",
  "MatMulLayer(1, 2, 2, 2, 1, 1, 2, -1)",
  "LookupLayer(2, 2, 1, [[1],[4]])",
  "BinaryLookupLayer(2, 6, 2, 3, -1, 1, 1, [[1,2],[3,4],[5,6],[0,0],[-1,2],[6,6]])",
  "SoftmaxLayer(5, 2, [2,3], 2, 0, 1, [3,2,1,0], 4, 2)",
  "LayerNormLayer(4, 2, 0, 3, 0, 1, 4, 1)",
  "RootMeanSquareNormLayer(4, 2, -2, 2, 1, 4, 1)",
  "Dense(2, 2, [[1,2],[3,4]], [5,6])",
  "Convolution(2, 2, 2, 2, 1, 2, [[1,2],[3,4]], [5,6], [[0,1],[1,-1]])",
  "TableOfBits(3, 2, [7,1,2,9,9,1,2,8])",
  "TableOfBits(3, 0, [0,1,1,0,1,0,0,1])",
  "QuadraticOfBits(1, 2, [3,9], [4,2], [-1,0], 2, 3)",
  "MatMulBlock(2, 2, 2, 0, 1, 2, -1)",
  "MatMulBlock(2, 1, 1, 0, 1, 2, -1)",
  "MatMulInSlots(2, 2, 2, 0, 1, 2, -1, 2, 2)",
  "MatMulInSlots(3, 2, 3, 1, 1, 2, -1, 2, 2)",
  "MatMul(2, 2, 2, 0, 1, 3, -4)",
  "BatchedMatMul(2, 1, 1, 2, 1, 2, -1)",
  "BatchedLinear(2, 1, 2, 1, [[2,-3]], [1], 1, 4, -8)",
  "Attention(1, 2, 1, 1, 0, 0, 2, -1, 2, 0, 1, [3,2,1,1], 4, 2, 1, 4, -4)",
  "MaxOf(3, [3, 2])",
  "ScaleRow(2, 0, 3, 9, 1, 4, 1)",
  "LayerNorm(2, 0, 3, 0, 1, 4, 1)",
  "RootMeanSquareNorm(2, -2, 2, 1, 4, 1)",
  "Product()",
  "PoseidonPermutation(3, 1, [0])",
  "PoseidonHash(2)",
  "PoseidonTagged(12345, 2)",
  "PoseidonChain(12345, 17)",
  "Requantize(2, 3, -4)",
  "Requantize(1, 0, 3)",
  "RequantizeReLU(2, 3)",
  "RequantizeReLU(0, 4)",
  "RequantizeClamp(2, 2, 2, -2)",
  "RequantizeClamp(0, 1, 1, 0)",
  "SecretSums(2, 2, 3, 1)",
  "SecretSums(0, 2, 3, 0)",
  "SecretLinear(2, 2, 2, 2, 1, 4, 2, 2, 1, [[0,1],[1,-1]])",
  "SecretLinear(2, 3, 2, 1, 1, 3, 3, 2, 0, [[0],[-1]])",
  "BelowMaximum(3, 2)",
  "Shares(2, 3, 4, 2)",
  "Softmax(3, 2, 0, 1, [2,1,0,0], 3, 1)",
  "SoftmaxProduct(2, 2, 1, 0, [4,2], 1, [4,3], 1, 2, 5, 2)",
  "SoftmaxRows(2, 2, 1, 2, 0, 1, [3,2,1,0], 4, 2)",
  "TopK(3, 2, 1)",
  "TopK(2, 2, 1)",
  "Wiring(2, 3, [1,-1,0])",
  "Wire()",
  "Zero()",
];

/** What circom's inspection says, and what we answer. */
const ANSWERED: readonly (readonly [finding: string, answer: string])[] = [
  [
    "CA01 SecretLinear: Local signal in[1] does not appear in any constraint",
    "an input that the index does not name is not read",
  ],
  [
    "CA01 SecretSums: Local signal in[0] does not appear in any constraint",
    "where there is no tap, nothing is read",
  ],
  [
    "CA01 Softmax: Local signal in[0] does not appear in any constraint",
    "a row of one has the whole share, whatever its element is",
  ],
  [
    "CA01 SoftmaxRows: Local signal in[0][1] does not appear in any constraint",
    "an element above the diagonal is masked",
  ],
  [
    "CA02 Embedding: Subcomponent input/output signal hot.out[3] does not appear in any constraint of the father component",
    "row 3 of the table is of zeros; OneHot holds the signal",
  ],
];

interface Template {
  readonly file: string;
  readonly name: string;
  readonly parameters: string;
  /** What stands above the last input or output: variables and assertions, which their sizes may name. */
  readonly head: string;
  readonly signals: readonly {
    readonly kind: string;
    readonly name: string;
    readonly sizes: readonly string[];
  }[];
}

async function templates(): Promise<Template[]> {
  const files = globSync(join(ROOT, "circuits/**/*.circom")).sort();
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return texts.flatMap((text, i) =>
    [...text.matchAll(/^template (\w+)\(([^)]*)\) \{\n([\s\S]*?)^\}/gm)].map(([, name, parameters, body]) => {
      const lines = body.split("\n");
      const declares = (line: string) => /^ {4}signal (input|output) (\w+)((?:\[.*\])?);/.exec(line);
      const last = lines.findLastIndex((line) => declares(line) !== null);
      const above = lines.slice(0, last + 1);
      return {
        file: relative(ROOT, files[i]),
        name: name,
        parameters: parameters,
        head: above.filter((line) => !/^ {4}signal /.test(line)).join("\n"),
        signals: above.flatMap((line) => {
          const [, kind, signal, sizes] = declares(line) ?? [];
          return kind === undefined ? [] : [{ kind, name: signal, sizes: sizesOf(sizes) }];
        }),
      };
    }),
  );
}

/** `[n][d * (m + 1)]` -> its two expressions. */
function sizesOf(text: string): string[] {
  return text === "" ? [] : text.slice(1, -1).split("][");
}

/** The template with one input for all of its inputs, and one output: the sum of all. */
function wrapped({ name, parameters, head, signals }: Template): string {
  const each = (sizes: readonly string[], statement: (element: string) => string): string => {
    const loops = sizes.map((size, i) => `for (var i${i} = 0; i${i} < (${size}); i${i}++) `).join("");
    return `    ${loops}${statement(sizes.map((_, i) => `[i${i}]`).join(""))}`;
  };
  return [
    `template Wrapped${name}(${parameters}) {`,
    head,
    "    signal input all;",
    "    signal output sum;",
    `    component wrappedPart = ${name}(${parameters});`,
    "    var total = all;",
    ...signals.map(({ kind, name: signal, sizes }) =>
      each(sizes, (element) =>
        kind === "input"
          ? `wrappedPart.${signal}${element} <== all;`
          : `total += wrappedPart.${signal}${element};`,
      ),
    ),
    "    sum <== total;",
    "}",
  ].join("\n");
}

function sourceOf(library: readonly Template[], instances: readonly string[]): string {
  return [
    "pragma circom 2.1.6;",
    ...[...new Set(library.map(({ file }) => file))].map((file) => `include "torch2circom/${file}";`),
    ...library.map(wrapped),
    "template Main() {",
    "    signal input all;",
    `    signal output sum[${instances.length}];`,
    ...instances.flatMap((instance, i) => [
      `    component part${i} = Wrapped${instance};`,
      `    part${i}.all <== all;`,
      `    sum[${i}] <== part${i}.sum;`,
    ]),
    "}",
    "component main = Main();",
  ].join("\n");
}

/**
 * What the compiler's own inspection says, as `CA01 Softmax: Local signal in[0] …`, without parameters.
 *
 * @param edit changes the text of the library
 */
async function inspect(
  instances: readonly string[],
  edit: (text: string) => string = (text) => text,
): Promise<string[]> {
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, "inspect-"));
  try {
    const library = join(folder, "library");
    await mkdir(join(library, "circuits/library"), { recursive: true });
    for (const file of globSync(join(ROOT, "circuits/**/*.circom")))
      await writeFile(join(library, relative(ROOT, file)), edit(await readFile(file, "utf8")));
    const main = join(folder, "main.circom");
    await writeFile(main, sourceOf(await templates(), instances));
    const sources = await collectSources(main, { ...defaultLibraries(), torch2circom: library });
    const root = join(folder, "root");
    await stageSources(sources, root);
    await mkdir(join(root, "lib"), { recursive: true });
    const args = [sources[0].staged, "--inspect", "--O1", "-l", "lib"];
    const { code, output } = await runCompiler({ root, args }, () => undefined);
    const text = stripVTControlCharacters(output);
    expect(code, text.slice(-2000)).to.equal(0);
    const findings = text
      .split(/^(?=.*(?:warning|error)\[)/m)
      .filter((part) => /^.*(?:warning|error)\[/.test(part));
    return [...new Set(findings.map(shortened))].sort();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function shortened(finding: string): string {
  const [, code, template, text] = /\[(\w+)\].*?In template "(\w+)\(.*?\)": (.*)/.exec(finding) ?? [];
  return code === undefined ? finding.trim() : `${code} ${template}: ${text.trim()}`;
}

const withWires = (text: string) => text.replace(/(function lowestBitIsWire\(\) \{\s*return) 0;/, "$1 1;");

describe("circom --inspect on the gadget library", function () {
  it("is asked of every template", async () => {
    const asked = new Set(INSTANCES.map((instance) => instance.split("(", 1)[0]));
    expect([...asked].sort()).to.deep.equal((await templates()).map(({ name }) => name).sort());
  });

  for (const [wires, edit] of [
    ["without", undefined],
    ["with", withWires],
  ] as const)
    it(`finds nothing that is not answered, ${wires} wires for lowest bits`, async () => {
      const found = await inspect(INSTANCES, edit);
      expect(found).to.deep.equal(ANSWERED.map(([finding]) => finding));
    });

  it("finds a signal that nothing constrains", async () => {
    const broken = (text: string) => text.replace("square <== in * in;", "square <-- in * in;");
    const found = await inspect(["Bind()"], broken);
    expect(found).to.include("CA01 Bind: Local signal square does not appear in any constraint");
  });
});
