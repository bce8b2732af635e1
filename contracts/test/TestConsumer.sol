// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {InferenceConsumer} from "../InferenceConsumer.sol";
import {IInferenceEscrow} from "../interfaces/IInferenceEscrow.sol";

/// @title A consumer that remembers its last result
/// @notice For tests.
contract TestConsumer is InferenceConsumer {
    /// @notice The last result's first word.
    uint256 public result;

    constructor(IInferenceEscrow escrow_) InferenceConsumer(escrow_) {}

    /// @notice Requests a job, in native tokens sent along or in tokens that it has.
    function ask(IInferenceEscrow.Job calldata job) external payable returns (bytes32 jobId) {
        if (job.token != address(0)) IERC20(job.token).approve(address(escrow), job.amount);
        return _requestInference(job, "");
    }

    function _onResult(bytes32, uint256[] calldata outputs) internal override {
        result = outputs[0];
    }
}
