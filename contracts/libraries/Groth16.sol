// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {BN254} from "./BN254.sol";
import {VerificationKey} from "./VerificationKey.sol";

/// @title Groth16 verification with the key as data
/// @notice With s[0] = 1 and s[1..n] the public signals, a proof (A, B, C) holds if
/// `e(A, B) = e(alpha, beta) · e(Σ s[j]·IC[j], gamma) · e(C, delta)`
/// (J. Groth, On the Size of Pairing-based Non-interactive Arguments, EUROCRYPT 2016, section 3.2).
/// @dev Keys have passed {VerificationKey-check}, so that only the proof's points can be invalid: the precompiled
/// contracts then fail, which is `false` here. Sums of the key's points are asserted: they fail for lack of gas, or on a
/// chain that has lost a precompiled contract.
/// A pair is a G1 point and a G2 point, 192 bytes in memory; while its G1 point is summed up, the place of its G2
/// point is the scratch space of {BN254-mulAdd}.
library Groth16 {
    /// @notice Bytes of a G1 point and a G2 point.
    uint256 internal constant PAIR = 192;

    /// @notice Whether one proof holds.
    /// @param key a key for `signals.length` public signals.
    function verify(
        bytes memory key,
        uint256[8] calldata proof,
        uint256[] memory signals
    ) internal view returns (bool) {
        uint256 pairs = zeroPairs(4);
        uint256 sum = pairs + 2 * PAIR;
        uint256 point = pointerTo(key) + VerificationKey.IC;
        assembly ("memory-safe") {
            mcopy(sum, point, 64)
        }
        for (uint256 i = 0; i < signals.length; ++i) {
            uint256 signal = signals[i];
            unchecked {
                point += 64;
            }
            // Reject signal + R, which would prove the same statement as signal.
            if (signal >= BN254.R) return false;
            assert(BN254.mulAdd(sum, point, signal));
        }

        // Reject a larger y coordinate, which the negation of A below would bring into canonical form.
        if (proof[1] >= BN254.P) return false;
        uint256 negated = (BN254.P - proof[1]) % BN254.P;
        assembly ("memory-safe") {
            calldatacopy(pairs, proof, 192)
            mstore(add(pairs, 32), negated)
            mcopy(add(pairs, 192), add(key, 32), 64)
            calldatacopy(add(pairs, 576), add(proof, 192), 64)
        }
        _placeG2(pairs + PAIR, key);
        return BN254.pairingIsOne(pairs, 4);
    }

    /// @notice Whether k proofs under one key hold, by k + 3 pairings instead of 4k.
    /// @dev Small-exponent test (M. Bellare, J. Garay, T. Rabin, Fast Batch Verification, EUROCRYPT 1998): the i-th
    /// equation is raised to ρ[i] and the product of all is checked,
    /// `Π e(ρ[i]·A[i], B[i]) · e(-Σρ[i]·alpha, beta) · e(-Σ_j (Σ_i ρ[i]·s[i][j])·IC[j], gamma) · e(-Σρ[i]·C[i], delta) = 1`.
    /// ρ[i] is 128 bits of `keccak256(seed, i)`, seed the hash of the model id, all proofs and all signals. All
    /// groups have prime order R: if an equation is false, then for any choice of the other scalars at most one
    /// value of its own scalar lets the product be one. A cheat therefore succeeds with 2^-128 a hash evaluation.
    /// @param key a key for `signals[i].length` public signals, which is the same for all i.
    /// @param modelId the id of the key.
    function verifyBatch(
        bytes memory key,
        bytes32 modelId,
        uint256[8][] calldata proofs,
        uint256[][] calldata signals
    ) internal view returns (bool) {
        uint256 count = proofs.length;
        uint256 pairs = zeroPairs(count + 3);
        uint256 last = pairs + count * PAIR;
        bytes32 seed = _seed(modelId, proofs, signals);
        uint256[] memory sums = new uint256[](signals[0].length + 1);

        for (uint256 i = 0; i < count; ++i) {
            uint256 rho = uint128(uint256(Hashes.efficientKeccak256(seed, bytes32(i))));
            if (!placeProof(pairs + i * PAIR, last + 2 * PAIR, proofs[i], rho)) return false;
            if (!_addSignals(sums, signals[i], rho)) return false;
        }

        uint256 point = pointerTo(key);
        assert(BN254.mulAdd(last, point, BN254.R - sums[0]));
        point += VerificationKey.IC;
        for (uint256 j = 0; j < sums.length; ++j) {
            assert(BN254.mulAdd(last + PAIR, point, BN254.R - sums[j]));
            point += 64;
        }
        _placeG2(last, key);
        return BN254.pairingIsOne(pairs, count + 3);
    }

    /// @dev Adds ρ to the first sum and ρ·s[j] to the sum of each signal.
    function _addSignals(
        uint256[] memory sums,
        uint256[] calldata signals,
        uint256 rho
    ) private pure returns (bool ok) {
        sums[0] += rho;
        for (uint256 j = 0; j < signals.length; ++j) {
            uint256 signal = signals[j];
            // Reject signal + R, which would prove the same statement as signal.
            if (signal >= BN254.R) return false;
            sums[j + 1] = addmod(sums[j + 1], mulmod(rho, signal, BN254.R), BN254.R);
        }
        return true;
    }

    /// @notice Makes (ρ·A, B) the pair at `pair` and adds -ρ·C to the sum at `sumOfC`.
    function placeProof(
        uint256 pair,
        uint256 sumOfC,
        uint256[8] calldata proof,
        uint256 rho
    ) internal view returns (bool ok) {
        uint256 points = allocate(128);
        assembly ("memory-safe") {
            calldatacopy(points, proof, 64)
            calldatacopy(add(points, 64), add(proof, 192), 64)
        }
        ok = BN254.mulAdd(pair, points, rho) && BN254.mulAdd(sumOfC, points + 64, BN254.R - rho);
        assembly ("memory-safe") {
            calldatacopy(add(pair, 64), add(proof, 64), 128)
        }
    }

    /// @dev The three pairs of the key at `pairs` get beta, gamma and delta.
    function _placeG2(uint256 pairs, bytes memory key) private pure {
        assembly ("memory-safe") {
            mcopy(add(pairs, 64), add(key, 96), 128)
            mcopy(add(pairs, 256), add(key, 224), 128)
            mcopy(add(pairs, 448), add(key, 352), 128)
        }
    }

    /// @dev Hash of everything the batch states. The model id fixes the number of signals a proof, so that the
    /// words hashed can be split into proofs and signals in one way only.
    function _seed(
        bytes32 modelId,
        uint256[8][] calldata proofs,
        uint256[][] calldata signals
    ) private pure returns (bytes32 seed) {
        uint256 width = signals[0].length * 32;
        uint256 length = 32 + proofs.length * (256 + width);
        uint256 start = allocate(length);
        uint256 end = start + 32 + proofs.length * 256;
        assembly ("memory-safe") {
            mstore(start, modelId)
            calldatacopy(add(start, 32), proofs.offset, mul(proofs.length, 256))
        }
        for (uint256 i = 0; i < signals.length; ++i) {
            uint256[] calldata row = signals[i];
            assembly ("memory-safe") {
                calldatacopy(end, row.offset, width)
                end := add(end, width)
            }
        }
        assembly ("memory-safe") {
            seed := keccak256(start, length)
        }
    }

    /// @notice Room for so many pairs, of which all points are at infinity.
    function zeroPairs(uint256 count) internal pure returns (uint256 pointer) {
        return pointerTo(new bytes(count * PAIR));
    }

    /// @notice Memory of this length, whatever is in it.
    function allocate(uint256 length) internal pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := mload(0x40)
            mstore(0x40, add(pointer, length))
        }
    }

    /// @notice Where the bytes begin in memory.
    function pointerTo(bytes memory data) internal pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := add(data, 32)
        }
    }
}
