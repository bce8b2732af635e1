// SPDX-License-Identifier: MIT
// solhint-disable one-contract-per-file
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Puppet} from "./Puppet.sol";

/// @title A token that keeps one part in a hundred of each transfer
/// @notice For tests.
contract FeeToken is ERC20("Fee", "FEE") {
    /// @notice Mints.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 value) internal override {
        if (from == address(0) || to == address(0)) return super._update(from, to, value);
        super._update(from, address(0), value / 100);
        super._update(from, to, value - value / 100);
    }
}

/// @title A token that tells the sender's puppet before it moves its money, as ERC-777 does
/// @notice For tests.
contract HookToken is ERC20("Hook", "HOOK") {
    /// @notice Mints.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 value) internal override {
        if (from.code.length != 0) Puppet(payable(from)).onTransfer();
        super._update(from, to, value);
    }
}

/// @title A token whose balances shrink and grow by decree
/// @notice For tests.
contract RebasingToken is ERC20("Rebasing", "REB") {
    /// @notice Mints.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice Takes half of the account's balance.
    function halve(address account) external {
        _burn(account, balanceOf(account) / 2);
    }
}

/// @title A token that returns nothing, as USDT does
/// @notice For tests.
contract SilentToken {
    /// @notice Balances.
    mapping(address account => uint256 amount) public balanceOf;

    /// @dev The balance does not suffice.
    error TooLittle();

    /// @notice Mints.
    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    /// @notice Transfers the sender's money.
    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    /// @notice Transfers anybody's money; allowances do not matter in the tests.
    function transferFrom(address from, address to, uint256 amount) external {
        _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        if (balanceOf[from] < amount) revert TooLittle();
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}

/// @title A token that accepts any call, as WETH's fallback does
/// @notice For tests.
contract AcceptingToken is ERC20("Accepting", "ACC") {
    // solhint-disable-next-line no-complex-fallback, payable-fallback, use-natspec
    fallback() external {}
}
