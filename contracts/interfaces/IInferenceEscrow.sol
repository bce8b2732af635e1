// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IModelRegistry} from "./IModelRegistry.sol";

/// @title Escrow that pays for proven inferences only
/// @notice A client locks a payment for the output of one model on one input. Whoever proves the output is paid; if
/// nobody does until the deadline, the client has the money back. A funded job has exactly two ends, and each gives
/// the job's whole money to one party:
/// `None -> Funded -> Fulfilled (payee gets amount + bond) | Refunded (client gets amount + bond)`.
/// A client that locks nothing signs a settlement instead, and pays in the transaction that proves the output:
/// `None -> Fulfilled (payee gets amount)`, see {settle}.
/// @dev Nobody owns, pauses or upgrades the escrow. The terms of a job travel in calldata; the escrow keeps one slot
/// a job, keyed by the job id, which is the hash of the terms and nothing else: a chain that changes its id keeps its
/// jobs. What is signed or proven is bound to chain and escrow, see {jobDigest}. Settled money waits in {balanceOf}
/// until it is withdrawn.
interface IInferenceEscrow {
    enum Status {
        None,
        Funded,
        Fulfilled,
        Refunded
    }

    /// @notice The terms of a job.
    /// @param modelId the model in the registry.
    /// @param inputCommitment the model's commitment to its input, a public signal.
    /// @param client who pays, and is refunded.
    /// @param provider who alone can be paid, 0 = whoever proves first. Closed jobs are for inputs that others, the
    /// client to begin with, could prove as well.
    /// @param token ERC-20 token of the payment, 0 = the native token.
    /// @param amount the payment.
    /// @param bond what the provider stakes, from its balance in the escrow; lost to the client if it does not prove.
    /// @param fundBy last second in which the job can be funded: how long the provider's signature is good for.
    /// @param fulfillBy last second in which the job can be fulfilled; from the next one on it can be refunded.
    /// @param callback contract to be told of the output, 0 = none.
    /// @param callbackGas what the callback may spend, at most {MAX_CALLBACK_GAS}.
    /// @param salt makes jobs of equal terms different.
    struct Job {
        bytes32 modelId;
        uint256 inputCommitment;
        address client;
        address provider;
        address token;
        uint256 amount;
        uint256 bond;
        uint64 fundBy;
        uint64 fulfillBy;
        address callback;
        uint32 callbackGas;
        bytes32 salt;
    }

    /// @notice How a client that has not funded its job pays when the job is settled.
    /// `None`: not at all, the job is funded. `Receive`: EIP-3009 with `r ‖ s ‖ v`. `ReceiveBytes`: EIP-3009 with a
    /// signature of any form, for smart accounts. `Allowance`: the client's EIP-712 signature (ECDSA or ERC-1271) of
    /// `Settlement(Job job)`, and an allowance of the escrow, by `approve` or by an EIP-2612 permit.
    enum Method {
        None,
        Receive,
        ReceiveBytes,
        Allowance
    }

    /// @notice What a client signs to pay for a job in the transaction that settles it, and in no other.
    /// @param method how the money is taken.
    /// @param validAfter of EIP-3009.
    /// @param validBefore of EIP-3009; with a permit, its deadline.
    /// @param signature EIP-3009's, of `job.amount` to the escrow with {settlementDigest} as nonce; or of that digest.
    /// @param permit EIP-2612's `r ‖ s ‖ v`, for `job.amount`; empty if there is an allowance.
    struct Authorization {
        Method method;
        uint256 validAfter;
        uint256 validBefore;
        bytes signature;
        bytes permit;
    }

    /// @notice One entry of {fulfillBatch} and {settleBatch}; the parameters of {fulfill}.
    struct Fulfillment {
        Job job;
        address payee;
        uint256[8] proof;
        uint256[] outputs;
    }

    /// @notice One entry of {fulfillMany} and {settleMany}: an answer without a proof of its own.
    struct Answer {
        Job job;
        address payee;
        uint256[] outputs;
    }

    /// @notice One proof of many answers.
    /// @param jobs how many jobs the proof is about, one of {IModelRegistry-batchSizes}. If there are fewer answers, the
    /// proof is about the last one again and again.
    /// @param commitment the proof's commitment to the public signals of all these jobs.
    /// @param proof see {IModelRegistry-verifyMany}.
    struct BatchProof {
        uint256 jobs;
        uint256 commitment;
        uint256[8] proof;
    }

    /// @notice The proofs of a model's segments, for one answer.
    /// @param proofs one for each segment, see {IModelRegistry-verifyPipeline}.
    /// @param edges the commitments to what each segment hands to the next, one less.
    struct PipelineProof {
        uint256[8][] proofs;
        uint256[] edges;
    }

    /// @notice A job is funded, or about to be settled in one step: then {Fulfilled} follows.
    event Requested(bytes32 indexed jobId, bytes32 indexed modelId, Job job);
    /// @notice A job is proven: `payee` has been credited amount + bond; of a job settled in one step, whose bond was
    /// not taken, the amount; nothing if {Withdrawn} follows at once.
    event Fulfilled(bytes32 indexed jobId, address indexed payee, uint256[] outputs);
    /// @notice A job is refunded: `client` has been credited amount + bond. `by` is the provider if it declined.
    event Refunded(bytes32 indexed jobId, address indexed client, address by);
    /// @notice The callback of a fulfilled job reverted or ran out of its gas.
    event CallbackFailed(bytes32 indexed jobId, address indexed callback);
    /// @notice Money was added to a balance from outside.
    event Deposited(address indexed account, address indexed token, uint256 amount);
    /// @notice Money left for `to`, from the account's balance or in {fulfillAndWithdraw}.
    event Withdrawn(address indexed account, address indexed token, uint256 amount, address to);

    /// @dev Only the client can spend its money, except by what it has signed.
    error NotClient(address client);
    /// @dev An amount of zero.
    error ZeroAmount();
    /// @dev The input commitment is not a field element: no proof could have it as a signal.
    error InvalidInputCommitment(uint256 inputCommitment);
    /// @dev The model is unknown, or does not have the signals `outputs…, inputCommitment, binding`.
    error UnsuitableModel(bytes32 modelId);
    /// @dev It is later than `fundBy`.
    error FundingClosed(uint64 fundBy);
    /// @dev `fulfillBy` is before `fundBy` or more than {MAX_LOCK} from now.
    error InvalidDeadline(uint64 fulfillBy);
    /// @dev An open job has nobody to put up a bond.
    error BondWithoutProvider(uint256 bond);
    /// @dev More than {MAX_CALLBACK_GAS}, or any without a callback.
    error CallbackGasTooHigh(uint32 callbackGas);
    /// @dev The job is not in the state `None` (when requested) or `Funded` (when fulfilled or refunded); or it is over
    /// when settled, or not funded and without an authorization.
    error InvalidStatus(bytes32 jobId, Status status);
    /// @dev The provider has not signed this job, which has a bond.
    error InvalidProviderSignature(address provider);
    /// @dev The client has not signed this settlement.
    error InvalidClientSignature(address client);
    /// @dev The signature is not `r ‖ s ‖ v`, 65 bytes.
    error InvalidSignatureLength(uint256 length);
    /// @dev A batch needs one authorization for each entry, if only one of {Method-None}.
    error AuthorizationCountMismatch(uint256 expected, uint256 actual);
    /// @dev The value sent is not the amount in the native token, or comes with a job in a token.
    error InvalidValue(uint256 expected, uint256 sent);
    /// @dev No contract is at the token's address.
    error NotAToken(address token);
    /// @dev The token moved another amount than it was told to (a fee, say).
    error InexactTransfer(address token, uint256 expected);
    /// @dev The account's balance in the escrow does not suffice.
    error BalanceTooLow(address account, address token, uint256 balance, uint256 needed);
    /// @dev It is later than `fulfillBy`.
    error FulfillmentClosed(bytes32 jobId, uint64 fulfillBy);
    /// @dev The job is closed and `payee` not its provider, or `payee` is 0.
    error InvalidPayee(bytes32 jobId, address payee);
    /// @dev The proof does not hold for this job, payee and outputs.
    error InvalidProof();
    /// @dev The transaction's gas does not suffice for the callback's share.
    error InsufficientCallbackGas(bytes32 jobId);
    /// @dev A batch needs at least one entry.
    error EmptyBatch();
    /// @dev The proof is about fewer jobs than there are answers.
    error TooManyAnswers(uint256 jobs, uint256 answers);
    /// @dev The model has another number of output words.
    error OutputCountMismatch(bytes32 jobId, uint256 expected, uint256 actual);
    /// @dev All jobs of a batch are of one model.
    error MixedModels(bytes32 expected, bytes32 actual);
    /// @dev It is not later than `fulfillBy`, and the sender is not the job's provider.
    error RefundNotDue(bytes32 jobId, uint64 fulfillBy);
    /// @dev Money cannot be withdrawn to 0 or to the escrow.
    error InvalidRecipient(address to);

    /// @notice Funds a job in the native token (`msg.value`) or in a token that the client has approved.
    /// @param providerSignature the provider's EIP-712 signature of the job (ECDSA or ERC-1271), given once it has
    /// the input and found it provable. Read only if the job has a bond.
    /// @return jobId see {hashJob}.
    function request(
        Job calldata job,
        bytes calldata providerSignature
    ) external payable returns (bytes32 jobId);

    /// @notice Funds a job in a token with EIP-2612: tries the permit, then transfers.
    /// @dev A permit that somebody else has used up already does no harm: the allowance is there.
    function requestWithPermit(
        Job calldata job,
        bytes calldata providerSignature,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (bytes32 jobId);

    /// @notice Funds a job in a token with EIP-3009: the client's `ReceiveWithAuthorization` of `job.amount` to the
    /// escrow, with {jobDigest} as nonce. Anyone can send it: the client needs no gas.
    function requestWithAuthorization(
        Job calldata job,
        bytes calldata providerSignature,
        uint256 validAfter,
        uint256 validBefore,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (bytes32 jobId);

    /// @notice Funds a job from the client's balance in the escrow.
    function requestFromBalance(
        Job calldata job,
        bytes calldata providerSignature
    ) external returns (bytes32 jobId);

    /// @notice Fulfills a job: pays `payee` for a proof of the output, until `job.fulfillBy`. Open to anyone: the proof
    /// itself names the payee, so that it is of no use to whoever copies it.
    /// @param proof see {IModelRegistry-verify}; its public signals are `outputs…, inputCommitment, binding`.
    /// @param outputs the model's packed output words.
    function fulfill(
        Job calldata job,
        address payee,
        uint256[8] calldata proof,
        uint256[] calldata outputs
    ) external;

    /// @notice Fulfills many jobs of one model for a fraction of the gas each, or none of them.
    function fulfillBatch(Fulfillment[] calldata fulfillments) external;

    /// @notice Fulfills a job and pays its payee, the sender, at once, without touching its balance.
    /// @param to who receives amount + bond.
    function fulfillAndWithdraw(
        Job calldata job,
        uint256[8] calldata proof,
        uint256[] calldata outputs,
        address to
    ) external;

    /// @notice Funds and fulfills a job in one step: the client has signed and locks nothing. A job that is funded
    /// already is fulfilled, and the authorization left alone. Open to anyone.
    /// @dev The authorization is of no use without a valid proof. It can be taken back while the transaction waits, with
    /// the output in public: see docs/security.md, "A settlement can be canceled".
    /// @param payee who is credited `job.amount`.
    function settle(
        Job calldata job,
        Authorization calldata authorization,
        address payee,
        uint256[8] calldata proof,
        uint256[] calldata outputs
    ) external;

    /// @notice Settles many jobs of one model, funded ones and others, or none of them.
    function settleBatch(
        Fulfillment[] calldata fulfillments,
        Authorization[] calldata authorizations
    ) external;

    /// @notice Fulfills many jobs of one model by one proof, or none of them. The model has a key for proofs of that many
    /// jobs, see {IModelRegistry-registerSet}.
    function fulfillMany(Answer[] calldata answers, BatchProof calldata proof) external;

    /// @notice Settles many jobs of one model by one proof, funded ones and others, or none of them.
    function settleMany(
        Answer[] calldata answers,
        Authorization[] calldata authorizations,
        BatchProof calldata proof
    ) external;

    /// @notice As {fulfill}, for a model that is proven in segments, see {IModelRegistry-registerPipeline}.
    function fulfillPipeline(
        Job calldata job,
        address payee,
        PipelineProof calldata proof,
        uint256[] calldata outputs
    ) external;

    /// @notice As {settle}, for a model that is proven in segments.
    function settlePipeline(
        Job calldata job,
        Authorization calldata authorization,
        address payee,
        PipelineProof calldata proof,
        uint256[] calldata outputs
    ) external;

    /// @notice Refunds a job: anyone can after `job.fulfillBy`, the provider at any time (it declines).
    function refund(Job calldata job) external;

    /// @notice Adds money to the sender's balance, for bonds and for {requestFromBalance}.
    function deposit(address token, uint256 amount) external payable;

    /// @notice Pays out money of the sender's balance.
    function withdraw(address token, uint256 amount, address to) external;

    /// @notice The id of a job: EIP-712's hash of the struct. It says nothing of chain and escrow, and never changes.
    function hashJob(Job calldata job) external pure returns (bytes32 jobId);

    /// @notice The EIP-712 digest of a job on this chain as it is: what a provider signs to put up its bond, the nonce
    /// of {requestWithAuthorization}, and what proofs are bound to.
    function jobDigest(bytes32 jobId) external view returns (bytes32 digest);

    /// @notice The EIP-712 digest of `Settlement(Job job)` on this chain as it is: what a client signs to pay by
    /// {settle}, and the nonce of EIP-3009 there.
    function settlementDigest(bytes32 jobId) external view returns (bytes32 digest);

    /// @notice The public signal that binds a proof to a job, on this chain as it is, and to a payee:
    /// `uint256(keccak256(abi.encode(jobDigest(jobId), payee))) >> 8`.
    function bindingOf(bytes32 jobId, address payee) external view returns (uint256 binding);

    /// @notice Whether the job is fulfilled with just these output words.
    function isResult(bytes32 jobId, uint256[] calldata outputs) external view returns (bool);

    /// @notice The job's status and, once fulfilled, the first 31 bytes of `keccak256(abi.encodePacked(outputs))`.
    function jobState(bytes32 jobId) external view returns (Status status, bytes31 resultHash);

    /// @notice What the account can withdraw.
    function balanceOf(address account, address token) external view returns (uint256 amount);

    /// @notice The registry whose models are paid for.
    function registry() external view returns (IModelRegistry);

    /// @notice The longest time that money can be locked, in seconds.
    function MAX_LOCK() external view returns (uint256); // solhint-disable-line func-name-mixedcase

    /// @notice The most gas that a callback can be given.
    function MAX_CALLBACK_GAS() external view returns (uint256); // solhint-disable-line func-name-mixedcase
}
