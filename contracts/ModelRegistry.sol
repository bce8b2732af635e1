// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {BatchEvaluation} from "./libraries/BatchEvaluation.sol";
import {BN254} from "./libraries/BN254.sol";
import {CodeStorage} from "./libraries/CodeStorage.sol";
import {Groth16} from "./libraries/Groth16.sol";
import {ModelId} from "./libraries/ModelId.sol";
import {PipelineKey} from "./libraries/PipelineKey.sol";
import {PipelineProof} from "./libraries/PipelineProof.sol";
import {VerificationKey} from "./libraries/VerificationKey.sol";

/// @title Registry of models and their Groth16 verification keys
/// @notice See {IModelRegistry}.
contract ModelRegistry is IModelRegistry {
    /// @dev The public signals of a proof of many jobs: evaluation, challenge, commitment.
    uint256 private constant BATCH_SIGNALS = 3;

    /// @dev Where a key's bytes are, and how many public signals they are for: of a batch key, those of all jobs. One slot. A
    /// pipeline has no key for all.
    struct Key {
        address account;
        uint96 signalCount;
    }

    /// @dev Where the bytes of {PipelineKey} are, and what they are for; one slot.
    struct Pipeline {
        address keys;
        uint8 keyCount;
        uint8 segmentCount;
        uint16 outputs;
    }

    mapping(bytes32 modelId => Key key) private _keys;
    mapping(bytes32 modelId => Pipeline pipeline) private _pipelines;
    mapping(bytes32 modelId => mapping(uint256 jobs => Key key)) private _batchKeys;
    mapping(bytes32 modelId => uint256[] jobs) private _batchSizes;

    constructor() {
        // Reject a chain that cannot check proofs.
        if (!BN254.isSupported()) revert UnsupportedChain();
    }

    /// @notice See {IModelRegistry-register}.
    function register(
        bytes calldata key,
        Commitment calldata commitment,
        string calldata uri
    ) external returns (bytes32 modelId) {
        modelId = modelIdOf(key, commitment);
        // Not an error when known: else whoever registers a model first could keep others from announcing a uri.
        if (_keys[modelId].account == address(0)) _storeModel(modelId, key);
        emit ModelRegistered(modelId, msg.sender, commitment, uri);
    }

    /// @notice See {IModelRegistry-registerSet}.
    function registerSet(
        bytes calldata key,
        BatchKey[] calldata batchKeys,
        Commitment calldata commitment,
        string calldata uri
    ) external returns (bytes32 modelId) {
        modelId = setIdOf(key, batchKeys, commitment);
        // Not an error when known, as in `register`.
        if (_keys[modelId].account == address(0)) _storeSet(modelId, key, batchKeys);
        emit ModelRegistered(modelId, msg.sender, commitment, uri);
    }

    /// @notice See {IModelRegistry-registerPipeline}.
    function registerPipeline(
        PipelineKeys calldata keys,
        bytes calldata segments,
        Commitment calldata commitment,
        string calldata uri
    ) external returns (bytes32 modelId) {
        modelId = pipelineIdOf(keys, segments, commitment);
        // Not an error when known, as in `register`.
        if (_pipelines[modelId].keys == address(0)) _storePipeline(modelId, keys, segments);
        emit ModelRegistered(modelId, msg.sender, commitment, uri);
    }

    /// @notice See {IModelRegistry-verify}.
    function verify(
        bytes32 modelId,
        uint256[8] calldata proof,
        uint256[] calldata signals
    ) external view returns (bool valid) {
        Key memory key = _key(modelId);
        _checkCount(key, signals);
        return Groth16.verify(CodeStorage.read(key.account), proof, signals);
    }

    /// @notice See {IModelRegistry-verifyBatch}.
    function verifyBatch(
        bytes32 modelId,
        uint256[8][] calldata proofs,
        uint256[][] calldata signals
    ) external view returns (bool valid) {
        Key memory key = _key(modelId);
        // Reject an empty batch, which would be valid, and proofs without signals: both say nothing.
        if (proofs.length == 0 || proofs.length != signals.length)
            revert InvalidBatch(proofs.length, signals.length);
        for (uint256 i = 0; i < signals.length; ++i) _checkCount(key, signals[i]);
        return Groth16.verifyBatch(CodeStorage.read(key.account), modelId, proofs, signals);
    }

    /// @notice See {IModelRegistry-verifyMany}.
    function verifyMany(
        bytes32 modelId,
        uint256 jobs,
        uint256[8] calldata proof,
        uint256 commitment,
        uint256[] calldata words
    ) external view returns (bool valid) {
        Key memory key = _batchKey(modelId, jobs);
        // Reject another number of words: zeros at the end would not change the polynomial.
        if (words.length != key.signalCount) revert WordCountMismatch(key.signalCount, words.length);
        (bool areFieldElements, uint256[] memory signals) = BatchEvaluation.signals(commitment, words);
        // Reject word + R, which would prove the same statement as the word.
        if (!areFieldElements) return false;
        return Groth16.verify(CodeStorage.read(key.account), proof, signals);
    }

    /// @notice See {IModelRegistry-verifyPipeline}.
    function verifyPipeline(
        bytes32 modelId,
        uint256[8][] calldata proofs,
        uint256[] calldata edges,
        uint256[] calldata outputs,
        uint256 commitment,
        uint256 binding
    ) external view returns (bool valid) {
        Pipeline memory pipeline = _pipeline(modelId);
        // Reject a missing segment, and one too many.
        if (proofs.length != pipeline.segmentCount || edges.length + 1 != pipeline.segmentCount)
            revert SegmentCountMismatch(pipeline.segmentCount, proofs.length, edges.length);
        // Reject another number of outputs, as in `verify`.
        if (outputs.length != pipeline.outputs)
            revert SignalCountMismatch(pipeline.outputs + 2, outputs.length + 2);
        uint256[] memory signals = PipelineProof.signals(edges, outputs, commitment, binding);
        bytes memory keys = CodeStorage.read(pipeline.keys);
        return PipelineProof.verify(keys, pipeline.keyCount, modelId, proofs, signals);
    }

    /// @notice See {IModelRegistry-signalCount}.
    function signalCount(bytes32 modelId) external view returns (uint256 count) {
        return _keys[modelId].signalCount;
    }

    /// @notice See {IModelRegistry-verificationKey}.
    function verificationKey(bytes32 modelId) external view returns (bytes memory key) {
        return CodeStorage.read(_key(modelId).account);
    }

    /// @notice See {IModelRegistry-batchSizes}.
    function batchSizes(bytes32 modelId) external view returns (uint256[] memory sizes) {
        return _batchSizes[modelId];
    }

    /// @notice See {IModelRegistry-batchKey}.
    function batchKey(bytes32 modelId, uint256 jobs) external view returns (bytes memory key) {
        return CodeStorage.read(_batchKey(modelId, jobs).account);
    }

    /// @notice See {IModelRegistry-wordCount}.
    function wordCount(bytes32 modelId, uint256 jobs) external view returns (uint256 count) {
        return _batchKey(modelId, jobs).signalCount;
    }

    /// @notice See {IModelRegistry-pipelineOf}.
    function pipelineOf(
        bytes32 modelId
    ) external view returns (PipelineKeys memory keys, bytes memory segments) {
        Pipeline memory pipeline = _pipeline(modelId);
        return
            PipelineKey.unpack(
                CodeStorage.read(pipeline.keys),
                pipeline.keyCount,
                pipeline.segmentCount,
                pipeline.outputs
            );
    }

    /// @notice See {IModelRegistry-kindOf}.
    function kindOf(bytes32 modelId) external pure returns (uint8 kind) {
        return ModelId.kindOf(modelId);
    }

    /// @notice See {IModelRegistry-modelIdOf}.
    function modelIdOf(
        bytes calldata key,
        Commitment calldata commitment
    ) public pure returns (bytes32 modelId) {
        return ModelId.ofKey(keccak256(key), commitment);
    }

    /// @notice See {IModelRegistry-setIdOf}.
    function setIdOf(
        bytes calldata key,
        BatchKey[] calldata batchKeys,
        Commitment calldata commitment
    ) public pure returns (bytes32 modelId) {
        bytes memory list;
        for (uint256 i = 0; i < batchKeys.length; ++i) {
            list = abi.encodePacked(list, batchKeys[i].jobs, keccak256(batchKeys[i].key));
        }
        return ModelId.ofSet(keccak256(key), keccak256(list), commitment);
    }

    /// @notice See {IModelRegistry-pipelineIdOf}.
    function pipelineIdOf(
        PipelineKeys calldata keys,
        bytes calldata segments,
        Commitment calldata commitment
    ) public pure returns (bytes32 modelId) {
        uint256 count = keys.keys.length;
        bytes32[] memory hashes = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) hashes[i] = keccak256(keys.keys[i]);
        bytes32 keysHash = keccak256(abi.encodePacked(hashes));
        return ModelId.ofPipeline(keccak256(keys.common), keysHash, keccak256(segments), commitment);
    }

    function _storeSet(bytes32 modelId, bytes calldata key, BatchKey[] calldata batchKeys) private {
        // Reject a set without a batch key: it would be a second id for a model with one key.
        if (batchKeys.length == 0) revert NoBatchKeys();
        uint256 signals = _storeModel(modelId, key);
        uint256 last = 1;
        for (uint256 i = 0; i < batchKeys.length; ++i) {
            uint256 jobs = batchKeys[i].jobs;
            // Reject a second key for as many jobs, another order, which would be a second id, and what fits in no proof.
            if (jobs <= last || jobs > type(uint32).max) revert InvalidBatchSize(jobs);
            last = jobs;
            uint256 count = VerificationKey.signalCount(batchKeys[i].key);
            // Reject a key of another form: its signals would have another meaning.
            if (count != BATCH_SIGNALS) revert SignalCountMismatch(BATCH_SIGNALS, count);
            _batchKeys[modelId][jobs] = Key(_storeKey(batchKeys[i].key), uint96(jobs * signals));
            _batchSizes[modelId].push(jobs);
            _checkDelta(key, batchKeys, i);
        }
    }

    /// @dev With one delta, a private column of one circuit's key could be added to a proof of the other.
    function _checkDelta(bytes calldata key, BatchKey[] calldata batchKeys, uint256 index) private pure {
        uint256 jobs = batchKeys[index].jobs;
        bytes32 delta = VerificationKey.deltaHash(batchKeys[index].key);
        // Reject delta = ±delta, seen by equal x.
        if (delta == VerificationKey.deltaHash(key)) revert SharedDelta(1, jobs);
        for (uint256 i = 0; i < index; ++i) {
            if (delta == VerificationKey.deltaHash(batchKeys[i].key))
                revert SharedDelta(batchKeys[i].jobs, jobs);
        }
    }

    /// @notice Stores the key for one job.
    /// @return count the key's number of public signals.
    function _storeModel(bytes32 modelId, bytes calldata key) private returns (uint256 count) {
        count = VerificationKey.signalCount(key);
        _keys[modelId] = Key(_storeKey(key), uint96(count));
    }

    function _storePipeline(bytes32 modelId, PipelineKeys calldata keys, bytes calldata segments) private {
        uint256 outputs = PipelineKey.outputCount(keys, segments);
        bytes memory packed = PipelineKey.pack(keys, segments);
        PipelineKey.check(keys);
        _pipelines[modelId] = Pipeline(
            _store(packed),
            uint8(keys.keys.length),
            uint8(segments.length),
            uint16(outputs)
        );
        // The signals of the model as a whole: `outputs…, commitment, binding`.
        _keys[modelId].signalCount = uint96(outputs + 2);
    }

    function _storeKey(bytes calldata key) private returns (address account) {
        VerificationKey.check(key);
        return _store(key);
    }

    function _store(bytes memory data) private returns (address account) {
        account = CodeStorage.write(data);
        // Reject a key that the chain did not store: it may limit code further than Ethereum does.
        if (account == address(0)) revert KeyNotStored();
    }

    function _key(bytes32 modelId) private view returns (Key memory key) {
        key = _keys[modelId];
        if (key.account == address(0)) _refuse(modelId);
    }

    function _batchKey(bytes32 modelId, uint256 jobs) private view returns (Key memory key) {
        key = _batchKeys[modelId][jobs];
        if (key.account == address(0)) {
            _key(modelId);
            // Reject a number of jobs that the model has no key for.
            revert UnknownBatchSize(modelId, jobs);
        }
    }

    function _pipeline(bytes32 modelId) private view returns (Pipeline memory pipeline) {
        pipeline = _pipelines[modelId];
        if (pipeline.keys == address(0)) _refuse(modelId);
    }

    function _refuse(bytes32 modelId) private view {
        // Reject an unknown model: it has no keys.
        if (_keys[modelId].signalCount == 0) revert UnknownModel(modelId);
        // Reject a pipeline where one key is needed, and the other way round.
        revert WrongKind(modelId, ModelId.kindOf(modelId));
    }

    function _checkCount(Key memory key, uint256[] calldata signals) private pure {
        // Reject another number of signals: a missing one would count as zero, and one too many would be ignored.
        if (signals.length != key.signalCount) revert SignalCountMismatch(key.signalCount, signals.length);
    }
}
