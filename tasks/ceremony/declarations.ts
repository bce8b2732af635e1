import { whole, type Declaration } from "../declaration.js";

const powersOfTau = {
  ptau: "Powers of tau: hermez for the smallest file of that public ceremony that serves, or a path (default: the configuration's)",
  ptauSha256:
    "The sha256 that this file must have; without it the powers are verified, which can take minutes",
};
const model = ["model", "Name of a built model"] as const;

/** The tasks by which nobody has to take a key on faith. */
export const trustDeclarations: Readonly<Record<string, Declaration>> = {
  "ceremony:init": {
    description:
      "Begins a ceremony: a key without contributions for each circuit of a build, for others to contribute to",
    positional: model,
    options: powersOfTau,
    action: () => import("./init.js"),
  },
  "ceremony:contribute": {
    description:
      "Contributes to the ceremony of a build on this machine, or takes in a contribution from another",
    positional: model,
    options: {
      from: "Files that contributors sent back, one for each circuit: digits-1.zkey (default: contribute here)",
      name: "What the contributor here wants to be called (default: anonymous)",
      entropy: "Anything you type here is mixed with the system's randomness",
    },
    action: () => import("./contribute.js"),
  },
  "ceremony:beacon": {
    description:
      "Announces public randomness of the future before the last contribution, or adds what was announced after it",
    positional: model,
    options: {
      announce:
        "Announce instead of adding: 3600 for a round of drand's quicknet in so many seconds, round=<number>, or block=<number> of the network",
      relay: "Address of a relay of drand (default: the public ones)",
      signature: "The signature of the announced round, for a machine without a network",
    },
    action: () => import("./beacon.js"),
  },
  "ceremony:verify": {
    description:
      "Verifies the ceremony of a build: its transcript, and its keys by two programs that share no code",
    positional: model,
    options: {
      ...powersOfTau,
      require: "Hashes of contributions that must be there, such as your own: h1,h2",
    },
    action: () => import("./verify.js"),
  },
  "ceremony:finalize": {
    description: "Verifies the ceremony of a build and makes its keys the build's",
    positional: model,
    options: powersOfTau,
    action: () => import("./finalize.js"),
  },
  "ceremony:serve": {
    description: "Coordinates the ceremony of a build over HTTP, with a page to contribute in a browser",
    positional: model,
    options: {
      host: "Address to listen at (default: 127.0.0.1, for this machine and a proxy on it)",
      port: whole("Port to listen at; 0 for any", 8017),
      turn: whole("Seconds for one contribution, with download and upload", 900),
    },
    flags: { proxy: "A proxy before the coordinator says whose request it is: X-Forwarded-For" },
    action: () => import("./serve.js"),
  },
  "ceremony:invite": {
    description:
      "Makes invitations for contributors over HTTP; from the first one on, nobody contributes without",
    positional: model,
    options: { count: whole("How many", 1) },
    action: () => import("./invite.js"),
  },
  "ceremony:transcript": {
    description: "Shows what happened in the ceremony of a build, line by line",
    positional: model,
    action: () => import("./transcript.js"),
  },
  audit: {
    description:
      "Shows, step by step, that a key is the circuit's of a model, and from a setup that nobody could cheat alone",
    positional: ["target", "Name of a build, or the path of a manifest.json or of a bundle (.tgz)"],
    options: {
      model: "The model's file (default: the configuration's, or the bundle's)",
      ...powersOfTau,
      require: "Hashes of contributions that must be there, such as your own: h1,h2",
      minContributions: whole("The fewest contributions that are enough, a beacon not counted", 1),
      modelId: "The id that the model should have",
      verifier: "Address of a deployed Solidity verifier, which has to be this build's",
    },
    flags: { quick: "Do not compile the whole circuit with circom as well" },
    action: () => import("../audit.js"),
  },
  bundle: {
    description: "Writes all that an audit of a build needs into one archive, for those without this project",
    positional: ["build", "Name of a built model"],
    options: {
      model: "The model's file (default: the configuration's)",
      out: "The file to write (default: <name>.tgz)",
    },
    action: () => import("../bundle.js"),
  },
};
