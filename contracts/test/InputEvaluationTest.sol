// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {InputEvaluation} from "../libraries/InputEvaluation.sol";

/// @title The library's functions as a contract's
/// @notice For tests.
contract InputEvaluationTest {
    /// @notice See {InputEvaluation-signals}.
    function signals(
        uint256[] calldata outputs,
        uint256 commitment,
        uint256[] calldata words,
        uint256 count,
        uint256 binding
    ) external pure returns (uint256[] memory) {
        return InputEvaluation.signals(outputs, commitment, words, count, binding);
    }

    /// @notice The gas that the signals for these words take, without calldata.
    function gasOf(uint256[] calldata words) external view returns (uint256 gas) {
        gas = gasleft();
        InputEvaluation.signals(words[:0], 1, words, words.length, 0);
        gas -= gasleft();
    }
}
