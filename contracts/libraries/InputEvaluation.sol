// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BN254} from "./BN254.sol";

/// @title Shows that an input in calldata is the one that a proof is about
/// @notice For models built with `--input evaluated`, whose public signals are
/// `outputWords[k], inputEvaluation, inputChallenge, inputCommitment, binding`. The proof shows a commitment to its
/// input and the input's polynomial at a point. The point is hashed here from that commitment and from the words in
/// calldata; where both polynomials agree there, the words are the committed ones, except for a probability of about
/// n / 2^253 (n words). A word costs about 800 gas, its calldata included; among the public signals it
/// would cost 6,650.
/// @dev The point must depend on both: were it hashed from the words alone, a prover could find other words with the
/// same evaluation; from the commitment alone, whoever chooses the words could.
library InputEvaluation {
    /// @dev The model's input has another number of words.
    error WrongWordCount(uint256 expected, uint256 actual);
    /// @dev A packed word is below 2^248.
    error WordTooLarge(uint256 index);

    /// @notice The public signals of a proof about these words, for {IModelRegistry-verify}.
    /// @param outputs the model's output words; the last is the commitment to the weights where these are private,
    /// and the caller compares it.
    /// @param commitment the commitment to the input that the proof shows.
    /// @param words the packed input.
    /// @param count number of words of the model's input: zeros at the end would not change the polynomial.
    /// @param binding what the proof is bound to; 0 outside a job.
    function signals(
        uint256[] calldata outputs,
        uint256 commitment,
        uint256[] calldata words,
        uint256 count,
        uint256 binding
    ) internal pure returns (uint256[] memory all) {
        // Reject another number of words than the circuit takes.
        if (words.length != count) revert WrongWordCount(count, words.length);
        uint256 point = challenge(commitment, words);
        uint256 k = outputs.length;
        all = new uint256[](k + 4);
        for (uint256 i = 0; i < k; ++i) all[i] = outputs[i];
        all[k] = evaluate(words, point);
        all[k + 1] = point;
        all[k + 2] = commitment;
        all[k + 3] = binding;
    }

    /// @notice The point at which the polynomials are compared.
    function challenge(uint256 commitment, uint256[] calldata words) internal pure returns (uint256 point) {
        return uint256(keccak256(abi.encodePacked(commitment, words))) % BN254.R;
    }

    /// @notice The sum of `words[i] * point^(i + 1)` in the scalar field.
    function evaluate(uint256[] calldata words, uint256 point) internal pure returns (uint256 sum) {
        for (uint256 i = words.length; i > 0; --i) {
            uint256 word = words[i - 1];
            // Reject larger words: x and x + r are the same to the polynomial, and different inputs to a reader of the
            // words.
            if (word >> 248 != 0) revert WordTooLarge(i - 1);
            sum = mulmod(addmod(sum, word, BN254.R), point, BN254.R);
        }
    }
}
