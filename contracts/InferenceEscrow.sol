// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Funding} from "./escrow/Funding.sol";
import {Jobs} from "./escrow/Jobs.sol";
import {IInferenceCallback} from "./interfaces/IInferenceCallback.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";

/// @title Escrow that pays for proven inferences only
/// @notice See {IInferenceEscrow}.
/// @dev Settling writes the job's last state first and verifies against the registry, which is known code without
/// state. Only then do tokens, native or not, come in or go out, behind the guard of {Ledger}. The callback is called
/// last; it may use the escrow like anyone else.
contract InferenceEscrow is Funding {
    /// @dev Covers what is spent between the check of the gas left and the callback: 2,600 for a cold account, and
    /// 2,600 more for the code that it delegates to (EIP-7702).
    uint256 private constant CALL_OVERHEAD = 6_000;

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
        if (isOpen) _collect(jobId, job, authorization);
        // A bond that was never taken is not paid.
        _pay(jobId, job, payee, isOpen ? job.amount : job.amount + job.bond, outputs);
        _callBack(jobId, job, outputs);
    }

    /// @notice See {IInferenceEscrow-settleBatch}.
    function settleBatch(
        Fulfillment[] calldata fulfillments,
        Authorization[] calldata authorizations
    ) external {
        uint256 count = fulfillments.length;
        // Reject another number of authorizations: each belongs to the fulfillment at its place.
        if (authorizations.length != count) revert AuthorizationCountMismatch(count, authorizations.length);
        (bytes32[] memory jobIds, bool[] memory isOpen) = _proveBatch(fulfillments, true);
        for (uint256 i = 0; i < count; ++i) {
            if (!isOpen[i]) continue;
            Fulfillment calldata entry = fulfillments[i];
            _collect(jobIds[i], entry.job, authorizations[i]);
            _pay(jobIds[i], entry.job, entry.payee, entry.job.amount, entry.outputs);
        }
        _callBackAll(jobIds, fulfillments);
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

    /// @notice The one way into an end, out of `Funded` or, in one step, past it: there is no state in between that
    /// anybody could use.
    /// @param oneStep whether the job may be unfunded.
    /// @return jobId the job's id.
    /// @return isOpen whether it is unfunded: the caller takes its payment.
    function _end(Job calldata job, bytes32 end, bool oneStep) private returns (bytes32 jobId, bool isOpen) {
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
    ) private view {
        _checkPayee(jobId, job, payee);
        uint256[] memory signals = _signals(jobId, job, payee, outputs);
        // Reject outputs that are not proven to be this model's on this input, for this job and payee.
        if (!registry.verify(job.modelId, proof, signals)) revert InvalidProof();
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
            (jobIds[i], signals[i], isOpen[i]) = _proveEntry(entry, oneStep);
        }
        // Reject the batch if any of its outputs is not proven.
        if (!registry.verifyBatch(modelId, proofs, signals)) revert InvalidProof();
    }

    function _proveEntry(
        Fulfillment calldata entry,
        bool oneStep
    ) private returns (bytes32 jobId, uint256[] memory signals, bool isOpen) {
        Job calldata job = entry.job;
        uint256[] calldata outputs = entry.outputs;
        (jobId, isOpen) = _end(job, _fulfilled(outputs), oneStep);
        _checkPayee(jobId, job, entry.payee);
        if (!isOpen) _pay(jobId, job, entry.payee, job.amount + job.bond, outputs);
        signals = _signals(jobId, job, entry.payee, outputs);
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
    ) private {
        _credit(payee, job.token, amount);
        emit Fulfilled(jobId, payee, outputs);
    }

    function _callBackAll(bytes32[] memory jobIds, Fulfillment[] calldata fulfillments) private {
        for (uint256 i = 0; i < jobIds.length; ++i) {
            _callBack(jobIds[i], fulfillments[i].job, fulfillments[i].outputs);
        }
    }

    /// @dev Tells the job's callback, which can spend its gas in vain but cannot undo the payment.
    function _callBack(bytes32 jobId, Job calldata job, uint256[] calldata outputs) private {
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
