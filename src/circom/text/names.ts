/**
 * The names that the text of a circuit has of its own, whatever the model: one table for all who write, read or feed
 * such a text. `src/checker` spells them again on purpose: it shares nothing with the other rooms.
 */

/** Signals of the main template beside the model's inputs. */
export const SIGNALS = {
  salt: "salt",
  challenge: "challenge",
  binding: "binding",
  weightWords: "weightWords",
  weightSalt: "weightSalt",
  weightCommitment: "weightCommitment",
  inputWords: "inputWords",
  inputEvaluation: "inputEvaluation",
  inputChallenge: "inputChallenge",
  inputCommitment: "inputCommitment",
  outputWords: "outputWords",
  outputCommitment: "outputCommitment",
  encryptedWords: "encryptedWords",
  /** Of a segment: the commitment to what it hands on, and its salt. */
  edge: "edge",
  edgeSalt: "edgeSalt",
  /** And the commitment that it opens, with its salt and the binding in it. */
  openedEdge: "openedEdge",
  openedSalt: "openedSalt",
  openedBinding: "openedBinding",
} as const;

/** Components of the main template that are not layers of the model. */
export const COMPONENTS = {
  bind: "bind",
  commit: "commit",
  weights: "weights",
  commitOutputs: "commitOutputs",
  encryptOutputs: "encryptOutputs",
  commitEdge: "commitEdge",
  openEdge: "openEdge",
} as const;

const EVALUATION = "wordsEvaluation";
const CHALLENGE = "wordsChallenge";
const COMMITMENT = "wordsCommitment";

/** What a batch has beside its jobs. */
export const BATCH = {
  commit: "allWords",
  evaluation: EVALUATION,
  challenge: CHALLENGE,
  commitment: COMMITMENT,
  /** Its public signals. */
  outputs: [EVALUATION, CHALLENGE, COMMITMENT],
} as const;

/** Templates that the text names whatever the model is, and those that a reader has to tell from the rest. */
export const TEMPLATES = {
  model: "Model",
  bind: "Bind",
  commit: "Commit",
  commitAndEvaluate: "CommitAndEvaluate",
  evaluate: "EvaluateWords",
  encrypt: "Encrypt",
  packInput: "PackChecked",
  packOutput: "Pack",
  wiring: "Wiring",
  secretLinear: "SecretLinear",
} as const;

/** Variables of nested loops, the outermost first. */
export const LOOP_VARIABLES = ["i", "j", "k", "l"] as const;

/** Words that Circom keeps for itself. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  ...["signal", "input", "output", "public", "template", "component", "var", "function", "return"],
  ...["if", "else", "for", "while", "do", "log", "assert", "include", "pragma", "circom"],
  ...["custom_templates", "parallel", "custom", "bus"],
]);

/** Names that no layer and no input of a model can have. */
export const RESERVED: ReadonlySet<string> = new Set([
  ...["main", TEMPLATES.model],
  ...Object.values(SIGNALS),
  ...Object.values(COMPONENTS),
  ...LOOP_VARIABLES,
]);

/** The elements of a tensor that cross between segments. */
export function crossed(tensor: number): string {
  return `tensor_${tensor}`;
}

/** Their words: a component that packs them, or the words alone. */
export function crossedWords(tensor: number): string {
  return `${crossed(tensor)}_words`;
}

/** Whether a name could be one of {@link crossed} or {@link crossedWords}. */
export function isCrossed(name: string): boolean {
  return /^tensor_\d+(_words)?$/.test(name);
}

/** A name of the model's circuit, for a job of a batch. */
export function ofJob(job: number, name: string): string {
  return `job${job}_${name}`;
}

/** The component that packs an output. */
export function outputPacker(output: number): string {
  return `output_${output}`;
}

/** The component that holds an input to its domain and packs it. */
export function inputPacker(signal: string): string {
  return `${signal}_words`;
}
