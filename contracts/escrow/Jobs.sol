// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {IInferenceEscrow} from "../interfaces/IInferenceEscrow.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {BN254} from "../libraries/BN254.sol";

/// @title The escrow's jobs: their ids, terms and states
/// @notice Part of {InferenceEscrow}.
/// @dev A state is kept under the hash of the terms alone, so that a chain that changes its id still has its jobs.
/// What is signed or proven is bound to the chain as it is, and to this escrow, by the digests.
abstract contract Jobs is IInferenceEscrow, EIP712 {
    /// @notice See {IInferenceEscrow-MAX_LOCK}.
    uint256 public constant MAX_LOCK = 90 days;
    /// @notice See {IInferenceEscrow-MAX_CALLBACK_GAS}.
    uint256 public constant MAX_CALLBACK_GAS = 2_000_000;

    /// @dev The state of a job with the status `Funded`.
    bytes32 internal constant FUNDED = bytes32(uint256(Status.Funded));

    uint256 private constant JOB_LENGTH = 12 * 32;
    bytes32 private constant JOB_TYPEHASH = keccak256(
        "Job(bytes32 modelId,uint256 inputCommitment,address client,address provider,address token,uint256 amount,uint256 bond,uint64 fundBy,uint64 fulfillBy,address callback,uint32 callbackGas,bytes32 salt)"
    );
    bytes32 private constant SETTLEMENT_TYPEHASH = keccak256(
        "Settlement(Job job)Job(bytes32 modelId,uint256 inputCommitment,address client,address provider,address token,uint256 amount,uint256 bond,uint64 fundBy,uint64 fulfillBy,address callback,uint32 callbackGas,bytes32 salt)"
    );

    /// @notice See {IInferenceEscrow-registry}.
    IModelRegistry public immutable registry;

    /// @dev One slot a job: 31 bytes of the result's hash, then the status.
    mapping(bytes32 jobId => bytes32 state) internal _states;

    constructor(IModelRegistry registry_) EIP712("InferenceEscrow", "1") {
        registry = registry_;
    }

    /// @notice See {IInferenceEscrow-isResult}.
    function isResult(bytes32 jobId, uint256[] calldata outputs) external view returns (bool) {
        return _states[jobId] == _fulfilled(outputs);
    }

    /// @notice See {IInferenceEscrow-jobState}.
    function jobState(bytes32 jobId) external view returns (Status status, bytes31 resultHash) {
        bytes32 state = _states[jobId];
        return (_statusOf(state), bytes31(state));
    }

    /// @notice See {IInferenceEscrow-hashJob}.
    function hashJob(Job calldata job) public pure returns (bytes32 jobId) {
        bytes32 typeHash = JOB_TYPEHASH;
        assembly ("memory-safe") {
            // The terms in calldata are just the words that EIP-712 hashes; a copy costs less than to encode them.
            let start := mload(0x40)
            mstore(start, typeHash)
            calldatacopy(add(start, 0x20), job, JOB_LENGTH)
            jobId := keccak256(start, add(JOB_LENGTH, 0x20))
        }
    }

    /// @notice See {IInferenceEscrow-jobDigest}.
    function jobDigest(bytes32 jobId) public view returns (bytes32 digest) {
        return _hashTypedDataV4(jobId);
    }

    /// @notice See {IInferenceEscrow-settlementDigest}.
    function settlementDigest(bytes32 jobId) public view returns (bytes32 digest) {
        return _hashTypedDataV4(Hashes.efficientKeccak256(SETTLEMENT_TYPEHASH, jobId));
    }

    /// @notice See {IInferenceEscrow-bindingOf}.
    function bindingOf(bytes32 jobId, address payee) public view returns (uint256 binding) {
        // As `abi.encode` has them, a word each.
        bytes32 word = bytes32(uint256(uint160(payee)));
        return uint256(Hashes.efficientKeccak256(jobDigest(jobId), word)) >> 8;
    }

    /// @dev `emit Requested(jobId, job.modelId, job)` with a copy of the terms instead of their encoding.
    function _emitRequested(bytes32 jobId, Job calldata job) internal {
        bytes32 topic = Requested.selector;
        bytes32 modelId = job.modelId;
        assembly ("memory-safe") {
            let start := mload(0x40)
            calldatacopy(start, job, JOB_LENGTH)
            log3(start, JOB_LENGTH, topic, jobId, modelId)
        }
    }

    /// @dev Terms that no proof could meet, or that would lock the money for ever, are refused. Together with the
    /// callers this reads every field that is shorter than a word: Solidity reverts unless its other bits are zero,
    /// so that a job has one encoding, and one id.
    function _checkTerms(Job calldata job) internal view {
        // Reject a job that pays nothing.
        if (job.amount == 0) revert ZeroAmount();
        // Reject what the registry refuses as a signal.
        if (job.inputCommitment >= BN254.R) revert InvalidInputCommitment(job.inputCommitment);
        // Reject a late funding: with a bond, the client could otherwise wait until the deadline cannot be met.
        if (block.timestamp > job.fundBy) revert FundingClosed(job.fundBy);
        // Reject deadlines that leave no time to prove, or that lock the money for too long.
        if (job.fulfillBy < job.fundBy || job.fulfillBy > block.timestamp + MAX_LOCK) {
            revert InvalidDeadline(job.fulfillBy);
        }
        // Reject a bond that nobody puts up.
        if (job.provider == address(0) && job.bond != 0) revert BondWithoutProvider(job.bond);
        // Reject gas without a callback, and a callback that fits in no block: the job could not be fulfilled.
        if (job.callbackGas > (job.callback == address(0) ? 0 : MAX_CALLBACK_GAS)) {
            revert CallbackGasTooHigh(job.callbackGas);
        }
        // Reject models that lack an output, an input commitment or a binding.
        if (registry.signalCount(job.modelId) < 3) revert UnsuitableModel(job.modelId);
    }

    /// @dev The public signals in the circuit's order. Only the outputs are the sender's to choose.
    function _signals(
        bytes32 jobId,
        Job calldata job,
        address payee,
        uint256[] calldata outputs
    ) internal view returns (uint256[] memory signals) {
        signals = new uint256[](outputs.length + 2);
        _placeSignals(signals, 0, jobId, job, payee, outputs);
    }

    /// @dev Writes the public signals into `words` from index `start` on. The caller has made room for them.
    function _placeSignals(
        uint256[] memory words,
        uint256 start,
        bytes32 jobId,
        Job calldata job,
        address payee,
        uint256[] calldata outputs
    ) internal view {
        uint256 inputCommitment = job.inputCommitment;
        uint256 binding = bindingOf(jobId, payee);
        assembly ("memory-safe") {
            let place := add(add(words, 0x20), shl(5, start))
            let length := shl(5, outputs.length)
            calldatacopy(place, outputs.offset, length)
            mstore(add(place, length), inputCommitment)
            mstore(add(add(place, length), 0x20), binding)
        }
    }

    /// @dev The state of a job with this result.
    function _fulfilled(uint256[] calldata outputs) internal pure returns (bytes32 state) {
        return bytes31(keccak256(abi.encodePacked(outputs))) | bytes32(uint256(Status.Fulfilled));
    }

    function _statusOf(bytes32 state) internal pure returns (Status status) {
        return Status(uint8(uint256(state)));
    }
}
