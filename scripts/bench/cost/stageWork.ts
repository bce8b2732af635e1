import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathsIn } from "../../../src/artifacts/paths.js";
import { compileCircom } from "../../../src/circom/compile.js";
import { chooseProver } from "../../../src/groth16/chooseProver.js";
import { readVerificationKey } from "../../../src/groth16/files.js";
import { PROVER_THREAD } from "../../../src/groth16/prove.js";
import { setUp } from "../../../src/groth16/setup.js";
import { importModel } from "../../../src/import/importModel.js";
import { loadInputs, loadSamples } from "../../../src/import/samples/loadSamples.js";
import { decodePlan } from "../../../src/link/planFile.js";
import { LinkedWitness } from "../../../src/link/witness.js";
import { buildNetlist } from "../../../src/netlist/netlist.js";
import { buildModel } from "../../../src/pipeline/buildModel.js";
import { makeIntegerModel, writeIntegerModel } from "../../../src/pipeline/integerModel.js";
import { linkStage } from "../../../src/pipeline/linkStage.js";
import { askSecondOpinion } from "../../../src/pipeline/secondOpinion.js";
import { parseProgram } from "../../../src/program/serialize.js";
import type { Program } from "../../../src/program/types.js";
import { createProgress } from "../../../src/progress/progress.js";
import { ProcessPool } from "../../../src/progress/pool.js";
import { quantizeInputs } from "../../../src/quantize/inputs.js";
import { TRUST_WORK } from "./trustWork.js";
import { partOf, type ProvenPart } from "./parts.js";
import { silent, type Prepare, type StageName, type StageParameters } from "./types.js";

const MODES = { input: "committed", output: "public" } as const;

const optionsOf = ({ bits }: StageParameters) => ({
  ...MODES,
  ...(bits !== undefined && { inputBits: bits, weightBits: bits, activationBits: bits }),
});

/** Folders of compiled gadgets: one that both links share, one of the whole build. */
const gadgets = ({ folder }: StageParameters, whose: "link" | "build"): string =>
  join(folder, `gadgets-${whose}`);
const witnessFile = ({ folder }: StageParameters): string => join(folder, "witness.bin");

async function readProgram(parameters: StageParameters): Promise<Program> {
  const { program } = pathsIn(parameters.folder);
  return parseProgram(await readFile(program, "utf8"), program);
}

async function readPart(parameters: StageParameters): Promise<ProvenPart> {
  const program = await readProgram(parameters);
  return partOf(program, buildNetlist(program, MODES.input, MODES.output), parameters.part);
}

const link =
  (isWarm: boolean): Prepare =>
  async (parameters) => {
    const paths = pathsIn(parameters.folder);
    const cacheDir = gadgets(parameters, "link");
    if (!isWarm) await rm(cacheDir, { recursive: true, force: true });
    await rm(join(paths.folder, ".stages"), { recursive: true, force: true });
    const { circuit } = await readPart(parameters);
    return async () => {
      const { nonlinear, linear, wires } = await linkStage({ folder: paths.folder, circuit, cacheDir });
      // Beside the header, an .r1cs has 12 bytes per row, 36 per term and 8 per wire.
      const { size } = await stat(paths.r1cs);
      return { terms: Math.floor((size - 12 * (nonlinear + linear) - 8 * wires) / 36) };
    };
  };

const prove =
  (name: "snarkjs" | "rapidsnark", isWarm = false): Prepare =>
  async (parameters) => {
    const { zkey, verificationKey } = pathsIn(parameters.folder);
    const witness = new Uint8Array(await readFile(witnessFile(parameters)));
    const key = await readVerificationKey(verificationKey);
    const prover = await chooseProver({ prover: name }, { pool: new ProcessPool(PROVER_THREAD) });
    if (isWarm) await prover.prove(zkey, witness, key);
    return silent(() => prover.prove(zkey, witness, key));
  };

/** Of each stage. What one makes lies in the folder for the next. */
export const STAGE_WORK: Readonly<Record<StageName, Prepare>> = {
  ...TRUST_WORK,
  import:
    async ({ source, samples }) =>
    async () => {
      const model = await importModel(source);
      await loadSamples(samples, model.graph);
      return { weights: model.parameters };
    },
  quantize: async (parameters) => {
    const model = await importModel(parameters.source);
    const samples = await loadSamples(parameters.samples, model.graph);
    return async () => {
      const made = makeIntegerModel(model, samples, optionsOf(parameters));
      await writeIntegerModel(pathsIn(parameters.folder), "bench", model, made);
      const { domain, jobs } = partOf(made.program, made.netlist, parameters.part);
      return { rows: domain.rows, power: domain.power, ...(parameters.part && { jobs }) };
    };
  },
  "second opinion": async ({ folder }) => silent(() => askSecondOpinion(pathsIn(folder))),
  "link, cold": link(false),
  "link, warm": link(true),
  circom: async ({ folder }) =>
    silent(() => compileCircom({ main: pathsIn(folder).circuit, outDir: join(folder, "circom") })),
  key:
    async ({ folder }) =>
    async () => {
      const { zkey } = await setUp({ r1cs: pathsIn(folder).r1cs, outDir: folder });
      return { keyBytes: (await stat(zkey)).size };
    },
  witness: async (parameters) => {
    const program = await readProgram(parameters);
    const part = await readPart(parameters);
    const inputs = program.inputs.map(({ name, shape }) => ({ id: name, dtype: "float" as const, shape }));
    const samples = await loadInputs(parameters.samples, inputs);
    return silent(async () => {
      const jobs = Array.from({ length: Math.min(part.jobs, samples.count) }, (_, job) => {
        const sample = new Map(inputs.map(({ id }) => [id, samples.inputs.get(id)![job]]));
        return quantizeInputs(program, sample);
      });
      const { input, values } = part.given(jobs);
      const path = pathsIn(parameters.folder).witness;
      const generator = await LinkedWitness.load(decodePlan(await readFile(path), path));
      await writeFile(witnessFile(parameters), generator.calculate(input, values));
    });
  },
  snarkjs: prove("snarkjs"),
  "snarkjs, warm": prove("snarkjs", true),
  rapidsnark: prove("rapidsnark"),
  "file to key": async (parameters) => {
    const { source, samples } = parameters;
    const folder = join(parameters.folder, "build");
    const cacheDir = gadgets(parameters, "build");
    for (const path of [folder, cacheDir]) await rm(path, { recursive: true, force: true });
    return silent(async () => {
      const options = { ...optionsOf(parameters), name: "bench", source, samples, cacheDir };
      const verifier = join(folder, "Verifier.sol");
      await buildModel({ ...options, paths: pathsIn(folder), verifier }, createProgress({ silent: true }));
    });
  },
};
