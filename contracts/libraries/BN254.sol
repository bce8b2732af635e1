// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title The curve BN254 (alt_bn128) as the chain's precompiled contracts know it (EIP-196, EIP-197)
/// @notice Points in memory are big-endian words; G2 points have their imaginary parts first; infinity is all zero.
library BN254 {
    /// @notice Order of the base field, in which coordinates live.
    uint256 internal constant P =
        21888242871839275222246405745257275088696311157297823662689037894645226208583;
    /// @notice Order of the scalar field, in which public signals live.
    uint256 internal constant R =
        21888242871839275222246405745257275088548364400416034343698204186575808495617;

    /// @notice Whether (x, y) is a point of G1 other than infinity, in canonical form.
    /// @dev G1 has prime order, so that every point of the curve is in the group. Infinity, written (0, 0), does
    /// not satisfy y² = x³ + 3.
    function isG1Point(uint256 x, uint256 y) internal pure returns (bool) {
        if (x >= P || y >= P) return false;
        return mulmod(y, y, P) == addmod(mulmod(mulmod(x, x, P), x, P), 3, P);
    }

    /// @notice Whether `points` (128 bytes each) are all in G2, in canonical form; infinity passes.
    /// @dev The pairing with infinity of G1 makes the precompile check the curve and the subgroup of each point.
    function areG2Points(bytes memory points) internal view returns (bool) {
        uint256 count = points.length / 128;
        bytes memory pairs = new bytes(count * 192);
        uint256 input;
        assembly ("memory-safe") {
            input := add(pairs, 0x20)
        }
        for (uint256 i = 0; i < count; ++i) {
            assembly ("memory-safe") {
                mcopy(add(add(input, 0x40), mul(i, 192)), add(add(points, 0x20), mul(i, 128)), 128)
            }
        }
        return pairingIsOne(input, count);
    }

    /// @notice `accumulator <- accumulator + scalar * point`, all in memory.
    /// @param accumulator pointer to five words: the sum, then three that are overwritten.
    /// @param point pointer to the point's two words.
    /// @return ok whether point and accumulator are on the curve, and gas sufficed.
    function mulAdd(uint256 accumulator, uint256 point, uint256 scalar) internal view returns (bool ok) {
        assembly ("memory-safe") {
            let term := add(accumulator, 0x40)
            mcopy(term, point, 0x40)
            mstore(add(accumulator, 0x80), scalar)
            ok := staticcall(gas(), 7, term, 0x60, term, 0x40)
            // A statement of its own: Yul evaluates arguments from right to left.
            let added := staticcall(gas(), 6, accumulator, 0x80, accumulator, 0x40)
            ok := and(ok, added)
        }
    }

    /// @notice Whether the product of the pairings in memory is one.
    /// @param input pointer to `count` pairs of a G1 point and a G2 point, 192 bytes a pair.
    function pairingIsOne(uint256 input, uint256 count) internal view returns (bool ok) {
        assembly ("memory-safe") {
            ok := staticcall(gas(), 8, input, mul(count, 0xc0), 0, 0x20)
            ok := and(ok, mload(0))
        }
    }
}
