// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {ModelId} from "../libraries/ModelId.sol";
import {IERC7992Registry} from "./IERC7992Registry.sol";
import {IERC7992Verifier} from "./IERC7992Verifier.sol";

/// @title The models of a {IModelRegistry} as ERC-7992 sees them
/// @notice A view: models are registered in the registry, with their keys, and shown here by {introduce}. They are
/// content-addressed and have no owner, so that none can be updated or deprecated; `getModel` gives 0 as their
/// owner. `registerModel` always reverts, since a commitment without its key cannot be verified against. An output is
/// `abi.encode(uint256[] outputWords)`, a proof is `abi.encode(uint256[8])` with binding 0: it belongs to nobody in
/// particular.
contract ERC7992Adapter is IERC7992Registry, IERC7992Verifier, IERC165 {
    /// @notice ERC-7992's id of Groth16 over BN254.
    bytes4 public constant PROOF_SYSTEM_ID = bytes4(keccak256("groth16-bn254-v1"));

    /// @notice Where the keys are.
    IModelRegistry public immutable models;

    /// @dev What {introduce} was told, and found to hash to the model id.
    struct Known {
        bytes32 modelHash;
        bytes32 circuitHash;
        bytes32 vkHash;
    }

    mapping(uint256 modelId => Known known) private _known;

    /// @dev Models are registered in the registry, with their keys: see {introduce}.
    error KeyRequired(IModelRegistry models);

    constructor(IModelRegistry models_) {
        models = models_;
    }

    /// @notice Shows a model of the registry here. Open to anyone: the id proves the commitment.
    function introduce(IModelRegistry.Commitment calldata commitment, bytes32 modelId) external {
        bytes32 vkHash = keccak256(models.verificationKey(modelId));
        // Reject another commitment than the one that the model was registered with.
        if (_idOf(vkHash, modelId, commitment) != modelId) revert ModelNotFound(uint256(modelId));
        _known[uint256(modelId)] = Known(commitment.modelHash, commitment.circuitHash, vkHash);
        emit ModelRegistered(uint256(modelId), address(0), _commitmentOf(uint256(modelId)));
    }

    /// @inheritdoc IERC7992Verifier
    function verifyInference(
        uint256 modelId,
        bytes32 inputCommitment,
        bytes calldata output,
        bytes calldata proof
    ) external {
        uint256[] memory outputs = abi.decode(output, (uint256[]));
        uint256[] memory signals = new uint256[](outputs.length + 2);
        for (uint256 i = 0; i < outputs.length; ++i) signals[i] = outputs[i];
        signals[outputs.length] = uint256(inputCommitment);
        // Reject a model that was not introduced, or is not registered.
        if (_known[modelId].vkHash == 0) revert ModelNotFound(modelId);
        // Reject another number of words than the model has.
        if (signals.length != models.signalCount(bytes32(modelId))) revert OutputMismatch();
        // Reject an invalid proof.
        if (!models.verify(bytes32(modelId), abi.decode(proof, (uint256[8])), signals)) revert InvalidProof();
        emit InferenceVerified(modelId, inputCommitment, output, msg.sender);
    }

    /// @inheritdoc IERC7992Verifier
    function proofSystemOf(uint256 modelId) external view returns (bytes4 proofSystemId) {
        return _commitmentOf(modelId).proofSystemId;
    }

    /// @inheritdoc IERC7992Verifier
    function registry() external view returns (address registryAddress) {
        return address(this);
    }

    /// @inheritdoc IERC7992Registry
    function getModel(
        uint256 modelId
    ) external view returns (ModelCommitment memory commitment, bool deprecated, address owner) {
        return (_commitmentOf(modelId), false, address(0));
    }

    /// @inheritdoc IERC7992Registry
    function registerModel(ModelCommitment calldata) external view returns (uint256) {
        // Reject a registration without the key, which the standard does not carry.
        revert KeyRequired(models);
    }

    /// @inheritdoc IERC7992Registry
    function updateModel(uint256 modelId, ModelCommitment calldata) external view {
        // Reject every caller: nobody owns a model.
        revert NotModelOwner(modelId, msg.sender);
    }

    /// @inheritdoc IERC7992Registry
    function deprecateModel(uint256 modelId) external view {
        // Reject every caller: nobody owns a model.
        revert NotModelOwner(modelId, msg.sender);
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return
            interfaceId == type(IERC7992Registry).interfaceId ||
            interfaceId == type(IERC7992Verifier).interfaceId ||
            interfaceId == type(IERC165).interfaceId;
    }

    /// @dev The id of the model's keys with this commitment.
    function _idOf(
        bytes32 vkHash,
        bytes32 modelId,
        IModelRegistry.Commitment calldata commitment
    ) private view returns (bytes32) {
        uint256[] memory sizes = models.batchSizes(modelId);
        if (sizes.length == 0) return ModelId.ofKey(vkHash, commitment);
        bytes memory batches;
        for (uint256 i = 0; i < sizes.length; ++i) {
            batches = abi.encodePacked(batches, sizes[i], keccak256(models.batchKey(modelId, sizes[i])));
        }
        return ModelId.ofSet(vkHash, keccak256(batches), commitment);
    }

    function _commitmentOf(uint256 modelId) private view returns (ModelCommitment memory commitment) {
        Known memory known = _known[modelId];
        // Reject a model that was not introduced, or is not registered.
        if (known.vkHash == 0) revert ModelNotFound(modelId);
        return ModelCommitment(known.modelHash, known.circuitHash, known.vkHash, PROOF_SYSTEM_ID, "");
    }
}
