// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IInferenceEscrow} from "../../../contracts/interfaces/IInferenceEscrow.sol";
import {EscrowBase} from "./EscrowBase.sol";
import {PipelineFixture} from "./PipelineFixture.sol";
import {PipelineProver} from "./PipelineProver.sol";

/// @title Fuzz tests of the proofs of segments
contract PipelinesTest is EscrowBase {
    uint256 private constant R = PipelineProver.R;
    uint256 private constant COUNT = PipelineProver.COUNT;

    /// What the proofs state: output, commitment, binding, and the edges.
    struct Statement {
        uint256 output;
        uint256 commitment;
        uint256 binding;
        uint256[] edges;
    }

    /// Proofs of any signals of the field hold.
    function testFuzz_PipelineHolds(uint256[7] calldata drawn) external view {
        Statement memory statement = statementOf(drawn);
        assertTrue(verdict(statement, prove(statement)), "pipeline");
    }

    /// A word of a proof or of the statement is changed, by bits or by the field's order: refused.
    function testFuzz_MutatedPipelineIsRefused(
        uint256[7] calldata drawn,
        uint256 place,
        uint256 difference
    ) external view {
        vm.assume(difference != 0);
        Statement memory statement = statementOf(drawn);
        IInferenceEscrow.PipelineProof memory proof = prove(statement);
        place %= 8 * COUNT + 14;
        if (place < 8 * COUNT) proof.proofs[place / 8][place % 8] ^= difference;
        else if (place % 2 == 0) change(statement, (place - 8 * COUNT) / 2, difference, 0);
        else change(statement, (place - 8 * COUNT) / 2, 0, R);
        assertTrue(!verdict(statement, proof), "pipeline");
    }

    /// Two proofs or two edges change places: refused, unless they say the same.
    function testFuzz_ReorderedPipelineIsRefused(
        uint256[7] calldata drawn,
        uint256 first,
        uint256 second,
        bool edges
    ) external view {
        Statement memory statement = statementOf(drawn);
        IInferenceEscrow.PipelineProof memory proof = prove(statement);
        (first, second) = edges ? (first % 4, second % 4) : (first % COUNT, second % COUNT);
        bool same;
        if (edges) {
            uint256[] memory swapped = statement.edges;
            same = swapped[first] == swapped[second];
            (swapped[first], swapped[second]) = (swapped[second], swapped[first]);
        } else {
            uint256[8][] memory swapped = proof.proofs;
            same = keccak256(abi.encode(swapped[first])) == keccak256(abi.encode(swapped[second]));
            (swapped[first], swapped[second]) = (swapped[second], swapped[first]);
        }
        assertTrue(verdict(statement, proof) == same, "pipeline");
    }

    /// A segment is proven of another statement: refused, unless its own signals are the same.
    function testFuzz_MixedPipelineIsRefused(
        uint256[7] calldata drawn,
        uint256[7] calldata others,
        uint256 segments
    ) external view {
        Statement memory statement = statementOf(drawn);
        IInferenceEscrow.PipelineProof memory proof = prove(statement);
        IInferenceEscrow.PipelineProof memory other = prove(statementOf(others));
        segments %= 1 << COUNT;
        bool same = true;
        for (uint256 i = 0; i < COUNT; ++i) {
            if ((segments >> i) & 1 == 0) continue;
            same = same && keccak256(abi.encode(proof.proofs[i])) == keccak256(abi.encode(other.proofs[i]));
            proof.proofs[i] = other.proofs[i];
        }
        assertTrue(verdict(statement, proof) == same, "pipeline");
    }

    function statementOf(uint256[7] calldata drawn) private pure returns (Statement memory statement) {
        statement.edges = new uint256[](COUNT - 1);
        for (uint256 i = 0; i < COUNT - 1; ++i) statement.edges[i] = drawn[i + 3] % R;
        (statement.output, statement.commitment) = (drawn[0] % R, drawn[1] % R);
        statement.binding = drawn[2] % R;
    }

    function prove(
        Statement memory statement
    ) private view returns (IInferenceEscrow.PipelineProof memory proof) {
        uint256[] memory edges = new uint256[](COUNT - 1);
        for (uint256 i = 0; i < COUNT - 1; ++i) edges[i] = statement.edges[i];
        return PipelineProver.prove(edges, statement.output, statement.commitment, statement.binding);
    }

    function change(Statement memory statement, uint256 place, uint256 bits, uint256 more) private pure {
        if (place == 0) statement.output = (statement.output ^ bits) + more;
        else if (place == 1) statement.commitment = (statement.commitment ^ bits) + more;
        else if (place == 2) statement.binding = (statement.binding ^ bits) + more;
        else statement.edges[place - 3] = (statement.edges[place - 3] ^ bits) + more;
    }

    function verdict(
        Statement memory statement,
        IInferenceEscrow.PipelineProof memory proof
    ) private view returns (bool) {
        uint256[] memory outputs = new uint256[](1);
        outputs[0] = statement.output;
        return
            registry.verifyPipeline(
                PipelineFixture.MODEL_ID,
                proof.proofs,
                statement.edges,
                outputs,
                statement.commitment,
                statement.binding
            );
    }
}
