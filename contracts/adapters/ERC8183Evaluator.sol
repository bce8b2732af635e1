// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IERC8183} from "./IERC8183.sol";

/// @title Evaluator of ERC-8183 jobs that completes a job on a valid proof, and only then
/// @notice One contract for each set of terms, made by {ERC8183EvaluatorFactory}: whoever funds a job with this
/// evaluator agrees to pay for the output of this model on this input. It never rejects: what is not proven expires.
/// @dev The job contract pays the job's own provider, so that a proof copied by somebody else pays the same provider.
/// The binding ties the proof to one job of one job contract, so that no proof completes two jobs.
contract ERC8183Evaluator {
    /// @param commerce the ERC-8183 job contract.
    /// @param modelId the model in the registry.
    /// @param inputCommitment the model's commitment to its input.
    struct Terms {
        IERC8183 commerce;
        bytes32 modelId;
        uint256 inputCommitment;
    }

    /// @notice The registry with the models' keys.
    IModelRegistry public immutable registry;

    /// @notice A job is completed on a proof of these output words.
    event Proven(uint256 indexed jobId, uint256[] outputs);

    /// @dev The proof does not hold for this job and these outputs.
    error InvalidProof();

    constructor(IModelRegistry registry_) {
        registry = registry_;
    }

    /// @notice Completes the job, with the hash of the output words as the reason. Open to anyone.
    function complete(uint256 jobId, uint256[8] calldata proof, uint256[] calldata outputs) external {
        Terms memory own = terms();
        uint256 count = outputs.length;
        uint256[] memory signals = new uint256[](count + 2);
        for (uint256 i = 0; i < count; ++i) signals[i] = outputs[i];
        signals[count] = own.inputCommitment;
        signals[count + 1] = bindingOf(jobId);
        // Reject outputs that are not proven to be this model's on this input, for this job.
        if (!registry.verify(own.modelId, proof, signals)) revert InvalidProof();
        emit Proven(jobId, outputs);
        own.commerce.complete(jobId, keccak256(abi.encodePacked(outputs)), "");
    }

    /// @notice The binding that a proof for this job needs, on this chain as it is. The evaluator's address stands for
    /// all its terms.
    function bindingOf(uint256 jobId) public view returns (uint256 binding) {
        return uint256(keccak256(abi.encode(block.chainid, address(this), jobId))) >> 8;
    }

    /// @notice What this evaluator asks for.
    function terms() public view returns (Terms memory) {
        return abi.decode(Clones.fetchCloneArgs(address(this)), (Terms));
    }
}
