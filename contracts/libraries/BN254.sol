// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title The curve BN254 (alt_bn128) as the chain's precompiled contracts know it (EIP-196, EIP-197)
/// @notice Points in memory are big-endian words; G2 points have their imaginary parts first; infinity is all zero.
/// @dev Where a precompiled contract is absent, a call of its address succeeds and returns nothing. An answer counts
/// by its length, and a pairing's by its whole word, so that silence or junk is never a `true`.
library BN254 {
    /// @notice Order of the base field, in which coordinates live.
    uint256 internal constant P =
        21888242871839275222246405745257275088696311157297823662689037894645226208583;
    /// @notice Order of the scalar field, in which public signals live.
    uint256 internal constant R =
        21888242871839275222246405745257275088548364400416034343698204186575808495617;

    /// @dev 2·G and 3·G, with G = (1, 2) the generator of G1.
    uint256 private constant DOUBLE_X = 0x030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd3;
    uint256 private constant DOUBLE_Y = 0x15ed738c0e0a7c92e7845f96b2ae9c0a68a6a449e3538fc7ff3ebf7a5a18a2c4;
    uint256 private constant TRIPLE_X = 0x0769bf9ac56bea3ff40232bcb1b6bd159315d84715b8e679f2d355961915abf0;
    uint256 private constant TRIPLE_Y = 0x2ab799bee0489429554fdb7c8d086475319e63b40b9c5b57cdf1ff3dd9fe2261;
    /// @dev H, the generator of G2 (EIP-197).
    uint256 private constant H_X1 = 0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2;
    uint256 private constant H_X0 = 0x1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed;
    uint256 private constant H_Y1 = 0x090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b;
    uint256 private constant H_Y0 = 0x12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa;

    /// @notice Whether the chain's precompiled contracts answer as EIP-196 and EIP-197 say: one multiplication, one
    /// addition, one pairing that holds and one that does not.
    function isSupported() internal view returns (bool) {
        uint256 sum;
        uint256 point;
        assembly ("memory-safe") {
            // The sum, the product behind it and the scalar; the generator, which is (1, 2).
            sum := mload(0x40)
            point := add(sum, 0xa0)
            mstore(0x40, add(sum, 0x180))
            mstore(sum, 1)
            mstore(add(sum, 0x20), 2)
            mstore(point, 1)
            mstore(add(point, 0x20), 2)
        }
        // G + 2·G = 3·G, and 2·G is left in the place of the term.
        if (!mulAdd(sum, point, 2)) return false;
        if (!_isAt(sum + 0x40, DOUBLE_X, DOUBLE_Y) || !_isAt(sum, TRIPLE_X, TRIPLE_Y)) return false;

        // e(G, H) · e(-G, H) = 1, and e(G, H) alone is not.
        bytes memory pairs = abi.encode(1, 2, H_X1, H_X0, H_Y1, H_Y0, 1, P - 2, H_X1, H_X0, H_Y1, H_Y0);
        uint256 input;
        assembly ("memory-safe") {
            input := add(pairs, 0x20)
        }
        return pairingIsOne(input, 2) && !pairingIsOne(input, 1);
    }

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
    /// @return ok whether point and accumulator are on the curve, gas sufficed, and both answers are points.
    function mulAdd(uint256 accumulator, uint256 point, uint256 scalar) internal view returns (bool ok) {
        assembly ("memory-safe") {
            let term := add(accumulator, 0x40)
            mcopy(term, point, 0x40)
            mstore(add(accumulator, 0x80), scalar)
            // Statements of their own: Yul evaluates arguments from right to left.
            ok := staticcall(gas(), 7, term, 0x60, term, 0x40)
            ok := and(ok, eq(returndatasize(), 0x40))
            let added := staticcall(gas(), 6, accumulator, 0x80, accumulator, 0x40)
            ok := and(ok, and(added, eq(returndatasize(), 0x40)))
        }
    }

    /// @notice Whether the product of the pairings in memory is one: the answer is the word 1 and nothing else.
    /// @param input pointer to `count` pairs of a G1 point and a G2 point, 192 bytes a pair.
    function pairingIsOne(uint256 input, uint256 count) internal view returns (bool ok) {
        assembly ("memory-safe") {
            ok := staticcall(gas(), 8, input, mul(count, 0xc0), 0, 0x20)
            ok := and(ok, and(eq(returndatasize(), 0x20), eq(mload(0), 1)))
        }
    }

    /// @dev Whether the point in memory is (x, y).
    function _isAt(uint256 pointer, uint256 x, uint256 y) private pure returns (bool same) {
        assembly ("memory-safe") {
            same := and(eq(mload(pointer), x), eq(mload(add(pointer, 0x20)), y))
        }
    }
}
