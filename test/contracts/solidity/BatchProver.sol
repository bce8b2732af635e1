// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {InferenceEscrow} from "../../../contracts/InferenceEscrow.sol";
import {IInferenceEscrow} from "../../../contracts/interfaces/IInferenceEscrow.sol";
import {Fixture} from "./Fixture.sol";

/// @title Proves many jobs, by keys whose secrets are known
library BatchProver {
    uint256 internal constant R =
        21888242871839275222246405745257275088548364400416034343698204186575808495617;

    /// The answers' public signals, the last one's again and again until there are enough.
    function wordsOf(
        InferenceEscrow escrow,
        IInferenceEscrow.Answer[] memory answers,
        uint256 jobs
    ) internal view returns (uint256[] memory words) {
        words = new uint256[](3 * jobs);
        for (uint256 i = 0; i < jobs; ++i) {
            IInferenceEscrow.Answer memory answer = answers[i < answers.length ? i : answers.length - 1];
            words[3 * i] = answer.outputs[0];
            words[3 * i + 1] = answer.job.inputCommitment;
            words[3 * i + 2] = escrow.bindingOf(escrow.hashJob(answer.job), answer.payee);
        }
    }

    /// A valid proof of just these words.
    function prove(
        uint256 jobs,
        uint256[] memory words
    ) internal view returns (IInferenceEscrow.BatchProof memory proof) {
        proof.jobs = jobs;
        proof.commitment = uint256(keccak256(abi.encodePacked("commitment", words))) % R;
        uint256 challenge = uint256(keccak256(abi.encodePacked(proof.commitment, words))) % R;
        uint256 evaluation;
        uint256 power = challenge;
        for (uint256 i = 0; i < words.length; ++i) {
            evaluation = addmod(evaluation, mulmod(words[i], power, R), R);
            power = mulmod(power, challenge, R);
        }
        proof.proof = proofOf(jobs, [evaluation, challenge, proof.commitment]);
    }

    function proofOf(
        uint256 jobs,
        uint256[3] memory signals
    ) internal view returns (uint256[8] memory proof) {
        return proofWith(Fixture.factors(jobs), signals);
    }

    /// A proof by the key with these factors of C's exponent.
    function proofWith(
        uint256[4] memory factors,
        uint256[3] memory signals
    ) internal view returns (uint256[8] memory proof) {
        uint256 exponent = factors[0];
        for (uint256 i = 0; i < 3; ++i) exponent = addmod(exponent, mulmod(factors[i + 1], signals[i], R), R);
        uint256[6] memory points = Fixture.points();
        for (uint256 i = 0; i < 6; ++i) proof[i] = points[i];
        (, bytes memory c) = address(7).staticcall(abi.encode(1, 2, exponent));
        (proof[6], proof[7]) = abi.decode(c, (uint256, uint256));
    }
}
