import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeIntegerModel, type CircuitOptions, type IntegerModel } from "../../src/pipeline/integerModel.js";
import { importModel, type ImportedModel } from "../../src/import/importModel.js";
import { loadSamples, type Samples } from "../../src/import/samples/loadSamples.js";

// The small models of test/fixtures/cases whose numbers were once wrong; its README says what is right.

const folder = fileURLToPath(new URL("../fixtures/cases", import.meta.url));

/** A model and its samples, as files of the folder. */
interface NumberCase {
  readonly name: string;
  readonly model: string;
  readonly samples: string;
}

const loose = (name: string): NumberCase => ({ name, model: `${name}.onnx`, samples: `${name}.json` });
const own = (name: string): NumberCase => ({
  name,
  model: join(name, "model.onnx"),
  samples: join(name, "samples.npz"),
});
const exported = (name: string): NumberCase => ({ name, model: `${name}.pt2`, samples: "sp.npz" });

export const numberCases: readonly NumberCase[] = [
  loose("avgpool_edge_conv"),
  loose("concat_skip_conv"),
  own("div_naive_softmax"),
  own("div_sum_eps"),
  own("eps_l2norm_one_zero_sample"),
  own("eps_log_abs"),
  own("forecast_argmax"),
  own("input_offset_layernorm"),
  own("input_offset_tabular"),
  loose("log_sum_exp"),
  loose("mul_mask0"),
  loose("onehot_negative"),
  loose("silent_by_argmax"),
  loose("softmax_computed_mask"),
  exported("sp"),
  exported("sp.core"),
  loose("two_tables_one_input"),
];

export interface BuiltCase {
  readonly model: ImportedModel;
  readonly samples: Samples;
  readonly built: IntegerModel;
}

/** A case as integers, by default as `torch2circom:build` makes it. */
export async function buildCase(name: string, options: Partial<CircuitOptions> = {}): Promise<BuiltCase> {
  const files = numberCases.find((entry) => entry.name === name)!;
  const model = await importModel(join(folder, files.model));
  const samples = await loadSamples(join(folder, files.samples), model.graph);
  const built = makeIntegerModel(model, samples, { input: "committed", output: "public", ...options });
  return { model, samples, built };
}
