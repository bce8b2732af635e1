// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IInferenceCallback} from "./interfaces/IInferenceCallback.sol";
import {IInferenceEscrow} from "./interfaces/IInferenceEscrow.sol";

/// @title Base of contracts that act on a proven inference
/// @notice Requests jobs as their client and callback, and passes on the outputs of its own jobs only, once each. A
/// result whose callback failed, for lack of gas say, is not lost: anyone can bring it with {claimResult}.
abstract contract InferenceConsumer is IInferenceCallback {
    /// @notice The escrow that this contract requests from and believes.
    IInferenceEscrow public immutable escrow;

    /// @notice Whether the job is one of this contract's and its result has not come yet.
    mapping(bytes32 jobId => bool) public isPending;

    /// @dev Only the escrow knows of results.
    error NotEscrow(address sender);
    /// @dev The job was not requested here, or its result has been used.
    error NotPending(bytes32 jobId);
    /// @dev The escrow does not know these words as the job's result.
    error NotResult(bytes32 jobId);

    constructor(IInferenceEscrow escrow_) {
        escrow = escrow_;
    }

    /// @inheritdoc IInferenceCallback
    function onInference(bytes32 jobId, uint256[] calldata outputs) external {
        // Reject other callers: they could invent the outputs.
        if (msg.sender != address(escrow)) revert NotEscrow(msg.sender);
        _use(jobId, outputs);
    }

    /// @notice Brings the result of a fulfilled job whose callback failed.
    function claimResult(bytes32 jobId, uint256[] calldata outputs) external {
        // Reject words that are not the job's result: the sender chose them.
        if (!escrow.isResult(jobId, outputs)) revert NotResult(jobId);
        _use(jobId, outputs);
    }

    /// @dev Requests a job that this contract pays for: in native tokens that it has, or in a token for which the
    /// escrow has its allowance. `job.client` and `job.callback` are set here.
    function _requestInference(
        IInferenceEscrow.Job memory job,
        bytes memory providerSignature
    ) internal returns (bytes32 jobId) {
        job.client = address(this);
        job.callback = address(this);
        uint256 value = job.token == address(0) ? job.amount : 0;
        jobId = escrow.request{value: value}(job, providerSignature);
        isPending[jobId] = true;
    }

    /// @dev What to do with the outputs of an own job. A revert leaves the job pending.
    function _onResult(bytes32 jobId, uint256[] calldata outputs) internal virtual;

    function _use(bytes32 jobId, uint256[] calldata outputs) private {
        // Reject other clients' jobs: they can name this contract as their callback, with any input and model.
        if (!isPending[jobId]) revert NotPending(jobId);
        isPending[jobId] = false;
        _onResult(jobId, outputs);
    }
}
