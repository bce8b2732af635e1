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

    /// @notice Completes a job on a valid proof, see {ERC8183Evaluator-complete}, and makes its evaluator before that if
    /// it is not there. Open to anyone.
    function complete(
        ERC8183Evaluator.Terms calldata terms,
        uint256 jobId,
        uint256[8] calldata proof,
        uint256[] calldata outputs
    ) external {
        create(terms).complete(jobId, proof, outputs);
    }

    /// @notice Makes the evaluator of these terms, unless it is there.
    /// @dev Not an error when there: whoever makes an evaluator first could else undo what others do with it.
    function create(ERC8183Evaluator.Terms calldata terms) public returns (ERC8183Evaluator evaluator) {
        evaluator = ERC8183Evaluator(evaluatorOf(terms));
        if (address(evaluator).code.length != 0) return evaluator;
        Clones.cloneDeterministicWithImmutableArgs(implementation, abi.encode(terms), 0);
        emit EvaluatorCreated(address(evaluator), terms);
    }

    /// @notice Where the evaluator of these terms is, or would be.
    function evaluatorOf(ERC8183Evaluator.Terms calldata terms) public view returns (address evaluator) {
        return Clones.predictDeterministicAddressWithImmutableArgs(implementation, abi.encode(terms), 0);
    }
}
