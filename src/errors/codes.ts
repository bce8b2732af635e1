/**
 * Every code of a {@link Torch2CircomError}, with what it means. Codes are stable: programs may depend on them, so a
 * code is never renamed, and never used for another kind of problem. `docs/errors.md` lists them.
 */
export const ERROR_CODES = {
  INVALID_ARGUMENT: "An option, an argument or a setting has a value that cannot be used",
  VARIABLE_MISSING: "A configuration variable has no value",
  INVALID_NAME: "A name cannot name a model, a file or a contract",
  FILE_NOT_READABLE: "A file is missing or cannot be read",
  FILE_NOT_WRITABLE: "A file cannot be written",
  FILE_DAMAGED: "A file does not hold what it should",
  DISK_FULL: "The disk has no space left; a build resumes where it stopped",
  DOWNLOAD_FAILED: "A file cannot be downloaded: the network, or the server, does not give it",
  OUT_OF_MEMORY: "The work needs more memory than the process has",

  MODEL_NOT_FOUND: "There is no model file or configured model of this name",
  MODEL_DAMAGED: "The file is not an exported model, or contradicts itself",
  MODEL_TOO_LARGE: "The model file exceeds the size limit",
  MODEL_OPEN_SIZE: "An axis of the model has no fixed size",
  MODEL_UNSUPPORTED: "The model uses operators that cannot be imported or proven",
  MODEL_NOT_FAITHFUL: "The integer model differs from the float model by more than --max-error",
  NUMBERS_TOO_LARGE: "Integers of the model would exceed the range of exact arithmetic",

  SAMPLES_INVALID: "Samples or labels are missing, or do not fit the model",
  INPUT_INVALID: "An input has the wrong shape, or a value outside the model's domain",
  OUTPUT_INVALID: "An output is not the one that was proven",
  WEIGHTS_MISSING: "The private weights of a build are missing or belong to another build",

  BUILD_NOT_FOUND: "There is no build of this name",
  BUILD_DAMAGED: "A file of the build is missing or was changed",
  BUILD_BUSY: "Another process builds this model",
  CIRCUIT_REFUSED: "The circuit compiler refuses the circuit",
  BUILD_TOO_LARGE: "A build would need more memory or disk than the machine has",
  CIRCUIT_TOO_LARGE: "The circuit has more constraints than one proof can hold",
  PTAU_INVALID: "The powers of tau are missing, damaged or too small",
  KEY_INVALID: "A key is missing, damaged or belongs to another circuit",
  PROVER_FAILED: "The prover cannot be run, fails, or gives a proof that does not verify",
  CEREMONY_INVALID: "A ceremony's transcript, key or contribution is not what it has to be",
  TURN_LOST: "A contributor was too slow, or the coordinator of the ceremony was started again",
  INVITATION_INVALID:
    "The coordinator of a ceremony asks for an invitation, and this is not one that is left",
  KEY_UNSAFE: "Somebody could forge proofs under this key, and the network is public",
  BEACON_INVALID: "A beacon is not out yet, or is not the one that was announced",
  KEY_KEPT: "A build would replace a key that can never be made again",
  NOT_COMPILED: "The package's contracts are not compiled",

  NETWORK_UNREACHABLE: "The network does not answer",
  CONFIRMATION_MISSING: "Something costs money that nobody has agreed to pay",
  CHAIN_UNSUPPORTED: "The chain lacks something that the contracts need",
  ACCOUNT_MISSING: "The network has no such account",
  INSUFFICIENT_FUNDS: "The account cannot pay for the transaction",
  ACTION_DENIED: "The owner of a wallet did not sign",
  TRANSACTION_REFUSED: "The node does not take a transaction: its nonce, its price or its gas",
  NODE_REFUSED: "The node or the wallet answers with an error of its own",
  NOT_DEPLOYED: "The contracts are not deployed on this chain",
  CONTRACT_FOREIGN: "A contract's code is not this package's, and could do anything with money",
  CONTRACT_REFUSED: "A contract reverted with one of its errors",
  INPUT_MODE_UNSUPPORTED: "The escrow cannot pay for this build's input mode",
  JOB_NOT_FOUND: "The job is not known here",
  JOB_DAMAGED: "The job's file is damaged",
  JOB_REFUSED: "The job cannot be fulfilled, refunded or read",
  LOGS_MISSING: "The node does not show a job's events",
  TRANSACTION_PENDING: "A transaction is sent, and it is not known whether it will be mined",
  TRANSACTION_DROPPED: "A transaction was sent, and the network has dropped it",
  TRANSACTION_REPLACED: "Another transaction of the account was mined in the place of one that was sent",
  NOTHING_TO_WITHDRAW: "The account has no balance in the escrow",

  DATABASE_UNAVAILABLE: "The service's database cannot be started or does not answer",
  SIGNER_BUSY: "Another process of the service signs with this account",
  SIGNER_SHARED: "Somebody else sends transactions of the service's account",

  INTERNAL_CHECK_FAILED: "A check of the product's own work failed: a defect, please report it",
  UNEXPECTED: "An error that the product does not know",
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;
