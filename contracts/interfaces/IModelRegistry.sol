// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Registry of models and their Groth16 verification keys
/// @notice A verification key is data here, never foreign code. A model's id is the hash of its keys and of its
/// commitment, so that nobody can change what an id stands for: no owner, no proxy, no verifier to swap. Its first byte
/// is the model's kind: 1 for a model with one key, 2 for one that also has keys for batches of jobs, 3 for a pipeline
/// of segments.
interface IModelRegistry {
    /// @notice What a model is made of, besides its key. The registry cannot check these hashes; whoever trusts a
    /// model id rebuilds the circuit from the model and compares them (see docs/security.md).
    /// @param modelHash sha256 of the model's file; of a model with private weights, the commitment to them.
    /// @param circuitHash sha256 of the circuit's constraint system (`main.r1cs`).
    /// @param setupHash sha256 of the canonical manifest of the setup that made the key.
    struct Commitment {
        bytes32 modelHash;
        bytes32 circuitHash;
        bytes32 setupHash;
    }

    /// @notice A key for proofs of many jobs at once.
    /// @param jobs how many jobs one proof is about, at least 2.
    /// @param key in the order of {register}, for the three public signals `evaluation, challenge, commitment`.
    struct BatchKey {
        uint256 jobs;
        bytes key;
    }

    /// @notice The keys of a pipeline's segments. They come from one phase 1, so that they have points in common.
    /// @param common `alpha ‖ beta ‖ gamma`, in the order of {register}.
    /// @param keys of each `delta ‖ IC[0] ‖ … ‖ IC[n]`: the first segment's with n = 3, the last segment's with n = the
    /// number of output words + 1, and between these all others with n = 2, in the order of their first use.
    struct PipelineKeys {
        bytes common;
        bytes[] keys;
    }

    /// @notice A model is registered, or announced again with another uri.
    /// @dev The uri is the word of `registrant` alone. Its content must match the commitment.
    event ModelRegistered(
        bytes32 indexed modelId,
        address indexed registrant,
        Commitment commitment,
        string uri
    );

    /// @dev The chain's precompiled contracts 6, 7 and 8 do not answer as EIP-196 and EIP-197 say. Only in the
    /// constructor.
    error UnsupportedChain();
    /// @dev The key's length is not 448 + 64 * (signals + 1) bytes with 1 to 375 signals; of a pipeline, not 320 bytes of
    /// common points, or not 128 + 64 * (signals + 1) of a key.
    error InvalidKeyLength(uint256 length);
    /// @dev The G1 point at this byte of the key is at infinity, off the curve or not in canonical form.
    error InvalidG1Point(uint256 offset);
    /// @dev beta, gamma or delta is at infinity, off the curve, outside the subgroup or not in canonical form.
    error InvalidG2Point();
    /// @dev delta = gamma or delta = -gamma: the key has had no phase-2 contribution and anyone can forge its proofs.
    error UncontributedKey();
    /// @dev The chain refused to store the key.
    error KeyNotStored();
    /// @dev No model has this id.
    error UnknownModel(bytes32 modelId);
    /// @dev A model of this kind has no such key: pipelines are verified by {verifyPipeline}, all others are not.
    error WrongKind(bytes32 modelId, uint8 kind);
    /// @dev The model has another number of public signals.
    error SignalCountMismatch(uint256 expected, uint256 actual);
    /// @dev A batch needs at least one proof and one vector of signals for each proof.
    error InvalidBatch(uint256 proofs, uint256 signals);
    /// @dev A set of keys needs at least one batch key.
    error NoBatchKeys();
    /// @dev The numbers of jobs of a set's keys are between 2 and 2^32 - 1 and ascend.
    error InvalidBatchSize(uint256 jobs);
    /// @dev Two keys have equal or opposite deltas: anyone can forge with both proving keys. The keys of a set are
    /// told by their numbers of jobs, those of a pipeline by their numbers.
    error SharedDelta(uint256 key, uint256 otherKey);
    /// @dev The model has no key for proofs of this many jobs.
    error UnknownBatchSize(bytes32 modelId, uint256 jobs);
    /// @dev A proof of many jobs has the public signals of each of them as words.
    error WordCountMismatch(uint256 expected, uint256 actual);
    /// @dev A pipeline has 2 to 255 segments.
    error InvalidSegmentCount(uint256 segments);
    /// @dev The numbers of the segments' keys do not begin with 0, leave one out, or give the first or the last segment
    /// the key of another one.
    error InvalidSegmentKey(uint256 segment, uint256 key);
    /// @dev The segments use another number of keys than there are.
    error KeyCountMismatch(uint256 expected, uint256 actual);
    /// @dev The pipeline's keys and segments have more bytes than an account's code holds.
    error PipelineTooLong(uint256 limit, uint256 length);
    /// @dev A pipeline needs one proof for each segment, and one edge less.
    error SegmentCountMismatch(uint256 expected, uint256 proofs, uint256 edges);

    /// @notice Registers a model. Open to anyone; registering the same model again only announces its uri anew.
    /// @param verificationKey `alpha ‖ beta ‖ gamma ‖ delta ‖ IC[0] ‖ … ‖ IC[n]`, big-endian words, G1 points as
    /// `x ‖ y`, G2 points as `x.c1 ‖ x.c0 ‖ y.c1 ‖ y.c0` (EIP-197's order), n = number of public signals.
    /// @param commitment what the key is said to be the key of.
    /// @param uri where the manifest and the output schema are found.
    /// @return modelId see {modelIdOf}.
    function register(
        bytes calldata verificationKey,
        Commitment calldata commitment,
        string calldata uri
    ) external returns (bytes32 modelId);

    /// @notice Registers a model with keys for batches of its jobs too. Open to anyone; registering it again only
    /// announces its uri anew.
    /// @param verificationKey the key for one job, see {register}. {verify} and {verifyBatch} use it.
    /// @param batchKeys in ascending order of their numbers of jobs; all deltas differ.
    /// @param commitment what the keys are said to be the keys of.
    /// @param uri where the manifest and the output schema are found.
    /// @return modelId see {setIdOf}.
    function registerSet(
        bytes calldata verificationKey,
        BatchKey[] calldata batchKeys,
        Commitment calldata commitment,
        string calldata uri
    ) external returns (bytes32 modelId);

    /// @notice Registers a model that is proven in segments, a proof each. Open to anyone; registering it again only
    /// announces its uri anew.
    /// @param keys of the segments, at most 24,575 bytes with `segments` (about 75 keys); all deltas differ.
    /// @param segments for each segment one byte, the number of its key in `keys.keys`. The first segment has key 0, the
    /// last one the last key, both for themselves. Segments in between can share a key.
    /// @param commitment what the keys are said to be the keys of.
    /// @param uri where the manifest and the output schema are found.
    /// @return modelId see {pipelineIdOf}.
    function registerPipeline(
        PipelineKeys calldata keys,
        bytes calldata segments,
        Commitment calldata commitment,
        string calldata uri
    ) external returns (bytes32 modelId);

    /// @notice Whether the proof holds for these public signals under the model's key.
    /// @dev `false` may also mean that the caller gave too little gas, or that the chain has lost a precompiled
    /// contract: treat it as "not proven", never as guilt. Reverts with {UnknownModel}, {WrongKind} or
    /// {SignalCountMismatch}; a signal that is not below the field's order is `false`. A proof is malleable, (-A, -B, C) is as good as (A, B,
    /// C): never use it as a nonce.
    /// @param proof `A.x, A.y, B.x.c1, B.x.c0, B.y.c1, B.y.c0, C.x, C.y`.
    /// @param signals the public signals in the circuit's order.
    function verify(
        bytes32 modelId,
        uint256[8] calldata proof,
        uint256[] calldata signals
    ) external view returns (bool valid);

    /// @notice Whether all of the proofs hold for their public signals, in one product of k + 3 pairings.
    /// @dev Each proof's equation is raised to a 128-bit scalar hashed from the model id and every proof and signal:
    /// a batch with a false proof passes with probability 2^-128 a hash evaluation (docs/security.md).
    function verifyBatch(
        bytes32 modelId,
        uint256[8][] calldata proofs,
        uint256[][] calldata signals
    ) external view returns (bool valid);

    /// @notice Whether one proof holds for the public signals of many jobs, under the model's key for that many.
    /// @dev As {verify}: `false` may also mean too little gas. Reverts with {UnknownModel}, {UnknownBatchSize} or
    /// {WordCountMismatch}; a word or a commitment that is not below the field's order is `false`. The proof's own
    /// public signals are `evaluation, challenge, commitment`: the challenge is
    /// `keccak256(abi.encodePacked(commitment, words)) % R`, the evaluation is the sum of
    /// `words[i] * challenge^(i + 1)` modulo R (docs/security.md).
    /// @param jobs how many jobs the proof is about.
    /// @param proof in the order of {verify}.
    /// @param commitment the commitment to the words that the proof shows.
    /// @param words the public signals of each job in the order of {verify}, one job after the other.
    function verifyMany(
        bytes32 modelId,
        uint256 jobs,
        uint256[8] calldata proof,
        uint256 commitment,
        uint256[] calldata words
    ) external view returns (bool valid);

    /// @notice Whether the proofs of all segments hold, in one product of segments + keys + 2 pairings.
    /// @dev As {verifyBatch}: each proof's equation is raised to a scalar of its own, hashed from all that is given. As
    /// {verify}: `false` may also mean too little gas; a signal that is not below the field's order is `false`; proofs
    /// are malleable. Reverts with {UnknownModel}, {WrongKind}, {SegmentCountMismatch} or {SignalCountMismatch}. The public
    /// signals are `edges[0], commitment, binding` of the first segment, `outputs…, edges[k - 2]` of the last one, and
    /// `edges[i], edges[i - 1]` of segment i in between. Whoever trusts the circuits knows from this that the outputs are
    /// the model's on the input of the commitment, and that all was proven for the binding (docs/security.md).
    /// @param proofs one for each segment, in the order of {verify}.
    /// @param edges the commitments to what each segment hands to the next.
    /// @param outputs the model's output words.
    /// @param commitment the commitment to the input.
    /// @param binding what all edges are bound to.
    function verifyPipeline(
        bytes32 modelId,
        uint256[8][] calldata proofs,
        uint256[] calldata edges,
        uint256[] calldata outputs,
        uint256 commitment,
        uint256 binding
    ) external view returns (bool valid);

    /// @notice The number of public signals of a model, 0 for an id that is not registered. Of a pipeline, those of the
    /// model as a whole: `outputs…, commitment, binding`.
    function signalCount(bytes32 modelId) external view returns (uint256 count);

    /// @notice The model's verification key, in the order of {register}.
    function verificationKey(bytes32 modelId) external view returns (bytes memory key);

    /// @notice The numbers of jobs that the model has keys for, ascending; empty for a model with one key, and for an id
    /// that is not registered.
    function batchSizes(bytes32 modelId) external view returns (uint256[] memory sizes);

    /// @notice The model's key for proofs of this many jobs, in the order of {register}.
    function batchKey(bytes32 modelId, uint256 jobs) external view returns (bytes memory key);

    /// @notice The number of words that {verifyMany} takes: `jobs * signalCount(modelId)`. Reverts with {UnknownModel} or
    /// {UnknownBatchSize}.
    function wordCount(bytes32 modelId, uint256 jobs) external view returns (uint256 count);

    /// @notice The keys of a pipeline and the number of each segment's key, as {registerPipeline} took them.
    function pipelineOf(
        bytes32 modelId
    ) external view returns (PipelineKeys memory keys, bytes memory segments);

    /// @notice The kind in a model's id: 1 for one Groth16 key over BN254, 2 for one with batch keys, 3 for a pipeline of
    /// segments. Of an id that is not registered it says nothing.
    function kindOf(bytes32 modelId) external pure returns (uint8 kind);

    /// @notice The id that {register} gives to this key and commitment: a byte 1, and the first 31 bytes of
    /// `keccak256(abi.encode(keccak256(verificationKey), commitment))`.
    function modelIdOf(
        bytes calldata verificationKey,
        Commitment calldata commitment
    ) external pure returns (bytes32 modelId);

    /// @notice The id that {registerSet} gives to these keys and commitment: a byte 2, and the first 31 bytes of
    /// `keccak256(abi.encode(keccak256(verificationKey), batchesHash, commitment))`. `batchesHash` is the hash of the
    /// words `jobs, keccak256(key)` of each batch key.
    function setIdOf(
        bytes calldata verificationKey,
        BatchKey[] calldata batchKeys,
        Commitment calldata commitment
    ) external pure returns (bytes32 modelId);

    /// @notice The id that {registerPipeline} gives to these keys, segments and commitment: a byte 3, and the first 31
    /// bytes of `keccak256(abi.encode(keccak256(keys.common), keysHash, keccak256(segments), commitment))`. `keysHash` is
    /// the hash of the words `keccak256(key)` of each key.
    function pipelineIdOf(
        PipelineKeys calldata keys,
        bytes calldata segments,
        Commitment calldata commitment
    ) external pure returns (bytes32 modelId);
}
