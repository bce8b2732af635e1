// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title What a contract implements to be told of a proven inference
/// @notice Optional: a client can as well read the escrow, or its events.
interface IInferenceCallback {
    /// @notice Called by the escrow once the job is paid. Anyone can name any contract as callback of an own job:
    /// check that the sender is the escrow and that the job is one of yours (see {InferenceConsumer}).
    /// @dev The job has been paid whatever happens here: a revert only undoes this call.
    /// @param jobId the job, as {IInferenceEscrow-hashJob} gives it.
    /// @param outputs the model's packed output words.
    function onInference(bytes32 jobId, uint256[] calldata outputs) external;
}
