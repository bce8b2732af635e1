// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Jobs} from "./escrow/Jobs.sol";
import {Settling} from "./escrow/Settling.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";

/// @title Escrow that pays for proven inferences only
/// @notice See {IInferenceEscrow}.
/// @dev Settling writes the job's last state first and verifies against the registry, which is known code without
/// state. Only then do tokens, native or not, come in or go out, behind the guard of {Ledger}. The callback is called
/// last; it may use the escrow like anyone else.
contract InferenceEscrow is Settling {
    constructor(IModelRegistry registry_) Jobs(registry_) {}

    /// @notice See {IInferenceEscrow-fulfill}.
    function fulfill(
        Job calldata job,
        address payee,
        uint256[8] calldata proof,
        uint256[] calldata outputs
    ) external {
        (bytes32 jobId, ) = _end(job, _fulfilled(outputs), false);
        _verify(jobId, job, payee, proof, outputs);
        _pay(jobId, job, payee, job.amount + job.bond, outputs);
        _callBack(jobId, job, outputs);
    }

    /// @notice See {IInferenceEscrow-fulfillAndWithdraw}.
    function fulfillAndWithdraw(
        Job calldata job,
        uint256[8] calldata proof,
        uint256[] calldata outputs,
        address to
    ) external {
        (bytes32 jobId, ) = _end(job, _fulfilled(outputs), false);
        _verify(jobId, job, msg.sender, proof, outputs);
        emit Fulfilled(jobId, msg.sender, outputs);
        _payOut(job.token, job.amount + job.bond, to);
        _callBack(jobId, job, outputs);
    }

    /// @notice See {IInferenceEscrow-fulfillBatch}.
    function fulfillBatch(Fulfillment[] calldata fulfillments) external {
        (bytes32[] memory jobIds, ) = _proveBatch(fulfillments, false);
        _callBackAll(jobIds, fulfillments);
    }

    /// @notice See {IInferenceEscrow-settle}.
    function settle(
        Job calldata job,
        Authorization calldata authorization,
        address payee,
        uint256[8] calldata proof,
        uint256[] calldata outputs
    ) external {
        (bytes32 jobId, bool isOpen) = _end(job, _fulfilled(outputs), true);
        _verify(jobId, job, payee, proof, outputs);
        if (isOpen) _take(jobId, job, authorization, payee, outputs);
        else _pay(jobId, job, payee, job.amount + job.bond, outputs);
        _callBack(jobId, job, outputs);
    }

    /// @notice See {IInferenceEscrow-settleBatch}.
    function settleBatch(
        Fulfillment[] calldata fulfillments,
        Authorization[] calldata authorizations
    ) external {
        _checkCount(fulfillments.length, authorizations.length);
        (bytes32[] memory jobIds, bool[] memory isOpen) = _proveBatch(fulfillments, true);
        for (uint256 i = 0; i < jobIds.length; ++i) {
            Fulfillment calldata entry = fulfillments[i];
            if (isOpen[i]) _take(jobIds[i], entry.job, authorizations[i], entry.payee, entry.outputs);
        }
        _callBackAll(jobIds, fulfillments);
    }

    /// @notice See {IInferenceEscrow-fulfillMany}.
    function fulfillMany(Answer[] calldata answers, BatchProof calldata proof) external {
        (bytes32[] memory jobIds, ) = _proveMany(answers, proof, false);
        _callBackAll(jobIds, answers);
    }

    /// @notice See {IInferenceEscrow-settleMany}.
    function settleMany(
        Answer[] calldata answers,
        Authorization[] calldata authorizations,
        BatchProof calldata proof
    ) external {
        _checkCount(answers.length, authorizations.length);
        (bytes32[] memory jobIds, bool[] memory isOpen) = _proveMany(answers, proof, true);
        for (uint256 i = 0; i < jobIds.length; ++i) {
            Answer calldata entry = answers[i];
            if (isOpen[i]) _take(jobIds[i], entry.job, authorizations[i], entry.payee, entry.outputs);
        }
        _callBackAll(jobIds, answers);
    }

    /// @notice See {IInferenceEscrow-fulfillPipeline}.
    function fulfillPipeline(
        Job calldata job,
        address payee,
        PipelineProof calldata proof,
        uint256[] calldata outputs
    ) external {
        (bytes32 jobId, ) = _end(job, _fulfilled(outputs), false);
        _verifyPipeline(jobId, job, payee, proof, outputs);
        _pay(jobId, job, payee, job.amount + job.bond, outputs);
        _callBack(jobId, job, outputs);
    }

    /// @notice See {IInferenceEscrow-settlePipeline}.
    function settlePipeline(
        Job calldata job,
        Authorization calldata authorization,
        address payee,
        PipelineProof calldata proof,
        uint256[] calldata outputs
    ) external {
        (bytes32 jobId, bool isOpen) = _end(job, _fulfilled(outputs), true);
        _verifyPipeline(jobId, job, payee, proof, outputs);
        if (isOpen) _take(jobId, job, authorization, payee, outputs);
        else _pay(jobId, job, payee, job.amount + job.bond, outputs);
        _callBack(jobId, job, outputs);
    }

    /// @notice See {IInferenceEscrow-refund}.
    function refund(Job calldata job) external {
        (bytes32 jobId, ) = _end(job, bytes32(uint256(Status.Refunded)), false);
        // Reject a refund before the deadline, except by the provider, who may decline.
        if (block.timestamp <= job.fulfillBy && msg.sender != job.provider) {
            revert RefundNotDue(jobId, job.fulfillBy);
        }
        _credit(job.client, job.token, job.amount + job.bond);
        emit Refunded(jobId, job.client, msg.sender);
    }

    /// @notice Ends the jobs, pays those that are funded, and verifies all.
    /// @param oneStep whether a job may be unfunded.
    /// @return jobIds the jobs' ids.
    /// @return isOpen the jobs that are unfunded: the caller takes their payment, and pays it.
    function _proveBatch(
        Fulfillment[] calldata fulfillments,
        bool oneStep
    ) private returns (bytes32[] memory jobIds, bool[] memory isOpen) {
        uint256 count = fulfillments.length;
        // Reject an empty batch: the first entry names the model.
        if (count == 0) revert EmptyBatch();
        jobIds = new bytes32[](count);
        isOpen = new bool[](count);
        uint256[8][] memory proofs = new uint256[8][](count);
        uint256[][] memory signals = new uint256[][](count);
        bytes32 modelId = fulfillments[0].job.modelId;
        for (uint256 i = 0; i < count; ++i) {
            Fulfillment calldata entry = fulfillments[i];
            // Reject mixed models: one product of pairings has one verification key.
            if (entry.job.modelId != modelId) revert MixedModels(modelId, entry.job.modelId);
            proofs[i] = entry.proof;
            (jobIds[i], isOpen[i]) = _endEntry(entry.job, entry.payee, entry.outputs, oneStep);
            signals[i] = _signals(jobIds[i], entry.job, entry.payee, entry.outputs);
        }
        // Reject the batch if any of its outputs is not proven.
        if (!registry.verifyBatch(modelId, proofs, signals)) revert InvalidProof();
    }

    /// @notice As {_proveBatch}, by one proof.
    function _proveMany(
        Answer[] calldata answers,
        BatchProof calldata proof,
        bool oneStep
    ) private returns (bytes32[] memory jobIds, bool[] memory isOpen) {
        uint256 count = answers.length;
        // Reject an empty batch: the first entry names the model.
        if (count == 0) revert EmptyBatch();
        // Reject more answers than the proof is about.
        if (count > proof.jobs) revert TooManyAnswers(proof.jobs, count);
        jobIds = new bytes32[](count);
        isOpen = new bool[](count);
        bytes32 modelId = answers[0].job.modelId;
        uint256[] memory words = new uint256[](registry.wordCount(modelId, proof.jobs));
        uint256 width = words.length / proof.jobs;
        for (uint256 i = 0; i < count; ++i) {
            Answer calldata entry = answers[i];
            // Reject mixed models: the proof is of one circuit.
            if (entry.job.modelId != modelId) revert MixedModels(modelId, entry.job.modelId);
            (jobIds[i], isOpen[i]) = _endEntry(entry.job, entry.payee, entry.outputs, oneStep);
            _placeAnswer(words, i * width, width, jobIds[i], entry);
        }
        _repeat(words, (count - 1) * width, width);
        // Reject the batch if any of its outputs is not proven.
        if (!registry.verifyMany(modelId, proof.jobs, proof.proof, proof.commitment, words))
            revert InvalidProof();
    }

    function _placeAnswer(
        uint256[] memory words,
        uint256 start,
        uint256 width,
        bytes32 jobId,
        Answer calldata answer
    ) private view {
        uint256 outputs = answer.outputs.length;
        // Reject another number of outputs: the words of one job would be read as those of the next.
        if (outputs + 2 != width) revert OutputCountMismatch(jobId, width - 2, outputs);
        _placeSignals(words, start, jobId, answer.job, answer.payee, answer.outputs);
    }

    /// @notice Fills the words up with copies of the last job's: nothing is paid for these.
    /// @param start where the last job's words are.
    function _repeat(uint256[] memory words, uint256 start, uint256 width) private pure {
        for (uint256 place = start + width; place < words.length; place += width) {
            assembly ("memory-safe") {
                let first := add(words, 0x20)
                mcopy(add(first, shl(5, place)), add(first, shl(5, start)), shl(5, width))
            }
        }
    }

    function _checkCount(uint256 entries, uint256 authorizations) private pure {
        // Reject another number of authorizations: each belongs to the entry at its place.
        if (authorizations != entries) revert AuthorizationCountMismatch(entries, authorizations);
    }

    function _callBackAll(bytes32[] memory jobIds, Fulfillment[] calldata fulfillments) private {
        for (uint256 i = 0; i < jobIds.length; ++i) {
            _callBack(jobIds[i], fulfillments[i].job, fulfillments[i].outputs);
        }
    }

    function _callBackAll(bytes32[] memory jobIds, Answer[] calldata answers) private {
        for (uint256 i = 0; i < jobIds.length; ++i) {
            _callBack(jobIds[i], answers[i].job, answers[i].outputs);
        }
    }
}
