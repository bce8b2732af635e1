import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readTemplates } from "../../src/link/gadgetLibrary.js";
import { packageRoot } from "../../src/packageRoot.js";

const CIRCUITS = join(packageRoot(), "circuits");
const TEMPLATES = readTemplates(CIRCUITS);
const COMPOSED = [...TEMPLATES.values()].filter(({ claims }) => claims.composes.length > 0);
const NAMES = COMPOSED.map(({ claims }) => claims.template);

/** The statements of a template that make constraints or hints, other than `signal <== signal` and `signal <== 0`. */
function notWires(template: string): string[] {
  const text = readFileSync(join(CIRCUITS, TEMPLATES.get(template)!.file), "utf8");
  let body = text.split(`\ntemplate ${template}(`)[1].split("\n}\n")[0];
  // An index may be any expression.
  for (let inner = ""; inner !== body;) [inner, body] = [body, body.replace(/\[[^[\]]*\]/g, "")];
  const statements = body.split(/[;{}]/).filter((statement) => /<==|==>|<--|-->|===/.test(statement));
  expect(statements.length, template).to.be.greaterThan(0);
  const signals = new Set([...body.matchAll(/signal (?:input|output) (\w+)/g)].map(([, name]) => name));
  const isSignal = (name: string) => signals.has(name) || /^\w+\.\w+$/.test(name);
  return statements.filter((statement) => {
    const [, to, from] = /(?:^|\s)([\w.]+) <== ([\w.]+)$/.exec(statement) ?? [];
    return to === undefined || !isSignal(to) || !(from === "0" || isSignal(from));
  });
}

describe("templates that say what they are composed of", () => {
  it("are the layers, and what else grows with a model", () => {
    expect(NAMES).to.include.members([...TEMPLATES.keys()].filter((name) => name.endsWith("Layer")));
    const others = [
      "MatMul",
      "MatMulInSlots",
      "SecretLinear",
      "PackChecked",
      "Pack",
      "PoseidonChain",
      "Commit",
    ];
    expect(NAMES).to.include.members([...others, "EvaluateWords", "CommitAndEvaluate", "Encrypt"]);
  });

  it("have no constraint but wires between instances", () => {
    expect(NAMES.flatMap(notWires)).to.deep.equal([]);
    for (const other of ["Product", "HornerStep", "Reciprocal", "Dense", "PackWord", "MaxOf", "MatMulBlock"])
      expect(notWires(other), other).not.to.deep.equal([]);
  });

  it("name every signal of every instance", () => {
    for (const { claims } of COMPOSED)
      for (const { template, signals, parameters } of claims.composes) {
        const inner = TEMPLATES.get(template);
        if (inner === undefined) expect.fail(`${claims.template}: there is no template ${template}`);
        expect(parameters.length, template).to.equal(inner.claims.parameters.length);
        const named = signals.map(({ name }) => name).sort();
        expect(named, `${template} in ${claims.template}`).to.deep.equal(
          [...inner.inputs, ...inner.outputs].sort(),
        );
      }
  });
});
