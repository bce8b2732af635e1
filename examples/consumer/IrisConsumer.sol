// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {InferenceConsumer} from "torch2circom/contracts/InferenceConsumer.sol";
import {IInferenceEscrow} from "torch2circom/contracts/interfaces/IInferenceEscrow.sol";
import {OutputCodec} from "torch2circom/contracts/libraries/OutputCodec.sol";

/// @title Asks a model for a class, and remembers the proven answer
contract IrisConsumer is InferenceConsumer {
    bytes32 public immutable modelId;
    OutputCodec.Schema private _schema;
    uint256 private _asked;

    mapping(bytes32 jobId => int256 class) public classOf;

    event Classified(bytes32 indexed jobId, int256 class);

    constructor(
        IInferenceEscrow escrow_,
        bytes32 modelId_,
        OutputCodec.Schema memory schema
    ) InferenceConsumer(escrow_) {
        modelId = modelId_;
        _schema = schema;
    }

    /// @notice Pays for the class of the input behind this commitment.
    function ask(uint256 inputCommitment) external payable returns (bytes32 jobId) {
        IInferenceEscrow.Job memory job;
        job.modelId = modelId;
        job.inputCommitment = inputCommitment;
        job.amount = msg.value;
        job.fundBy = uint64(block.timestamp);
        job.fulfillBy = uint64(block.timestamp) + 1 hours;
        job.callbackGas = 100_000;
        job.salt = bytes32(_asked++);
        jobId = _requestInference(job, "");
    }

    /// @dev Called for jobs of this contract only, once each.
    function _onResult(bytes32 jobId, uint256[] calldata outputs) internal override {
        int256 class = OutputCodec.decodeAt(outputs, _schema, 0);
        classOf[jobId] = class;
        emit Classified(jobId, class);
    }
}
