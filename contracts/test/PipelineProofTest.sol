// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PipelineProof} from "../libraries/PipelineProof.sol";

/// @title The library's function as a contract's
/// @notice For tests: of keys that no registry has checked.
contract PipelineProofTest {
    /// @notice See {PipelineProof-verify}.
    function verify(
        bytes calldata keys,
        uint256 keyCount,
        uint256[8][] calldata proofs,
        uint256[] calldata signals
    ) external view returns (bool) {
        return PipelineProof.verify(keys, keyCount, 0, proofs, signals);
    }
}
