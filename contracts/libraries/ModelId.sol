// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";

/// @title What a model's id is the hash of
/// @notice The first byte of an id is the model's kind: how it is proven and verified. The other 31 bytes are the first
/// ones of a hash, so that an id of one kind is never that of another.
library ModelId {
    /// @notice One Groth16 key over BN254.
    uint8 internal constant SINGLE = 1;
    /// @notice A Groth16 key over BN254, and keys for batches of jobs of the same program.
    uint8 internal constant SET = 2;
    /// @notice Groth16 keys over BN254 for the segments of one program, which are proven one by one.
    uint8 internal constant PIPELINE = 3;

    /// @notice The kind that an id says. Of an id that nobody has registered it says nothing.
    function kindOf(bytes32 modelId) internal pure returns (uint8 kind) {
        return uint8(modelId[0]);
    }

    /// @notice The id of a model with one key.
    function ofKey(
        bytes32 keyHash,
        IModelRegistry.Commitment calldata commitment
    ) internal pure returns (bytes32 modelId) {
        return _withKind(SINGLE, keccak256(abi.encode(keyHash, commitment)));
    }

    /// @notice The id of a model with a set of keys.
    /// @param batchesHash hash of the words `jobs, keccak256(key)` of each batch key.
    function ofSet(
        bytes32 keyHash,
        bytes32 batchesHash,
        IModelRegistry.Commitment calldata commitment
    ) internal pure returns (bytes32 modelId) {
        return _withKind(SET, keccak256(abi.encode(keyHash, batchesHash, commitment)));
    }

    /// @notice The id of a pipeline of segments.
    /// @param commonHash hash of what the keys have in common.
    /// @param keysHash hash of the hashes of the keys.
    /// @param segmentsHash hash of the number of each segment's key.
    function ofPipeline(
        bytes32 commonHash,
        bytes32 keysHash,
        bytes32 segmentsHash,
        IModelRegistry.Commitment memory commitment
    ) internal pure returns (bytes32 modelId) {
        return _withKind(PIPELINE, keccak256(abi.encode(commonHash, keysHash, segmentsHash, commitment)));
    }

    function _withKind(uint8 kind, bytes32 hash) private pure returns (bytes32 modelId) {
        return bytes32((uint256(kind) << 248) | (uint256(hash) >> 8));
    }
}
