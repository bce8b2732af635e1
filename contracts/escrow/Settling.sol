// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IInferenceCallback} from "../interfaces/IInferenceCallback.sol";
import {Funding} from "./Funding.sol";

/// @title How one job ends
/// @notice Part of {InferenceEscrow}.
abstract contract Settling is Funding {
    /// @dev Covers what is spent between the check of the gas left and the callback: 2,600 for a cold account, and
    /// 2,600 more for the code that it delegates to (EIP-7702).
    uint256 private constant CALL_OVERHEAD = 6_000;

    /// @notice The one way into an end, out of `Funded` or, in one step, past it: there is no state in between that
    /// anybody could use.
    /// @param oneStep whether the job may be unfunded.
    /// @return jobId the job's id.
    /// @return isOpen whether it is unfunded: the caller takes its payment.
    function _end(Job calldata job, bytes32 end, bool oneStep) internal returns (bytes32 jobId, bool isOpen) {
        jobId = hashJob(job);
        bytes32 state = _states[jobId];
        isOpen = state != FUNDED;
        if (isOpen) {
            // Reject a job that is over, or that is not funded and has nothing to fund it.
            if (state != 0 || !oneStep) revert InvalidStatus(jobId, _statusOf(state));
            _checkTerms(job);
            _emitRequested(jobId, job);
        }
        _states[jobId] = end;
    }

    function _verify(
        bytes32 jobId,
        Job calldata job,
        address payee,
        uint256[8] calldata proof,
        uint256[] calldata outputs
    ) internal view {
        _checkPayee(jobId, job, payee);
        uint256[] memory signals = _signals(jobId, job, payee, outputs);
        // Reject outputs that are not proven to be this model's on this input, for this job and payee.
        if (!registry.verify(job.modelId, proof, signals)) revert InvalidProof();
    }

    /// @dev As {_verify}, by the proofs of a model's segments.
    function _verifyPipeline(
        bytes32 jobId,
        Job calldata job,
        address payee,
        PipelineProof calldata proof,
        uint256[] calldata outputs
    ) internal view {
        _checkPayee(jobId, job, payee);
        _verifySegments(job, proof, outputs, bindingOf(jobId, payee));
    }

    /// @dev Ends one job of a batch, and pays it if it is funded.
    function _endEntry(
        Job calldata job,
        address payee,
        uint256[] calldata outputs,
        bool oneStep
    ) internal returns (bytes32 jobId, bool isOpen) {
        (jobId, isOpen) = _end(job, _fulfilled(outputs), oneStep);
        _checkPayee(jobId, job, payee);
        if (!isOpen) _pay(jobId, job, payee, job.amount + job.bond, outputs);
    }

    /// @dev Takes the payment of a job that is proven, and pays it.
    function _take(
        bytes32 jobId,
        Job calldata job,
        Authorization calldata authorization,
        address payee,
        uint256[] calldata outputs
    ) internal {
        _collect(jobId, job, authorization);
        // A bond that was never taken is not paid.
        _pay(jobId, job, payee, job.amount, outputs);
    }

    function _verifySegments(
        Job calldata job,
        PipelineProof calldata proof,
        uint256[] calldata outputs,
        uint256 binding
    ) private view {
        // Reject outputs that are not proven, as in `_verify`. The registry gives each segment its signals.
        if (
            !registry.verifyPipeline(
                job.modelId,
                proof.proofs,
                proof.edges,
                outputs,
                job.inputCommitment,
                binding
            )
        ) revert InvalidProof();
    }

    function _checkPayee(bytes32 jobId, Job calldata job, address payee) private view {
        // Reject a late fulfillment: from the deadline on the client can have its money back.
        if (block.timestamp > job.fulfillBy) revert FulfillmentClosed(jobId, job.fulfillBy);
        // Reject another payee in a closed job: anyone who knows the input can prove.
        if (payee == address(0) || (job.provider != address(0) && payee != job.provider)) {
            revert InvalidPayee(jobId, payee);
        }
    }

    /// @dev The caller verifies the proof, before or after.
    function _pay(
        bytes32 jobId,
        Job calldata job,
        address payee,
        uint256 amount,
        uint256[] calldata outputs
    ) internal {
        _credit(payee, job.token, amount);
        emit Fulfilled(jobId, payee, outputs);
    }

    /// @dev Tells the job's callback, which can spend its gas in vain but cannot undo the payment.
    function _callBack(bytes32 jobId, Job calldata job, uint256[] calldata outputs) internal {
        address callback = job.callback;
        if (callback == address(0)) return;
        bytes memory data = abi.encodeCall(IInferenceCallback.onInference, (jobId, outputs));
        uint256 callbackGas = job.callbackGas;
        // Reject too little gas: a call gets at most 63/64 of what is left (EIP-150), so a sender could starve the
        // callback.
        if (gasleft() < (callbackGas * 64) / 63 + CALL_OVERHEAD) revert InsufficientCallbackGas(jobId);
        bool success;
        assembly ("memory-safe") {
            // No return data is copied, however much there is.
            success := call(callbackGas, callback, 0, add(data, 0x20), mload(data), 0, 0)
        }
        if (!success) emit CallbackFailed(jobId, callback);
    }
}
