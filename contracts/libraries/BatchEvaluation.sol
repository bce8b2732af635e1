// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BN254} from "./BN254.sol";
import {InputEvaluation} from "./InputEvaluation.sol";

/// @title The public signals of a proof of many jobs
/// @notice The circuit of a batch has the public signals of all its jobs as words inside. It shows a commitment to
/// them and their polynomial at a point, which is hashed here from that commitment and from the words that they must
/// be. Where both polynomials agree there, the words are the circuit's, except for a probability of about n / 2^253
/// (n words): see {InputEvaluation}.
library BatchEvaluation {
    /// @notice The public signals of a proof about these words.
    /// @return areFieldElements whether each word is one: word + R would have the same evaluation.
    /// @return all `evaluation, challenge, commitment`, where the evaluation is the sum of
    /// `words[i] * challenge^(i + 1)` in the scalar field.
    function signals(
        uint256 commitment,
        uint256[] calldata words
    ) internal pure returns (bool areFieldElements, uint256[] memory all) {
        uint256 challenge = InputEvaluation.challenge(commitment, words);
        uint256 evaluation;
        uint256 order = BN254.R;
        areFieldElements = true;
        // Horner's rule, from the last word to the first.
        for (uint256 i = words.length; i > 0;) {
            unchecked {
                --i;
            }
            assembly ("memory-safe") {
                let word := calldataload(add(words.offset, shl(5, i)))
                areFieldElements := and(areFieldElements, lt(word, order))
                evaluation := mulmod(addmod(evaluation, word, order), challenge, order)
            }
        }
        all = new uint256[](3);
        (all[0], all[1], all[2]) = (evaluation, challenge, commitment);
    }
}
