// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {BN254} from "./BN254.sol";
import {Groth16} from "./Groth16.sol";
import {PipelineKey} from "./PipelineKey.sol";
import {VerificationKey} from "./VerificationKey.sol";

/// @title Verification of a model's segments, a proof each, in one product of pairings
/// @notice The segments are a chain. An edge is a commitment to whatever one segment hands to the next, which both show
/// as a public signal: first `edges[0], commitment, binding`; then `edges[i], edges[i - 1]`; last `outputs…, edges[k - 2]`.
/// With ρ[i] for the equation of segment i, as in {Groth16-verifyBatch}, and q keys, these are k + q + 2 pairings:
/// `Π e(ρ[i]·A[i], B[i]) · e(-Σρ[i]·alpha, beta) · e(-Σ_n Σ_j (Σ_i ρ[i]·s[i][j])·IC[n][j], gamma)
/// · Π_n e(-Σ_i ρ[i]·C[i], delta[n]) = 1`, where the inner sums are over the segments i that have key n.
library PipelineProof {
    /// @dev The product while it is made.
    /// @param keyCount q.
    /// @param outputs how many output words there are.
    /// @param pairs pointer to the pairs: one for each segment, those of beta and gamma, one for each delta.
    /// @param common pointer to the pair of beta.
    /// @param sums of each key Σρ[i] and, for each j, Σρ[i]·s[i][j]: the scalars of its IC points.
    struct Product {
        uint256 keyCount;
        uint256 outputs;
        uint256 pairs;
        uint256 common;
        uint256[] sums;
    }

    /// @notice All public signals: `outputs…, edges…, commitment, binding`, the edges from the last to the first. In this
    /// order those of one segment are neighbors, and the last one of a segment is the first one of the segment before.
    function signals(
        uint256[] calldata edges,
        uint256[] calldata outputs,
        uint256 commitment,
        uint256 binding
    ) internal pure returns (uint256[] memory all) {
        uint256 place = outputs.length + edges.length;
        all = new uint256[](place + 2);
        (all[place], all[place + 1]) = (commitment, binding);
        for (uint256 i = 0; i < edges.length; ++i) {
            --place;
            all[place] = edges[i];
        }
        for (uint256 i = 0; i < place; ++i) all[i] = outputs[i];
    }

    /// @notice Whether all proofs hold.
    /// @dev A false one passes with 2^-128 a hash evaluation, see {Groth16-verifyBatch}: that argument is about
    /// equations in groups of prime order, whatever their keys.
    /// @param keys the bytes of {PipelineKey}.
    /// @param keyCount how many keys these are.
    /// @param modelId the id of the keys.
    /// @param proofs one for each segment.
    /// @param all see {signals}.
    function verify(
        bytes memory keys,
        uint256 keyCount,
        bytes32 modelId,
        uint256[8][] calldata proofs,
        uint256[] memory all
    ) internal view returns (bool) {
        for (uint256 i = 0; i < all.length; ++i) {
            // Reject signal + R, which would prove the same statement as signal.
            if (all[i] >= BN254.R) return false;
        }
        Product memory product = _product(keyCount, proofs.length, all.length);
        bytes32 seed = _seed(modelId, proofs, all);
        uint256 place = keys.length;
        uint256 start;
        for (uint256 i = proofs.length; i > 0;) {
            --i;
            --place;
            uint256 rho = uint128(uint256(Hashes.efficientKeccak256(seed, bytes32(i))));
            uint256 key = uint8(keys[place]);
            if (!_addProof(product, i, key, proofs[i], rho)) return false;
            start = _addSignals(product, key, all, start, rho);
        }
        _addKeys(product, keys);
        return BN254.pairingIsOne(product.pairs, proofs.length + 2 + keyCount);
    }

    function _product(
        uint256 keyCount,
        uint256 segments,
        uint256 signalCount
    ) private pure returns (Product memory product) {
        product.keyCount = keyCount;
        product.outputs = signalCount - segments - 1;
        product.pairs = Groth16.zeroPairs(segments + 2 + keyCount);
        product.common = product.pairs + segments * Groth16.PAIR;
        product.sums = new uint256[](PipelineKey.firstPoint(keyCount, keyCount, product.outputs));
    }

    function _addProof(
        Product memory product,
        uint256 segment,
        uint256 key,
        uint256[8] calldata proof,
        uint256 rho
    ) private view returns (bool ok) {
        uint256 sumOfC = product.common + (2 + key) * Groth16.PAIR;
        return Groth16.placeProof(product.pairs + segment * Groth16.PAIR, sumOfC, proof, rho);
    }

    /// @notice Adds ρ and ρ·s[j] to the sums of the segment's key.
    /// @return last the place of the segment's last signal.
    function _addSignals(
        Product memory product,
        uint256 key,
        uint256[] memory all,
        uint256 start,
        uint256 rho
    ) private pure returns (uint256 last) {
        (uint256 keyCount, uint256 outputs) = (product.keyCount, product.outputs);
        uint256[] memory sums = product.sums;
        uint256 sum = PipelineKey.firstPoint(key, keyCount, outputs);
        uint256 end = PipelineKey.firstPoint(key + 1, keyCount, outputs);
        sums[sum] += rho;
        last = start;
        for (++sum; sum < end; ++sum) {
            sums[sum] = addmod(sums[sum], mulmod(rho, all[last], BN254.R), BN254.R);
            ++last;
        }
        --last;
    }

    /// @dev The sums of C are complete, so that the scratch space behind them can become delta.
    function _addKeys(Product memory product, bytes memory keys) private view {
        uint256[] memory sums = product.sums;
        uint256 common = product.common;
        uint256 delta = common + 2 * Groth16.PAIR;
        uint256 alpha = Groth16.pointerTo(keys);
        uint256 point = alpha + PipelineKey.KEYS;
        uint256 total;
        uint256 sum;
        for (uint256 key = 0; key < product.keyCount; ++key) {
            _placeG2(delta, point);
            delta += Groth16.PAIR;
            point += PipelineKey.IC;
            total += sums[sum];
            uint256 end = PipelineKey.firstPoint(key + 1, product.keyCount, product.outputs);
            for (; sum < end; ++sum) {
                assert(BN254.mulAdd(common + Groth16.PAIR, point, BN254.R - sums[sum]));
                point += 64;
            }
        }
        assert(BN254.mulAdd(common, alpha, BN254.R - total));
        _placeG2(common, alpha + VerificationKey.BETA);
        _placeG2(common + Groth16.PAIR, alpha + VerificationKey.GAMMA);
    }

    function _placeG2(uint256 pair, uint256 point) private pure {
        assembly ("memory-safe") {
            mcopy(add(pair, 64), point, 128)
        }
    }

    /// @dev Hash of everything that the proofs state. The model id fixes the numbers of proofs and of signals, so that
    /// the words hashed can be split in one way only.
    function _seed(
        bytes32 modelId,
        uint256[8][] calldata proofs,
        uint256[] memory all
    ) private pure returns (bytes32 seed) {
        uint256 start = Groth16.allocate(32 + proofs.length * 256 + all.length * 32);
        assembly ("memory-safe") {
            let length := mul(proofs.length, 256)
            let words := mul(mload(all), 32)
            mstore(start, modelId)
            calldatacopy(add(start, 32), proofs.offset, length)
            mcopy(add(add(start, 32), length), add(all, 32), words)
            seed := keccak256(start, add(add(length, words), 32))
        }
    }
}
