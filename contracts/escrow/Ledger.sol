// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IInferenceEscrow} from "../interfaces/IInferenceEscrow.sol";

/// @title The escrow's balances, and the tokens behind them
/// @notice Part of {InferenceEscrow}.
/// @dev Everything that moves tokens, native ones too, is guarded against reentrance, since a token is measured by its
/// balance before and after.
abstract contract Ledger is IInferenceEscrow, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @notice See {IInferenceEscrow-balanceOf}.
    mapping(address account => mapping(address token => uint256 amount)) public balanceOf;

    /// @notice See {IInferenceEscrow-deposit}.
    function deposit(address token, uint256 amount) external payable {
        // Reject zero: most likely a mistake.
        if (amount == 0) revert ZeroAmount();
        _credit(msg.sender, token, amount);
        _receive(token, amount);
        emit Deposited(msg.sender, token, amount);
    }

    /// @notice See {IInferenceEscrow-withdraw}.
    function withdraw(address token, uint256 amount, address to) external {
        // Reject zero: most likely a mistake.
        if (amount == 0) revert ZeroAmount();
        _debit(msg.sender, token, amount);
        _payOut(token, amount, to);
    }

    /// @dev Takes native tokens or others from the sender, the exact amount or none.
    function _receive(address token, uint256 amount) internal {
        if (token == address(0)) {
            // Reject another value: more would be lost, less would be taken from others.
            if (msg.value != amount) revert InvalidValue(amount, msg.value);
        } else {
            // Reject native tokens, which would be lost.
            if (msg.value != 0) revert InvalidValue(0, msg.value);
            _pull(token, amount);
        }
    }

    /// @dev Pays the sender, from what the caller has taken out of the books.
    function _payOut(address token, uint256 amount, address to) internal nonReentrant {
        // Reject address 0, which burns money, and the escrow, where it would belong to nobody.
        if (to == address(0) || to == address(this)) revert InvalidRecipient(to);
        emit Withdrawn(msg.sender, token, amount, to);
        if (token == address(0)) Address.sendValue(payable(to), amount);
        else IERC20(token).safeTransfer(to, amount);
    }

    /// @dev The escrow's balance once it has received the amount. The caller is guarded, and takes the tokens next.
    function _expect(address token, uint256 amount) internal view returns (uint256 expected) {
        _checkToken(token);
        return IERC20(token).balanceOf(address(this)) + amount;
    }

    function _checkToken(address token) internal view {
        // Reject an account without code: a call to it does nothing, or fails without a reason.
        if (token.code.length == 0) revert NotAToken(token);
    }

    function _checkReceived(address token, uint256 amount, uint256 expected) internal view {
        // Reject a fee on transfers: a part of the job's money would be taken from others.
        if (IERC20(token).balanceOf(address(this)) != expected) revert InexactTransfer(token, amount);
    }

    function _credit(address account, address token, uint256 amount) internal {
        balanceOf[account][token] += amount;
    }

    function _debit(address account, address token, uint256 amount) internal {
        uint256 balance = balanceOf[account][token];
        // Reject more than the balance: the rest would be taken from others.
        if (balance < amount) revert BalanceTooLow(account, token, balance, amount);
        unchecked {
            balanceOf[account][token] = balance - amount;
        }
    }

    /// @dev Guarded, since a token that calls its sender could otherwise have the same money measured twice.
    function _pull(address token, uint256 amount) private nonReentrant {
        uint256 expected = _expect(token, amount);
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        _checkReceived(token, amount, expected);
    }
}
