// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title ERC-7992's registry of model commitments
/// @notice As published (draft of November 2025) the interface names an event and an error alike, `ModelDeprecated`,
/// which does not compile. The error is `DeprecatedModel` here; functions, events and the ERC-165 id are the draft's.
interface IERC7992Registry {
    /// @param modelHash hash of weights and architecture.
    /// @param circuitHash hash of the circuit.
    /// @param vkHash hash of the verification key.
    /// @param proofSystemId first four bytes of the hash of the proof system's name.
    /// @param uri optional metadata.
    struct ModelCommitment {
        bytes32 modelHash;
        bytes32 circuitHash;
        bytes32 vkHash;
        bytes4 proofSystemId;
        string uri;
    }

    /// @notice A model is registered.
    event ModelRegistered(uint256 indexed modelId, address indexed owner, ModelCommitment commitment);
    /// @notice A model's commitment is another one from now on.
    event ModelUpdated(uint256 indexed modelId, ModelCommitment oldCommitment, ModelCommitment newCommitment);
    /// @notice A model is not to be used any more.
    event ModelDeprecated(uint256 indexed modelId);

    /// @dev No model has this id.
    error ModelNotFound(uint256 modelId);
    /// @dev Only a model's owner can change it.
    error NotModelOwner(uint256 modelId, address caller);
    /// @dev The draft's error `ModelDeprecated`.
    error DeprecatedModel(uint256 modelId);

    /// @notice Registers a model.
    function registerModel(ModelCommitment calldata commitment) external returns (uint256 modelId);

    /// @notice Changes a model's commitment.
    function updateModel(uint256 modelId, ModelCommitment calldata newCommitment) external;

    /// @notice Deprecates a model.
    function deprecateModel(uint256 modelId) external;

    /// @notice A model's commitment, whether it is deprecated, and who can change it.
    function getModel(
        uint256 modelId
    ) external view returns (ModelCommitment memory commitment, bool deprecated, address owner);
}
