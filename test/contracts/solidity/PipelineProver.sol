// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {InferenceEscrow} from "../../../contracts/InferenceEscrow.sol";
import {IInferenceEscrow} from "../../../contracts/interfaces/IInferenceEscrow.sol";
import {BatchProver} from "./BatchProver.sol";
import {PipelineFixture} from "./PipelineFixture.sol";

/// @title Proves a model in segments, by keys whose secrets are known
library PipelineProver {
    uint256 internal constant R = BatchProver.R;
    uint256 internal constant COUNT = 5;

    /// Honest proofs of a job's output for a payee, with edges of their own.
    function proveJob(
        InferenceEscrow escrow,
        IInferenceEscrow.Job memory job,
        address payee,
        uint256 output
    ) internal view returns (IInferenceEscrow.PipelineProof memory proof) {
        uint256 binding = escrow.bindingOf(escrow.hashJob(job), payee);
        uint256[] memory edges = new uint256[](COUNT - 1);
        for (uint256 i = 0; i < COUNT - 1; ++i) edges[i] = uint256(keccak256(abi.encode(binding, i))) % R;
        return prove(edges, output, job.inputCommitment, binding);
    }

    /// Valid proofs of just these signals.
    function prove(
        uint256[] memory edges,
        uint256 output,
        uint256 commitment,
        uint256 binding
    ) internal view returns (IInferenceEscrow.PipelineProof memory proof) {
        proof.edges = edges;
        proof.proofs = new uint256[8][](COUNT);
        proof.proofs[0] = proofOf(0, [edges[0], commitment, binding]);
        for (uint256 i = 1; i < COUNT - 1; ++i) {
            proof.proofs[i] = proofOf(keyOf(i), [edges[i], edges[i - 1], 0]);
        }
        proof.proofs[COUNT - 1] = proofOf(keyOf(COUNT - 1), [output, edges[COUNT - 2], 0]);
    }

    function keyOf(uint256 segment) internal pure returns (uint256) {
        return uint8(PipelineFixture.SEGMENTS[segment]);
    }

    function proofOf(uint256 key, uint256[3] memory signals) internal view returns (uint256[8] memory proof) {
        return BatchProver.proofWith(PipelineFixture.factors(key), signals);
    }
}
