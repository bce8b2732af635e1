// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title ERC-7992's verifier of inferences
/// @notice Draft of November 2025.
interface IERC7992Verifier {
    /// @notice The proof of an inference holds.
    event InferenceVerified(
        uint256 indexed modelId,
        bytes32 indexed inputCommitment,
        bytes output,
        address indexed caller
    );

    /// @dev The proof does not hold.
    error InvalidProof();
    /// @dev The proof holds for another model.
    error ModelMismatch();
    /// @dev The proof holds for another input.
    error InputCommitmentMismatch();
    /// @dev The output is not of the model's form.
    error OutputMismatch();
    /// @dev The verifier does not know the proof system.
    error UnsupportedProofSystem(bytes4 proofSystemId);
    /// @dev The model is deprecated.
    error VerificationRefused_ModelDeprecated(uint256 modelId);

    /// @notice Reverts unless the proof shows that the model has this output for the committed input.
    function verifyInference(
        uint256 modelId,
        bytes32 inputCommitment,
        bytes calldata output,
        bytes calldata proof
    ) external;

    /// @notice The proof system of a model.
    function proofSystemOf(uint256 modelId) external view returns (bytes4 proofSystemId);

    /// @notice The registry of the models.
    function registry() external view returns (address registryAddress);
}
