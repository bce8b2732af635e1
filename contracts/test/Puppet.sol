// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IInferenceCallback} from "../interfaces/IInferenceCallback.sol";

/// @title An account that does as it is told whenever it is called
/// @notice For tests: callback, receiver of native tokens, token holder and ERC-1271 wallet of its owner.
contract Puppet is IInferenceCallback, IERC1271 {
    /// @notice What to do when called.
    enum Mode {
        Nothing,
        Revert,
        Invalid,
        ReturnMegabyte,
        BurnGas,
        Act
    }

    /// @notice The owner, whose signatures are this wallet's.
    address public immutable owner = msg.sender;
    /// @notice What to do when called.
    Mode public mode;
    /// @notice How often it was called.
    uint256 public calls;
    /// @notice The gas that it had when it was called last.
    uint256 public gasSeen;
    /// @notice Whether the last act succeeded.
    bool public acted;
    /// @notice What the last act returned.
    bytes public returned;

    address private _target;
    bytes private _data;

    /// @dev It was told to revert.
    error Told();

    /// @notice Takes native tokens.
    receive() external payable {
        _perform();
    }

    /// @notice Tells what to do when called.
    function tell(Mode mode_) external {
        mode = mode_;
    }

    /// @notice Tells what to call when called.
    function tellToAct(address target, bytes calldata data) external {
        (mode, _target, _data) = (Mode.Act, target, data);
    }

    /// @notice Calls right away.
    function act(
        address target,
        uint256 value,
        bytes calldata data
    ) external payable returns (bytes memory result) {
        bool success;
        (success, result) = target.call{value: value}(data); // solhint-disable-line avoid-low-level-calls
        if (!success) {
            assembly ("memory-safe") {
                revert(add(result, 0x20), mload(result))
            }
        }
    }

    /// @inheritdoc IInferenceCallback
    function onInference(bytes32, uint256[] calldata) external {
        gasSeen = gasleft();
        _perform();
    }

    /// @notice Called by {HookToken}.
    function onTransfer() external {
        _perform();
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        return
            ECDSA.recoverCalldata(hash, signature) == owner ? IERC1271.isValidSignature.selector : bytes4(0);
    }

    function _perform() private {
        ++calls;
        if (mode == Mode.Revert) revert Told();
        if (mode == Mode.Invalid) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        if (mode == Mode.ReturnMegabyte) {
            // As much as 2 million gas pay for.
            assembly ("memory-safe") {
                return(0, 980000)
            }
        }
        while (mode == Mode.BurnGas) ++calls;
        if (mode == Mode.Act) {
            (acted, returned) = _target.call(_data); // solhint-disable-line avoid-low-level-calls
        }
    }
}
