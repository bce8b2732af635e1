// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {ERC8183Evaluator} from "./ERC8183Evaluator.sol";

/// @title Makes the evaluator of given terms, at an address that the terms determine
/// @notice A client can name the evaluator of a job before it exists; anyone can make it.
contract ERC8183EvaluatorFactory {
    /// @notice The code that all evaluators share.
    address public immutable implementation;

    /// @notice An evaluator is made.
    event EvaluatorCreated(address indexed evaluator, ERC8183Evaluator.Terms terms);

    constructor(IModelRegistry registry) {
        implementation = address(new ERC8183Evaluator(registry));
    }

    /// @notice Makes the evaluator of these terms. Reverts if it exists.
    function create(ERC8183Evaluator.Terms calldata terms) external returns (ERC8183Evaluator evaluator) {
        evaluator = ERC8183Evaluator(
            Clones.cloneDeterministicWithImmutableArgs(implementation, abi.encode(terms), 0)
        );
        emit EvaluatorCreated(address(evaluator), terms);
    }

    /// @notice Where the evaluator of these terms is, or would be.
    function evaluatorOf(ERC8183Evaluator.Terms calldata terms) external view returns (address evaluator) {
        return Clones.predictDeterministicAddressWithImmutableArgs(implementation, abi.encode(terms), 0);
    }
}
