import { emptyTask, task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NewTaskActionFunction, NewTaskDefinitionBuilder, TaskDefinition } from "hardhat/types/tasks";

/** A task's command line: `<positional> [options]`, and the file with its action. */
interface Declaration {
  readonly description: string;
  readonly positional?: readonly [name: string, description: string];
  readonly options?: Readonly<Record<string, string>>;
  readonly flags?: Readonly<Record<string, string>>;
  /** Its arguments are those declared here, under the names that the action's file gives them. */
  readonly action: () => Promise<{ default: Action }>;
}

type Action = (args: never, hre: HardhatRuntimeEnvironment) => Promise<void>;

const bits = {
  inputBits: "Bits of an input, 2 to 16 (default 8, or as many more as the accuracy needs)",
  weightBits: "Bits of a weight, 2 to 16 (default 8, or as many more as the accuracy needs)",
  activationBits: "Bits of an activation, 2 to 16 (default 8, or as many more as the accuracy needs)",
};
const samples = "Typical inputs: .npz, .npy, .json, or a folder with <input>.npy and optionally labels.npy";
const maxError =
  "Per cent of its range by which an output may be off on the samples (default: any, with a notice)";
const size = "Sizes of axes that the file leaves open, by their names: t=16, or t=16,h=8";
const percentile =
  "Per cent of the samples by whose values ranges are chosen; beyond, activations are saturated (default 100)";
const account = "Number of the account in the network's configuration (default 0)";
const model = ["model", "Name of a built model"] as const;
const job = ["job", "Id of a job, or the path of its file"] as const;

const declarations: Readonly<Record<string, Declaration>> = {
  inspect: {
    description: "Shows what a model file holds, whether it can be built, and what its circuit would cost",
    positional: ["file", "A .pt2 or .onnx file"],
    options: { samples: `${samples} (default: made-up inputs, for a guess at costs)`, size },
    action: () => import("./inspect.js"),
  },
  evaluate: {
    description:
      "Compares a model's integer program with its float model on samples, without building a circuit",
    positional: ["file", "A .pt2 or .onnx file"],
    options: { samples, ...bits, maxError, percentile, size },
    action: () => import("./evaluate.js"),
  },
  calibrate: {
    description: "Searches the bits with which a model has the fewest constraints within a loss of accuracy",
    positional: ["file", "A .pt2 or .onnx file"],
    options: {
      samples,
      size,
      maxAccuracyDrop:
        "Points that may be lost (default 0.5): of accuracy, per cent of the mean squared error, or of agreement",
    },
    action: () => import("./calibrate.js"),
  },
  build: {
    description: "Makes a circuit, keys and a Solidity verifier from a model",
    positional: ["model", "A .pt2 or .onnx file, or the name of a model in the configuration"],
    options: {
      samples,
      name: "Name of the build (default: the file's)",
      input:
        "What a proof shows of its input: committed (default), evaluated (for contracts that have it) or public",
      weights: "public (default): constants of the circuit; private: secret, with a public commitment",
      output:
        "What a proof shows of its output: public (default), argmax, or committed (a hash, opened off chain)",
      ...bits,
      ptau: "A prepared powers-of-tau file; without it the key is for local chains only",
      maxError,
      percentile,
      size,
      lowestBit:
        "expression (default) or wire: a circuit that tools for under-constrained signals decide more of",
      ptauSha256:
        "The sha256 that this file must have; without it the powers are verified, which can take minutes",
    },
    action: () => import("./build.js"),
  },
  prove: {
    description: "Proves a model's answer on a sample, or on a job's input",
    positional: model,
    options: {
      samples: "The file of samples",
      index: "Which sample (default 0)",
      job: "Instead of a sample: a job's id or file",
      payee: "With --job: the address that the proof is to pay",
      out: "File for the proof (default: proof.json in the build's folder)",
    },
    action: () => import("./prove.js"),
  },
  verify: {
    description: "Verifies a proof, off chain, and with --network by the registry too",
    positional: model,
    options: { proof: "The proof's file (default: proof.json in the build's folder)" },
    action: () => import("./verify.js"),
  },
  attack: {
    description: "Forges witnesses of a built circuit, and shows what its constraints refuse",
    positional: model,
    options: {
      samples: "The file of samples: one is attacked, others lend parts of their witnesses",
      index: "Which sample (default 0)",
      seconds: "Time for all attacks; a random search takes what the directed ones leave (default 30)",
      other: "A model file with other weights, whose answers must be refused",
      size,
    },
    action: () => import("./attack.js"),
  },
  deploy: {
    description: "Deploys the model registry and the escrow",
    options: { account },
    action: () => import("./deploy.js"),
  },
  register: {
    description: "Registers a built model, so that its proofs can be paid for",
    positional: model,
    options: { account, uri: "Where clients find the manifest (default: its sha256)" },
    flags: {
      allowSingleContributor: "Register a key that one contributor alone has made, on a public chain",
    },
    action: () => import("./register.js"),
  },
  request: {
    description: "Commits to a sample and locks a payment for the model's answer on it",
    positional: model,
    options: {
      samples: "The file of samples",
      index: "Which sample (default 0)",
      amount: "The payment, in the chain's coin or in whole tokens: 0.01",
      token: "Address of an ERC-20 token to pay in (default: the chain's coin)",
      provider: "The only address that can be paid (default: whoever proves first)",
      seconds: "Until the payment can be had back (default 3600)",
      account,
    },
    action: () => import("./request.js"),
  },
  fulfill: {
    description: "Proves the answer that a job asks for and collects the payment",
    positional: job,
    options: { account },
    action: () => import("./fulfill.js"),
  },
  refund: {
    description: "Gives a job's money back to its client, once its deadline is over",
    positional: job,
    options: { account },
    action: () => import("./refund.js"),
  },
  withdraw: {
    description: "Pays out an account's balance in the escrow",
    options: {
      token: "Address of an ERC-20 token (default: the chain's coin)",
      to: "Who receives it (default: the account itself)",
      account,
    },
    action: () => import("./withdraw.js"),
  },
  status: {
    description: "Shows what became of a job",
    positional: job,
    action: () => import("./status.js"),
  },
};

/** Every task under two spellings: `torch2circom:build` and `torch2circom build`. */
export const tasks: TaskDefinition[] = [
  emptyTask("torch2circom", "PyTorch models as Circom circuits, and payment for proven inferences").build(),
  ...Object.entries(declarations).flatMap(([name, declaration]) => [
    define(`torch2circom:${name}`, declaration),
    define(["torch2circom", name], declaration),
  ]),
];

function define(id: string | string[], { description, positional, options, flags, action }: Declaration) {
  let builder = task(id, description) as NewTaskDefinitionBuilder;
  if (positional !== undefined) {
    builder = builder.addPositionalArgument({ name: positional[0], description: positional[1] });
  }
  for (const [name, text] of Object.entries(options ?? {})) {
    builder = builder.addOption({
      name,
      description: text,
      type: ArgumentType.STRING_WITHOUT_DEFAULT,
      defaultValue: undefined,
    });
  }
  for (const [name, text] of Object.entries({
    ...flags,
    json: "Print one JSON value on stdout and nothing else",
  })) {
    builder = builder.addFlag({ name, description: text });
  }
  const guarded = async () => {
    const [{ default: run }, { withFailures }] = await Promise.all([action(), import("./failures.js")]);
    return { default: withFailures(run as NewTaskActionFunction) };
  };
  return builder.setAction(guarded).build();
}
