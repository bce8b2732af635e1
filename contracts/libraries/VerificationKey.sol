// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {BN254} from "./BN254.sol";

/// @title Layout and checks of a Groth16 verification key kept as bytes
/// @notice `alpha ‖ beta ‖ gamma ‖ delta ‖ IC[0] ‖ … ‖ IC[n]`, see {IModelRegistry-register}.
library VerificationKey {
    uint256 internal constant BETA = 64;
    uint256 internal constant GAMMA = 192;
    uint256 internal constant DELTA = 320;
    uint256 internal constant IC = 448;
    /// @notice With this many signals a key still fits an account's code (24,576 bytes, EIP-170).
    uint256 internal constant MAX_SIGNALS = 375;

    /// @notice The number of public signals of a key of this length.
    function signalCount(bytes calldata key) internal pure returns (uint256 count) {
        uint256 length = key.length;
        // Reject other lengths than of four fixed points and one IC point more than signals; without a signal a key
        // proves nothing.
        if (length < IC + 128 || length > IC + 64 * (MAX_SIGNALS + 1) || length % 64 != 0) {
            revert IModelRegistry.InvalidKeyLength(length);
        }
        return (length - IC) / 64 - 1;
    }

    /// @notice Reverts unless each point is valid and the key is the product of a phase-2 contribution.
    function check(bytes calldata key) internal view {
        checkG1(key, 0);
        // An IC point at infinity would leave its signal out of the equation: any value of it would verify.
        for (uint256 offset = IC; offset < key.length; offset += 64) checkG1(key, offset);

        // Reject beta, gamma or delta at infinity, four zero words: a part of the equation would vanish.
        if (isZeroG2(key, BETA) || isZeroG2(key, GAMMA) || isZeroG2(key, DELTA)) {
            revert IModelRegistry.InvalidG2Point();
        }
        // Reject points outside the subgroup of order R: the pairing has no meaning for them.
        if (!BN254.areG2Points(key[BETA:IC])) revert IModelRegistry.InvalidG2Point();

        // Reject delta = ±gamma, seen by equal x: anyone could solve a proof for C, and forge.
        if (xHash(key, GAMMA) == deltaHash(key)) revert IModelRegistry.UncontributedKey();
    }

    /// @notice The hash of delta's x coordinate: the same of delta and -delta.
    function deltaHash(bytes calldata key) internal pure returns (bytes32 hash) {
        return xHash(key, DELTA);
    }

    /// @notice The hash of a G2 point's x coordinate: the same of a point and its negative.
    function xHash(bytes calldata points, uint256 offset) internal pure returns (bytes32 hash) {
        return keccak256(points[offset:offset + 64]);
    }

    /// @notice Reverts unless a point other than infinity is at this byte.
    function checkG1(bytes calldata key, uint256 offset) internal pure {
        (uint256 x, uint256 y) = abi.decode(key[offset:offset + 64], (uint256, uint256));
        // Reject points that the pairing's precompile refuses: the model could never be used.
        if (!BN254.isG1Point(x, y)) revert IModelRegistry.InvalidG1Point(offset);
    }

    /// @notice Whether four zero words, infinity, are at this byte.
    function isZeroG2(bytes calldata key, uint256 offset) internal pure returns (bool) {
        (uint256 a, uint256 b, uint256 c, uint256 d) = abi.decode(
            key[offset:offset + 128],
            (uint256, uint256, uint256, uint256)
        );
        return (a | b | c | d) == 0;
    }
}
