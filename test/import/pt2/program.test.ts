import { expect } from "chai";
import { parsePythonJson } from "../../../src/import/pt2/json.js";
import { outputNames } from "../../../src/import/pt2/outputs.js";
import { modulePath, parseExportedProgram } from "../../../src/import/pt2/program.js";
import { clearError } from "../support.js";
import { float, programOf } from "./program.js";

describe("a torch.export program", () => {
  it("may hold Python's NaN and infinities outside of texts", () => {
    const json =
      '{"a": -Infinity, "b": [NaN, Infinity], "c": "-Infinity \\"NaN\\" \\\\", "d": 9223372036854775807}';
    expect(parsePythonJson(Buffer.from(json))).to.deep.equal({
      a: "-Infinity",
      b: ["NaN", "Infinity"],
      c: '-Infinity "NaN" \\',
      d: 2 ** 63,
    });
  });

  const stacks: [string, string][] = [
    ["L__self__,,net.Net;L__self___fc1,fc1,torch.nn.Linear", "fc1"],
    ["L__self__,,net.Net", ""],
    ["L__s___blocks_0_qkv,L['s'].blocks[0].qkv,torch.nn.Linear", "blocks.0.qkv"],
    ["fn_9,getattr(L['fn'], '9'),torch.nn.ELU", "9"],
    ["fn,L['fn'],torch.nn.Linear", ""],
    ["L__self___layer1_relu@1,layer1.relu,torch.nn.ReLU", "layer1.relu"],
  ];
  for (const [stack, path] of stacks) {
    it(`names "${path}" out of ${stack}`, () => {
      const node = { target: "", inputs: [], outputs: [], metadata: { nn_module_stack: stack } };
      expect(modulePath(node)).to.equal(path);
    });
  }

  it("names outputs after a dict's keys, else by number", () => {
    const { program } = programOf([], { x: float([1], 1) });
    expect(outputNames(program, [true])).to.deep.equal(["output"]);
    expect(outputNames(program, [true, true])).to.deep.equal(["output_0", "output_1"]);
    const out_spec = JSON.stringify([
      1,
      { type: "builtins.dict", context: '["logits", "value"]', children_spec: [] },
    ]);
    program.graph_module.module_call_graph = [{ fqn: "", signature: { out_spec } }];
    expect(outputNames(program, [true, true])).to.deep.equal(["logits", "value"]);
    // The first is None.
    expect(outputNames(program, [false, true])).to.deep.equal(["value"]);
    program.graph_module.module_call_graph = [{ fqn: "", signature: { out_spec: "{broken" } }];
    expect(outputNames(program, [true])).to.deep.equal(["output"]);
  });

  it("keeps nothing of the source code", () => {
    expect(
      JSON.stringify(programOf([["relu.default", { self: "%x" }]], { x: float([1], 1) })),
    ).not.to.contain("secret");
  });

  it("must be of a known schema", async () => {
    const json = { schema_version: { major: 9, minor: 1 } };
    expect((await clearError(() => parseExportedProgram(json, "m.pt2"))).problem).to.match(
      /lacks a valid "graph_module"/,
    );
    const graph = { nodes: [], tensor_values: {} };
    const whole = { ...json, graph_module: { graph, signature: { input_specs: [], output_specs: [] } } };
    expect((await clearError(() => parseExportedProgram(whole, "m.pt2"))).problem).to.match(
      /only major version 8/,
    );
  });
});
