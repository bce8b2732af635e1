// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {BN254} from "./BN254.sol";
import {CodeStorage} from "./CodeStorage.sol";
import {Groth16} from "./Groth16.sol";
import {VerificationKey} from "./VerificationKey.sol";

/// @title Layout and checks of a pipeline's verification keys kept as bytes
/// @notice `alpha ‖ beta ‖ gamma`, then of each key `delta ‖ IC[0] ‖ … ‖ IC[n]`, then a byte for each segment, the
/// number of its key. The first key is the first segment's, with 3 public signals; the last one is the last segment's,
/// with one more than the model has output words; the others are for segments in between, with 2.
library PipelineKey {
    /// @notice Where the keys are: behind alpha, beta and gamma, which have their places in {VerificationKey}.
    uint256 internal constant KEYS = VerificationKey.DELTA;
    /// @notice Where the IC points of a key are, behind its delta.
    uint256 internal constant IC = 128;

    uint256 private constant FIRST_SIGNALS = 3;
    uint256 private constant MIDDLE_SIGNALS = 2;
    /// @dev With one key for all segments in between, a proof of so many still fits in a transaction of 2^24 gas
    /// (EIP-7825).
    uint256 private constant MAX_SEGMENTS = 255;

    /// @notice How many IC points the keys before this one have.
    /// @param number the key's number, or the number of keys.
    /// @param keyCount how many keys the pipeline has.
    /// @param outputs how many output words the model has.
    function firstPoint(
        uint256 number,
        uint256 keyCount,
        uint256 outputs
    ) internal pure returns (uint256 count) {
        if (number == 0) return 0;
        // The first key has one signal more than those in between, the last one has all outputs but one.
        count = (MIDDLE_SIGNALS + 1) * number + (FIRST_SIGNALS - MIDDLE_SIGNALS);
        if (number == keyCount) count += outputs - 1;
    }

    /// @notice The number of output words, which the length of the last key gives. Reverts unless all numbers and lengths
    /// fit together.
    function outputCount(
        IModelRegistry.PipelineKeys calldata keys,
        bytes calldata segments
    ) internal pure returns (uint256 outputs) {
        _checkSegments(segments, keys.keys.length);
        if (keys.common.length != KEYS) revert IModelRegistry.InvalidKeyLength(keys.common.length);
        uint256 last = keys.keys.length - 1;
        for (uint256 i = 0; i < last; ++i) {
            uint256 expected = i == 0 ? FIRST_SIGNALS : MIDDLE_SIGNALS;
            uint256 count = _signalCount(keys.keys[i]);
            // Reject a key of another form: its signals would have another meaning.
            if (count != expected) revert IModelRegistry.SignalCountMismatch(expected, count);
        }
        uint256 signals = _signalCount(keys.keys[last]);
        // Reject a last segment without an output or without an edge.
        if (signals < MIDDLE_SIGNALS) revert IModelRegistry.SignalCountMismatch(MIDDLE_SIGNALS, signals);
        return signals - 1;
    }

    /// @notice All of it as one string of bytes. Reverts if that is longer than the code of an account.
    function pack(
        IModelRegistry.PipelineKeys calldata keys,
        bytes calldata segments
    ) internal pure returns (bytes memory packed) {
        uint256 length = KEYS + segments.length;
        for (uint256 i = 0; i < keys.keys.length; ++i) length += keys.keys[i].length;
        // Reject what does not fit, instead of half of it.
        if (length > CodeStorage.MAX_LENGTH)
            revert IModelRegistry.PipelineTooLong(CodeStorage.MAX_LENGTH, length);
        packed = new bytes(length);
        uint256 place = _append(Groth16.pointerTo(packed), keys.common);
        for (uint256 i = 0; i < keys.keys.length; ++i) place = _append(place, keys.keys[i]);
        _append(place, segments);
    }

    /// @notice What {pack} was given.
    function unpack(
        bytes memory packed,
        uint256 keyCount,
        uint256 segmentCount,
        uint256 outputs
    ) internal pure returns (IModelRegistry.PipelineKeys memory keys, bytes memory segments) {
        uint256 place;
        (keys.common, place) = (_slice(packed, 0, KEYS), KEYS);
        keys.keys = new bytes[](keyCount);
        for (uint256 i = 0; i < keyCount; ++i) {
            uint256 points = firstPoint(i + 1, keyCount, outputs) - firstPoint(i, keyCount, outputs);
            uint256 length = IC + 64 * points;
            keys.keys[i] = _slice(packed, place, length);
            place += length;
        }
        segments = _slice(packed, place, segmentCount);
    }

    /// @notice Reverts unless each point is valid, and each key the product of a phase-2 contribution of its own.
    /// The lengths have been checked.
    function check(IModelRegistry.PipelineKeys calldata keys) internal view {
        bytes calldata common = keys.common;
        uint256 count = keys.keys.length;
        VerificationKey.checkG1(common, 0);
        bool isInfinite =
            VerificationKey.isZeroG2(common, VerificationKey.BETA) ||
                VerificationKey.isZeroG2(common, VerificationKey.GAMMA);
        // beta, gamma and all deltas, for one call of the precompiled contract.
        bytes memory points = new bytes(128 * (count + 2));
        uint256 place = _append(Groth16.pointerTo(points), common[VerificationKey.BETA:]);
        bytes32[] memory hashes = new bytes32[](count);
        bytes32 gamma = VerificationKey.xHash(common, VerificationKey.GAMMA);
        for (uint256 i = 0; i < count; ++i) {
            bytes calldata key = keys.keys[i];
            // An IC point at infinity would leave its signal out of the equation: any value of it would verify.
            for (uint256 offset = IC; offset < key.length; offset += 64) VerificationKey.checkG1(key, offset);
            isInfinite = isInfinite || VerificationKey.isZeroG2(key, 0);
            place = _append(place, key[:IC]);
            hashes[i] = VerificationKey.xHash(key, 0);
            // Reject delta = ±gamma, seen by equal x: anyone could solve a proof for C, and forge.
            if (hashes[i] == gamma) revert IModelRegistry.UncontributedKey();
            _checkDelta(hashes, i);
        }
        // Reject points at infinity, where a part of the equation would vanish, and outside the subgroup of order R.
        if (isInfinite || !BN254.areG2Points(points)) revert IModelRegistry.InvalidG2Point();
    }

    /// @dev With one delta, a private column of one circuit's key can be added to a proof of the other.
    function _checkDelta(bytes32[] memory hashes, uint256 number) private pure {
        for (uint256 i = 0; i < number; ++i) {
            // Reject delta = ±delta, seen by equal x.
            if (hashes[i] == hashes[number]) revert IModelRegistry.SharedDelta(i, number);
        }
    }

    /// @dev Key 0 for the first segment, the last key for the last one, and in between the others in the order of their
    /// first use: so that a pipeline has one id.
    function _checkSegments(bytes calldata segments, uint256 keyCount) private pure {
        uint256 last = segments.length;
        // Reject a single segment, which is a model with one key, and more than fit in a transaction.
        if (last < 2 || last > MAX_SEGMENTS) revert IModelRegistry.InvalidSegmentCount(last);
        --last;
        uint256 next = 1;
        if (segments[0] != 0) revert IModelRegistry.InvalidSegmentKey(0, uint8(segments[0]));
        for (uint256 i = 1; i <= last; ++i) {
            uint256 number = uint8(segments[i]);
            // Reject the key of the first segment elsewhere, a number that leaves one out, and a last segment that
            // shares its key: signals have their meaning by their place.
            if (number == 0 || number > next || (i == last && number != next))
                revert IModelRegistry.InvalidSegmentKey(i, number);
            if (number == next) ++next;
        }
        // Reject a key that no segment uses, and a segment without a key.
        if (next != keyCount) revert IModelRegistry.KeyCountMismatch(next, keyCount);
    }

    function _signalCount(bytes calldata key) private pure returns (uint256 count) {
        uint256 length = key.length;
        // Reject other lengths than of a delta and one IC point more than signals.
        if (length < IC + 128 || length % 64 != 0) revert IModelRegistry.InvalidKeyLength(length);
        return (length - IC) / 64 - 1;
    }

    function _slice(
        bytes memory data,
        uint256 start,
        uint256 length
    ) private pure returns (bytes memory part) {
        part = new bytes(length);
        assembly ("memory-safe") {
            mcopy(add(part, 32), add(add(data, 32), start), length)
        }
    }

    function _append(uint256 place, bytes calldata data) private pure returns (uint256 end) {
        assembly ("memory-safe") {
            calldatacopy(place, data.offset, data.length)
            end := add(place, data.length)
        }
    }
}
