// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {InputEvaluation} from "../libraries/InputEvaluation.sol";
import {OutputCodec} from "../libraries/OutputCodec.sol";

/// @title Publishes a model's score of data that is on chain
/// @notice An example of {InputEvaluation}, without an escrow. A reporter brings data, in calldata, together with the
/// proven score of a model (of a market's risk, say) on just this data. What is trusted is the data; the score is not
/// the reporter's to choose. For a model with private weights it would also have to compare their commitment, the
/// last of `outputs`, with that of its policy.
contract RiskFeed {
    /// @notice What this feed publishes.
    struct Policy {
        IModelRegistry registry;
        bytes32 modelId;
        uint256 inputWords;
        OutputCodec.Schema score;
        address reporter;
    }

    /// @notice What this feed publishes.
    Policy public policy;
    /// @notice The score of the latest data.
    int256 public score;

    /// @notice A model has scored this data.
    event Scored(uint256[] data, int256 score);

    /// @dev Data is the reporter's to bring.
    error NotReporter(address sender);
    /// @dev These outputs are not proven to be the model's on this data.
    error InvalidProof();

    constructor(Policy memory policy_) {
        policy = policy_;
    }

    /// @notice Publishes the score of new data.
    /// @param data the model's packed input words.
    /// @param commitment the commitment to them that the proof shows.
    /// @param outputs the model's output words.
    /// @param proof see {IModelRegistry-verify}. It is bound to nothing, since nobody else can use it here.
    function update(
        uint256[] calldata data,
        uint256 commitment,
        uint256[] calldata outputs,
        uint256[8] calldata proof
    ) external {
        // Reject other reporters: anyone could find data with the score that they like.
        if (msg.sender != policy.reporter) revert NotReporter(msg.sender);
        uint256[] memory signals = InputEvaluation.signals(outputs, commitment, data, policy.inputWords, 0);
        // Reject outputs of another model, or of other data.
        if (!policy.registry.verify(policy.modelId, proof, signals)) revert InvalidProof();
        score = OutputCodec.decodeAt(outputs, policy.score, 0);
        emit Scored(data, score);
    }
}
