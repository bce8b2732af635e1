// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Bytes kept as the code of an account
/// @notice Reading code costs 2,600 gas for the account and 3 a word; reading storage costs 2,100 a word.
library CodeStorage {
    /// @dev The account's code starts with STOP, so that nobody can run the data.
    uint256 private constant PREFIX_LENGTH = 1;
    /// @notice The most bytes that one account's code holds behind the prefix (EIP-170).
    uint256 internal constant MAX_LENGTH = 24_575;

    /// @notice Stores `data` in a new account.
    /// @return account its address, or 0 if the chain refused it.
    function write(bytes memory data) internal returns (address account) {
        // PUSH2 length, DUP1, PUSH1 10, RETURNDATASIZE, CODECOPY, RETURNDATASIZE, RETURN, then the code itself.
        bytes memory initCode = abi.encodePacked(
            hex"61",
            uint16(data.length + PREFIX_LENGTH),
            hex"80600a3d393df3",
            hex"00",
            data
        );
        assembly ("memory-safe") {
            account := create(0, add(initCode, 0x20), mload(initCode))
        }
    }

    /// @notice Reads what {write} stored in `account`.
    function read(address account) internal view returns (bytes memory data) {
        assembly ("memory-safe") {
            let length := sub(extcodesize(account), PREFIX_LENGTH)
            data := mload(0x40)
            mstore(data, length)
            extcodecopy(account, add(data, 0x20), PREFIX_LENGTH, length)
            mstore(0x40, and(add(add(data, length), 0x3f), not(0x1f)))
        }
    }
}
