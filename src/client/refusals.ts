/** What an error of a contract means, and what to do about it. */
export type Refusal = readonly [meaning: string, remedy: string];

const DEFECT = "This is not to happen: please report it.";
const SIGN_AGAIN = "Sign this very job again, for this chain and escrow.";
const CHECK_OUTPUTS =
  "Take the words from `Fulfilled` or the proof, and the schema from the model's manifest.";

/** Every error that a contract of this package can revert with, by its declaration. */
export const REFUSALS: Readonly<Record<string, Refusal>> = {
  // ModelRegistry
  "UnsupportedChain()": [
    "the chain cannot check proofs",
    "Choose a chain with the precompiled contracts of EIP-196 and EIP-197.",
  ],
  "InvalidKeyLength(uint256 length)": [
    "the verification key has a wrong length",
    "Register the key of a build with a committed input, by encodeVerificationKey.",
  ],
  "InvalidG1Point(uint256 offset)": [
    "the verification key holds a point that is not on the curve",
    "Build the model again: its verification key is damaged.",
  ],
  "InvalidG2Point()": [
    "the verification key holds a point outside of its group",
    "Build the model again: its verification key is damaged.",
  ],
  "UncontributedKey()": [
    "nobody contributed to the key",
    "Its setup had no contribution, so anyone could forge proofs: build the model again.",
  ],
  "KeyNotStored()": [
    "the chain does not store the verification key",
    "It limits code further than Ethereum does. Build with fewer outputs (--output committed), or choose another chain.",
  ],
  "UnknownModel(bytes32 modelId)": [
    "the model is not registered",
    "Register the model first (torch2circom:register).",
  ],
  "SignalCountMismatch(uint256 expected, uint256 actual)": [
    "the number of public signals is not the model's",
    "Prove again with the build that is registered.",
  ],
  "InvalidBatch(uint256 proofs, uint256 signals)": [
    "the batch is empty, or has another number of signals than of proofs",
    "Give one list of signals for each proof.",
  ],
  "NoBatchKeys()": ["the set of keys has no batch key", "Register a model with one key by registerModel."],
  "InvalidBatchSize(uint256 jobs)": [
    "the numbers of jobs of the batch keys do not ascend, or one is below 2",
    "Give one key for each number of jobs, in ascending order.",
  ],
  "SharedDelta(uint256 key, uint256 otherKey)": [
    "two keys of the model come from the same contribution",
    "Anyone could forge with both proving keys: make one of them anew, with randomness of its own.",
  ],
  "UnknownBatchSize(bytes32 modelId, uint256 jobs)": [
    "the model has no key for proofs of this many jobs",
    "Choose a number of jobs that the model is registered for (ModelRegistry.batchSizes).",
  ],
  "WordCountMismatch(uint256 expected, uint256 actual)": [
    "the number of words is not that of the proof's jobs",
    "Give the public signals of each job, one job after the other.",
  ],
  "WrongKind(bytes32 modelId, uint8 kind)": [
    "a model of this kind is not proven like this",
    "Use fulfillPipeline or settlePipeline for a model that is proven in segments (kind 3), and for no other.",
  ],
  "InvalidSegmentCount(uint256 segments)": [
    "a pipeline has 2 to 255 segments",
    "Cut the model into fewer segments, or register a model with one key by registerModel.",
  ],
  "InvalidSegmentKey(uint256 segment, uint256 key)": [
    "the number of a segment's key is out of order, or the key is that of the first or the last segment",
    "Number the keys in the order of their first use. The first and the last segment have keys of their own.",
  ],
  "KeyCountMismatch(uint256 expected, uint256 actual)": [
    "the segments use another number of keys than there are",
    "Give just the keys that the segments use, in the order of their first use.",
  ],
  "PipelineTooLong(uint256 limit, uint256 length)": [
    "the pipeline's keys do not fit in the code of an account",
    "Cut the model into fewer segments, or build it with fewer outputs (--output committed).",
  ],
  "SegmentCountMismatch(uint256 expected, uint256 proofs, uint256 edges)": [
    "the number of proofs or edges is not that of the model's segments",
    "Give one proof for each segment, and one edge less.",
  ],

  // InferenceEscrow: terms
  "NotClient(address client)": [
    "only the job's client can spend its money",
    "Send it from the client's account (--account).",
  ],
  "ZeroAmount()": ["the amount is zero", "Choose an amount above zero."],
  "InvalidInputCommitment(uint256 inputCommitment)": [
    "the input commitment is not a field element",
    "Compute it by inputCommitment, from the model's manifest.",
  ],
  "UnsuitableModel(bytes32 modelId)": [
    "the model is not registered, or has no committed input",
    "Register the model first (torch2circom:register), built with a committed input.",
  ],
  "FundingClosed(uint64 fundBy)": [
    "the last second in which the job could be funded is over",
    "Request again with a later deadline.",
  ],
  "InvalidDeadline(uint64 fulfillBy)": [
    "the deadline is too early or too late",
    "Choose a deadline within 90 days, not before the last second of funding.",
  ],
  "BondWithoutProvider(uint256 bond)": [
    "an open job has nobody to put up a bond",
    "Name the provider (--provider), or request without a bond.",
  ],
  "CallbackGasTooHigh(uint32 callbackGas)": [
    "the callback's gas is too high, or there is no callback",
    "Choose at most 2,000,000, and 0 without a callback.",
  ],
  // InferenceEscrow: funding
  "InvalidStatus(bytes32 jobId, uint8 status)": [
    "the job is not in the state for this",
    "A job is funded once, and settled once: see torch2circom:status.",
  ],
  "InvalidProviderSignature(address provider)": [
    "the provider has not signed this job, which has a bond",
    `Ask the provider for another offer (torch2circom:accept). ${SIGN_AGAIN}`,
  ],
  "InvalidClientSignature(address client)": [
    "the client has not signed this settlement",
    "The client has to sign the settlement of this very job, for this chain and escrow (authorizeSettlement).",
  ],
  "InvalidSignatureLength(uint256 length)": [
    "a signature does not have 65 bytes",
    "Give r, s and v, or choose the method for signatures of smart accounts (receive-bytes).",
  ],
  "AuthorizationCountMismatch(uint256 expected, uint256 actual)": [
    "a batch needs one authorization for each of its entries",
    "Give an authorization for each; the empty one for a job that is funded.",
  ],
  "InvalidValue(uint256 expected, uint256 sent)": [
    "the value that was sent is not the amount",
    "Send just the amount in the native token, and nothing with a job in another token.",
  ],
  "NotAToken(address token)": [
    "there is no contract at the token's address",
    "Check the address, and the chain.",
  ],
  "InexactTransfer(address token, uint256 expected)": [
    "the token moved another amount than it was told to",
    "Choose a token that moves what it is told to, without a fee.",
  ],
  "BalanceTooLow(address account, address token, uint256 balance, uint256 needed)": [
    "the account's balance in the escrow does not suffice",
    "Deposit into the escrow first, or ask for less. A provider's bond comes from its balance.",
  ],
  // InferenceEscrow: settling
  "FulfillmentClosed(bytes32 jobId, uint64 fulfillBy)": [
    "the deadline is over",
    "The client can be refunded (torch2circom:refund).",
  ],
  "InvalidPayee(bytes32 jobId, address payee)": [
    "this account cannot be paid for the job",
    "Only the provider that the job names can be paid.",
  ],
  "InvalidProof()": [
    "the proof does not hold",
    "Prove again for this very job and payee, with the key that is registered.",
  ],
  "InsufficientCallbackGas(bytes32 jobId)": [
    "the transaction has too little gas for the job's callback",
    "Send it with a higher gas limit: the callback's gas comes on top.",
  ],
  "EmptyBatch()": ["the batch is empty", "Give at least one fulfillment."],
  "TooManyAnswers(uint256 jobs, uint256 answers)": [
    "there are more answers than the proof is about",
    "Give the answers that were proven together.",
  ],
  "OutputCountMismatch(bytes32 jobId, uint256 expected, uint256 actual)": [
    "the number of output words is not the model's",
    "Prove again with the build that is registered.",
  ],
  "MixedModels(bytes32 expected, bytes32 actual)": [
    "the batch has jobs of several models",
    "Settle the jobs of each model in a batch of their own.",
  ],
  "RefundNotDue(bytes32 jobId, uint64 fulfillBy)": [
    "the deadline is not over",
    "Wait for the deadline; before it, only the provider can decline.",
  ],
  "InvalidRecipient(address to)": [
    "the recipient is the zero address or the escrow",
    "Choose another recipient (--to).",
  ],

  // OpenZeppelin, in the escrow and the factories
  "SafeERC20FailedOperation(address token)": [
    "the token refused a transfer, and gave no reason",
    "Check the balance and the allowance in this token, and that it is an ERC-20 token.",
  ],
  "ReentrancyGuardReentrantCall()": [
    "a token or a recipient called the escrow back",
    "Choose a token and a recipient that do not.",
  ],
  "FailedCall()": [
    "the recipient does not take native tokens",
    "Choose another recipient (--to): a contract needs a receive function.",
  ],
  "InsufficientBalance(uint256 balance, uint256 needed)": ["the escrow has too little", DEFECT],
  "InvalidShortString()": ["a text of the contract is not one", DEFECT],
  "StringTooLong(string str)": ["a text of the contract is too long", DEFECT],
  "CloneArgumentsTooLong()": ["the evaluator's arguments are too long", DEFECT],
  "Create2EmptyBytecode()": ["the evaluator has no code", DEFECT],
  "FailedDeployment()": [
    "the evaluator could not be made",
    "It may be there already, or the gas limit is too low: look at its address, and send more gas.",
  ],

  // Tokens by OpenZeppelin (ERC-6093 and others), whose errors the escrow passes on
  "ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)": [
    "the payer has too little of the token",
    "Get more of the token, or offer less.",
  ],
  "ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)": [
    "the allowance of the token does not suffice",
    "Approve the escrow for the amount: requestInference does.",
  ],
  "ERC20InvalidApprover(address approver)": ["the token refuses the approver", "Use another account."],
  "ERC20InvalidReceiver(address receiver)": ["the token refuses the recipient", "Choose another recipient."],
  "ERC20InvalidSender(address sender)": ["the token refuses the sender", "Use another account."],
  "ERC20InvalidSpender(address spender)": ["the token refuses the spender", "Use another token."],
  "ERC2612ExpiredSignature(uint256 deadline)": ["the permit has expired", "Sign another permit."],
  "ERC2612InvalidSigner(address signer, address owner)": ["the permit is not the owner's", SIGN_AGAIN],
  "ERC3009InvalidAuthorizationTime(uint256 validAfter, uint256 validBefore)": [
    "the authorization is not valid at this time",
    "Sign another one: it ends with the job's fundBy.",
  ],
  "ERC3009InvalidSignature()": ["the authorization is not the client's", SIGN_AGAIN],
  "ERC3009UsedAuthorization(address authorizer, bytes32 nonce)": [
    "the authorization is used up or canceled",
    "See torch2circom:status; the client can request another job.",
  ],
  "EnforcedPause()": ["the token is paused", "Wait, or choose another token."],

  // Adapters
  "ModelNotFound(uint256 modelId)": ["the model is not known here", "Register it, then introduce it here."],
  "NotModelOwner(uint256 modelId, address caller)": ["the model has no owner", "Nobody can change it."],
  "DeprecatedModel(uint256 modelId)": ["the model is deprecated", "Choose another model."],
  "KeyRequired(address models)": [
    "models are registered in the registry, with their keys",
    "Register the model there (torch2circom:register), then introduce it here.",
  ],
  "ModelMismatch()": ["the proof holds for another model", "Prove with the model that is asked for."],
  "InputCommitmentMismatch()": ["the proof holds for another input", "Prove the input that is committed to."],
  "OutputMismatch()": ["the output is not of the model's form", CHECK_OUTPUTS],
  "UnsupportedProofSystem(bytes4 proofSystemId)": ["the proof system is not known", "Use Groth16 on BN254."],
  "VerificationRefused_ModelDeprecated(uint256 modelId)": [
    "the model is deprecated",
    "Choose another model.",
  ],

  // Libraries and consumers
  "MissingWords(uint256 expected, uint256 actual)": ["there are too few output words", CHECK_OUTPUTS],
  "InvalidWord(uint256 index)": ["an output word is larger than its integers", CHECK_OUTPUTS],
  "IndexOutOfRange(uint256 index)": ["the model has no output of this index", CHECK_OUTPUTS],
  "WrongWordCount(uint256 expected, uint256 actual)": [
    "the number of input words is not the model's",
    "Pack the input by packInputs, with the model's manifest.",
  ],
  "WordTooLarge(uint256 index)": [
    "an input word has more than 248 bits",
    "Pack the input by packInputs, with the model's manifest.",
  ],
  "NotEscrow(address sender)": [
    "only the escrow can bring a result",
    "Bring it by claimResult, which asks the escrow.",
  ],
  "NotPending(bytes32 jobId)": [
    "the job was not requested by this contract, or its result has been used",
    "See torch2circom:status.",
  ],
  "NotResult(bytes32 jobId)": ["these words are not the job's result", CHECK_OUTPUTS],
};
