// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";

/// @title A well-behaved token with EIP-2612 and EIP-3009, minted by anyone
/// @notice For tests.
contract TestToken is ERC20, ERC20Permit, ERC3009 {
    constructor() ERC20("Test", "TEST") ERC20Permit("Test") {}

    /// @notice Mints.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}
