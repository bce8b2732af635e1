// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IrisVerifier} from "./generated/IrisVerifier.sol";

/// @title Accepts the class of a committed input, without registry and escrow
/// @notice The model was built with `--output argmax`: its signals are class, commitment, binding.
contract DirectVerification {
    IrisVerifier public immutable verifier;

    /// @notice One more than the class of the input behind a commitment; 0 if it is not known yet.
    mapping(uint256 commitment => uint256 classPlusOne) public known;

    error InvalidProof();
    error AlreadyKnown(uint256 commitment);

    constructor(IrisVerifier verifier_) {
        verifier = verifier_;
    }

    function submit(
        uint256[2] calldata a,
        uint256[2][2] calldata b,
        uint256[2] calldata c,
        uint256[3] calldata signals
    ) external {
        // A proof can be repeated and is malleable: the statement counts once, not the proof.
        if (known[signals[1]] != 0) revert AlreadyKnown(signals[1]);
        if (!verifier.verifyProof(a, b, c, signals)) revert InvalidProof();
        known[signals[1]] = signals[0] + 1;
    }
}
