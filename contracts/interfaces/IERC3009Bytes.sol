// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title EIP-3009 with a signature of any form
/// @notice As tokens have it that let smart accounts (ERC-1271) authorize, USDC 2.2 among them.
interface IERC3009Bytes {
    /// @notice Moves tokens to the sender, by the authorization of their owner. Reverts unless `to` is the sender.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;
}
