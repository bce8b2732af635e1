// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title What an evaluator needs of an ERC-8183 job contract
/// @notice Text of 2026: the evaluator alone completes a submitted job, and the contract then pays the job's provider.
interface IERC8183 {
    /// @notice Completes a submitted job. Reverts unless the sender is its evaluator.
    function complete(uint256 jobId, bytes32 reason, bytes calldata optParams) external;
}
