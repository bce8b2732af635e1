// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {BN254} from "./libraries/BN254.sol";
import {CodeStorage} from "./libraries/CodeStorage.sol";
import {Groth16} from "./libraries/Groth16.sol";
import {VerificationKey} from "./libraries/VerificationKey.sol";

/// @title Registry of models and their Groth16 verification keys
/// @notice See {IModelRegistry}.
contract ModelRegistry is IModelRegistry {
    /// @dev Where the key's bytes are, and how many public signals they are for; one slot.
    struct Model {
        address key;
        uint96 signalCount;
    }

    mapping(bytes32 modelId => Model model) private _models;

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
        if (_models[modelId].key == address(0)) {
            uint256 count = VerificationKey.signalCount(key);
            VerificationKey.check(key);
            address account = CodeStorage.write(key);
            // Reject a key that the chain did not store: it may limit code further than Ethereum does.
            if (account == address(0)) revert KeyNotStored();
            _models[modelId] = Model(account, uint96(count));
        }
        emit ModelRegistered(modelId, msg.sender, commitment, uri);
    }

    /// @notice See {IModelRegistry-verify}.
    function verify(
        bytes32 modelId,
        uint256[8] calldata proof,
        uint256[] calldata signals
    ) external view returns (bool valid) {
        Model memory model = _model(modelId);
        _checkCount(model, signals);
        return Groth16.verify(CodeStorage.read(model.key), proof, signals);
    }

    /// @notice See {IModelRegistry-verifyBatch}.
    function verifyBatch(
        bytes32 modelId,
        uint256[8][] calldata proofs,
        uint256[][] calldata signals
    ) external view returns (bool valid) {
        Model memory model = _model(modelId);
        // Reject an empty batch, which would be valid, and proofs without signals: both say nothing.
        if (proofs.length == 0 || proofs.length != signals.length)
            revert InvalidBatch(proofs.length, signals.length);
        for (uint256 i = 0; i < signals.length; ++i) _checkCount(model, signals[i]);
        return Groth16.verifyBatch(CodeStorage.read(model.key), modelId, proofs, signals);
    }

    /// @notice See {IModelRegistry-signalCount}.
    function signalCount(bytes32 modelId) external view returns (uint256 count) {
        return _models[modelId].signalCount;
    }

    /// @notice See {IModelRegistry-verificationKey}.
    function verificationKey(bytes32 modelId) external view returns (bytes memory key) {
        return CodeStorage.read(_model(modelId).key);
    }

    /// @notice See {IModelRegistry-modelIdOf}.
    function modelIdOf(
        bytes calldata key,
        Commitment calldata commitment
    ) public pure returns (bytes32 modelId) {
        return keccak256(abi.encode(keccak256(key), commitment));
    }

    function _model(bytes32 modelId) private view returns (Model memory model) {
        model = _models[modelId];
        // Reject an unknown model: it has no key.
        if (model.key == address(0)) revert UnknownModel(modelId);
    }

    function _checkCount(Model memory model, uint256[] calldata signals) private pure {
        // Reject another number of signals: a missing one would count as zero, and one too many would be ignored.
        if (signals.length != model.signalCount)
            revert SignalCountMismatch(model.signalCount, signals.length);
    }
}
