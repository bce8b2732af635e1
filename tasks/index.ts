import { task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { NewTaskActionFunction, NewTaskDefinitionBuilder, TaskDefinition } from "hardhat/types/tasks";
import { trustDeclarations } from "./ceremony/declarations.js";
import { serviceDeclarations } from "./service/declarations.js";
import { whole, type Declaration, type Option } from "./declaration.js";
import { INPUT_MODES, SHOWN_OUTPUTS, WEIGHT_MODES } from "../src/program/modes.js";

const bits = {
  inputBits: "Bits of an input, 2 to 16 (default: 8, or as many more as the accuracy needs)",
  weightBits: "Bits of a weight, 2 to 16 (default: 8, or as many more as the accuracy needs)",
  activationBits: "Bits of an activation, 2 to 16 (default: 8, or as many more as the accuracy needs)",
};
const modes = {
  input: `What a proof shows of its input: ${INPUT_MODES.join(", ")} (default: committed)`,
  weights: `Where weights are: ${WEIGHT_MODES.join(", ")} (default: public, as constants of the circuit; private: a secret, with a public commitment)`,
  output: `What a proof shows of its output: ${SHOWN_OUTPUTS.join(", ")} (default: public; committed: a hash, opened off chain; encrypted: words that client and provider read)`,
};
const samples =
  "Typical inputs: .npz, .npy, .json, or a folder with <input>.npy and optionally labels.npy (required unless configured)";
const maxError =
  "Percent of its range by which an output may be off on the samples (default: any, with a notice)";
const size = "Sizes of axes that the file leaves open, by their names: t=16, or t=16,h=8";
const percentile =
  "Percent of the samples by whose values ranges are chosen; activations beyond are saturated (default: 100)";
const account = whole("Number of the account in the network's configuration", 0);
const sending = {
  confirmations: whole("Blocks that must hold the transaction or follow it", 1),
  timeout: whole("Seconds after which to give up waiting; the transaction may still be mined", 600),
};
const index = whole("Which sample", 0);
const source = ["model", "A .pt2 or .onnx file, or the name of a model in the configuration"] as const;
const model = ["model", "Name of a built model"] as const;
const job = ["job", "Id of a job, or the path of its file"] as const;

const declarations: Readonly<Record<string, Declaration>> = {
  inspect: {
    description: "Shows what a model file holds, whether it can be built, and what its circuit would cost",
    positional: source,
    options: {
      samples:
        "Typical inputs, for costs and errors as a build has them (default: made-up inputs, for a guess at costs)",
      size,
    },
    action: () => import("./inspect.js"),
  },
  estimate: {
    description:
      "Shows what a build would take on this machine, and its proofs: rows, memory, time, key, gas, powers of tau",
    positional: source,
    options: {
      samples:
        "Typical inputs, for the numbers of a build (default: the configuration's, else made-up inputs, for a guess)",
      ...modes,
      ...bits,
      percentile,
      size,
    },
    action: () => import("./estimate.js"),
  },
  evaluate: {
    description:
      "Compares a model's integer program with its float model on samples, without building a circuit",
    positional: source,
    options: { samples, ...bits, maxError, percentile, size },
    action: () => import("./evaluate.js"),
  },
  calibrate: {
    description: "Searches the bits with which a model has the fewest constraints within a loss of accuracy",
    positional: source,
    options: {
      samples,
      size,
      heldOut: "Percent of the samples that only confirm the choice (default: 25 of 16 samples or more)",
      seconds: "Seconds after which the search ends with what it has (default: 300 choices)",
      maxAccuracyDrop: {
        description:
          "Points that may be lost: of accuracy, percent of the mean squared error, or of agreement",
        type: "FLOAT",
        defaultValue: 0.5,
      },
    },
    action: () => import("./calibrate.js"),
  },
  build: {
    description: "Makes a circuit, keys and a Solidity verifier from a model",
    positional: source,
    options: {
      samples,
      card: "Names of features, classes and tokens, for people: a JSON file (default: the configuration's, else those of the samples)",
      name: "Name of the build (default: the file's)",
      ...modes,
      ...bits,
      batch:
        "Numbers of jobs that one proof can settle, each with a key of its own: 8, or 8,32 (default: the configuration's)",
      segments:
        "Cut the model into segments, each with a circuit and a key of its own: 4, rows=2^17 at most, or auto (default: the configuration's)",
      ptau: "Powers of tau: hermez (the smallest file of that public ceremony that fits, downloaded once), or a prepared file, or its url; without it the key is for local chains only",
      maxError,
      percentile,
      size,
      lowestBit:
        "expression (default) or wire: a circuit that tools for under-constrained signals decide more of",
      ptauSha256:
        "The sha256 that this file must have; required for a url; without it the powers are verified once, which can take minutes",
    },
    flags: {
      anyway: "Build although memory or disk would not suffice by the estimate",
      force:
        "Replace a key that has a contribution or is registered; the old one is kept in keys/ of the build",
      check:
        "Compile the whole circuit with circom as well, and compare its constraints and a witness with the build's",
    },
    action: () => import("./build.js"),
  },
  report: {
    description: "Draws the report of a build as a page, which needs no network and runs no script",
    positional: model,
    flags: { open: "Open the page in the browser" },
    action: () => import("./report.js"),
  },
  ptau: {
    description:
      "Gets powers of tau as a build takes them, ahead of it, and checks them: a download is done once for all projects",
    positional: [
      "power",
      "For circuits of up to 2^power rows: torch2circom:estimate says which a model needs",
    ],
    options: {
      ptau: "hermez, a prepared file, or its url (default: the configuration's, else hermez)",
      ptauSha256: "The sha256 that the file must have; required for a url",
    },
    action: () => import("./ptau.js"),
  },
  prove: {
    description: "Proves a model's answer on a sample, or on a job's input",
    positional: model,
    options: {
      samples,
      index,
      job: "Instead of a sample: a job's id or file",
      payee: "With --job: the address that the proof is to pay",
      segment:
        "With --job, of a model in segments: which to prove, 1 or 1,3 or all; proofs go into the job's file",
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
      samples,
      index,
      seconds: whole("Seconds for all attacks; a random search takes what the directed ones leave", 30),
      other: "A model file with other weights, whose answers must be refused",
      size,
    },
    action: () => import("./attack.js"),
  },
  deploy: {
    description: "Deploys the model registry and the escrow",
    options: { account },
    flags: {
      fundFactory:
        "Pay for the factory of deterministic addresses where the chain has none: up to 0.01 of the native token",
    },
    action: () => import("./deploy.js"),
  },
  register: {
    description: "Registers a built model, so that its proofs can be paid for",
    positional: model,
    options: {
      account,
      ...sending,
      uri: "Where clients find the manifest: its hash is added (default: the hash alone)",
    },
    flags: {
      allowSingleContributor: "Register a key that one contributor alone has made, on a public chain",
    },
    action: () => import("./register.js"),
  },
  request: {
    description: "Commits to a sample and locks a payment for the model's answer on it",
    positional: model,
    options: {
      samples,
      index,
      amount: "Required: the payment, in the native token or in whole tokens: 0.01",
      token: "Address of an ERC-20 token to pay in (default: the chain's native token)",
      provider:
        'The only address that can be paid, or "anyone" (default: the provider in the configuration, else whoever proves first)',
      bond: "With --draft: what the provider stakes, in the unit of the amount",
      offer: "Instead of a sample and terms: the file of a draft that its provider has accepted",
      seconds: whole("Seconds until the payment can be refunded", 3600),
      account,
      ...sending,
    },
    flags: {
      draft: "Only write the job's file, for its provider to accept",
      allowSingleContributor:
        "Pay for proofs under a key that one contributor alone has made, on a public chain",
    },
    action: () => import("./request.js"),
  },
  accept: {
    description: "Signs a provider's offer for a job that a client has drafted",
    positional: job,
    options: { account },
    flags: {
      deposit: "Put what is missing of the bond into the escrow",
      anyway: "Accept although the deadline is close, or the payment does not cover the gas",
    },
    action: () => import("./accept.js"),
  },
  fulfill: {
    description:
      "Proves the answers that jobs ask for and collects the payments: several of one model by one proof, if it has batches",
    variadic: ["jobs", "Ids of jobs, or the paths of their files"],
    options: {
      account,
      proofs: "Files of the job from machines that have proven segments of it: a.json, or a.json,b.json",
      ...sending,
    },
    flags: { anyway: "Prove although the deadline is close, or the payment does not cover the gas" },
    action: () => import("./fulfill.js"),
  },
  refund: {
    description: "Refunds a job to its client once its deadline has passed",
    positional: job,
    options: { account, ...sending },
    action: () => import("./refund.js"),
  },
  resume: {
    description:
      "Goes on with a request, a fulfillment or a refund that was interrupted; nothing is paid twice",
    positional: job,
    options: sending,
    flags: { bump: "Send a transaction that waits again, in its place, with a higher fee" },
    action: () => import("./resume.js"),
  },
  withdraw: {
    description: "Pays out an account's balance in the escrow",
    options: {
      amount: "A part of it, in the native token or in whole tokens (default: all)",
      token: "Address of an ERC-20 token (default: the chain's native token)",
      to: "Who receives it (default: the account itself)",
      account,
      ...sending,
    },
    action: () => import("./withdraw.js"),
  },
  list: {
    description: "Lists builds and their keys",
    action: () => import("./list.js"),
  },
  jobs: {
    description: "Lists jobs, what can be done about each, and what the escrow owes to the account",
    options: {
      account,
      blocks: whole(
        "Blocks that are searched for jobs of the network's accounts without a file here",
        10_000,
      ),
    },
    action: () => import("./jobs.js"),
  },
  status: {
    description: "Shows the state of a job, and its answer",
    positional: job,
    flags: { watch: "Look again until the job is fulfilled or refunded, and show each change" },
    action: () => import("./status.js"),
  },
};

export const tasks: TaskDefinition[] = Object.entries({
  ...declarations,
  ...trustDeclarations,
  ...serviceDeclarations,
}).map(([name, declaration]) => define(`torch2circom:${name}`, declaration));

function define(
  id: string,
  { description, positional, variadic, options, flags, action }: Declaration,
): TaskDefinition {
  let builder = task(id, description);
  if (positional !== undefined) {
    builder = builder.addPositionalArgument({ name: positional[0], description: positional[1] });
  }
  if (variadic !== undefined)
    builder = builder.addVariadicArgument({
      name: variadic[0],
      description: variadic[1],
      ...(variadic[2] !== undefined && { defaultValue: variadic[2] }),
    });
  for (const [name, option] of Object.entries(options ?? {})) builder = withOption(builder, name, option);
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

function withOption(
  builder: NewTaskDefinitionBuilder,
  name: string,
  option: Option,
): NewTaskDefinitionBuilder {
  if (typeof option === "string") {
    const type = ArgumentType.STRING_WITHOUT_DEFAULT;
    return builder.addOption({ name, description: option, type, defaultValue: undefined });
  }
  const { description, defaultValue } = option;
  return builder.addOption({ name, description, type: ArgumentType[option.type], defaultValue });
}
