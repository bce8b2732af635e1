// SPDX-License-Identifier: MIT
// solhint-disable one-contract-per-file
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IERC3009Bytes} from "../interfaces/IERC3009Bytes.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {Puppet} from "./Puppet.sol";
import {TestToken} from "./TestToken.sol";

/// @title A token in which smart accounts can authorize, as USDC 2.2 is
/// @notice For tests.
contract BytesToken is TestToken, IERC3009Bytes {
    /// @inheritdoc IERC3009Bytes
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external {
        bytes32 digest = _hashTypedDataV4(
            keccak256(
                abi.encode(
                    RECEIVE_WITH_AUTHORIZATION_TYPEHASH,
                    from,
                    to,
                    value,
                    validAfter,
                    validBefore,
                    nonce
                )
            )
        );
        if (!SignatureChecker.isValidSignatureNow(from, digest, signature)) revert ERC3009InvalidSignature();
        if (to != msg.sender) revert ERC20InvalidReceiver(to);
        _transferWithAuthorization(from, to, value, validAfter, validBefore, nonce);
    }
}

/// @title A token that says its EIP-712 domain by its name and version only, as USDC does
/// @notice For tests.
contract NamedToken is ERC20("Named", "NAM"), EIP712("Named", "2"), ERC3009 {
    /// @notice The version of the domain.
    string public constant version = "2"; // solhint-disable-line const-name-snakecase

    /// @dev There is no such function.
    error NoDomain();

    /// @notice Mints.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @inheritdoc EIP712
    function eip712Domain()
        public
        pure
        override
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        revert NoDomain();
    }
}

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

/// @title A token like USDT: it returns nothing, has a list of blocked accounts and a fee that can be switched on, and an
/// allowance changes to or from zero only
/// @notice For tests.
contract StrictToken {
    /// @notice Balances.
    mapping(address account => uint256 amount) public balanceOf;
    /// @notice Allowances.
    mapping(address owner => mapping(address spender => uint256 amount)) public allowance;
    /// @notice Accounts that can neither send nor receive.
    mapping(address account => bool) public isBlocked;
    /// @notice What a transfer costs its receiver, parts in a hundred.
    uint256 public percent;

    /// @dev The balance or the allowance does not suffice.
    error TooLittle();
    /// @dev The account is on the list.
    error Blocked(address account);
    /// @dev The allowance has to be set to zero first.
    error NotZeroFirst();

    /// @notice Mints.
    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    /// @notice Puts an account on the list, or takes it off.
    function setBlocked(address account, bool blocked) external {
        isBlocked[account] = blocked;
    }

    /// @notice Sets the fee.
    function setPercent(uint256 percent_) external {
        percent = percent_;
    }

    /// @notice Allows, if the allowance is zero or is to be.
    function approve(address spender, uint256 amount) external {
        if (amount != 0 && allowance[msg.sender][spender] != 0) revert NotZeroFirst();
        allowance[msg.sender][spender] = amount;
    }

    /// @notice Transfers the sender's money.
    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    /// @notice Transfers what is allowed.
    function transferFrom(address from, address to, uint256 amount) external {
        uint256 allowed = allowance[from][msg.sender];
        if (allowed < amount) revert TooLittle();
        if (allowed != type(uint256).max) allowance[from][msg.sender] = allowed - amount;
        _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        if (isBlocked[from]) revert Blocked(from);
        if (isBlocked[to]) revert Blocked(to);
        if (balanceOf[from] < amount) revert TooLittle();
        balanceOf[from] -= amount;
        balanceOf[to] += amount - (amount * percent) / 100;
    }
}

/// @title A token that returns nothing, and refuses to change an allowance that is not zero, as USDT does
/// @notice For tests.
contract StubbornToken {
    /// @notice Allowances.
    mapping(address owner => mapping(address spender => uint256 amount)) public allowance;

    /// @notice Whether it grants half of what it is told to.
    bool public isMiserly;

    /// @dev The allowance is not zero.
    error Allowed();

    /// @notice Makes it miserly.
    function beMiserly() external {
        isMiserly = true;
    }

    /// @notice Allows.
    function approve(address spender, uint256 amount) external {
        if (amount != 0 && allowance[msg.sender][spender] != 0) revert Allowed();
        allowance[msg.sender][spender] = isMiserly ? amount / 2 : amount;
    }
}

/// @title A token that accepts any call, as WETH's fallback does
/// @notice For tests.
contract AcceptingToken is ERC20("Accepting", "ACC") {
    /// @notice Mints.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    // solhint-disable-next-line no-complex-fallback, payable-fallback, use-natspec
    fallback() external {}
}

/// @title A token that returns false where others revert
/// @notice For tests.
contract LyingToken {
    /// @notice Balances.
    mapping(address account => uint256 amount) public balanceOf;
    /// @notice Allowances.
    mapping(address owner => mapping(address spender => uint256 amount)) public allowance;

    /// @notice Mints.
    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    /// @notice Allows.
    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        return true;
    }

    /// @notice Transfers, or returns false.
    function transfer(address to, uint256 amount) external returns (bool) {
        return _move(msg.sender, to, amount);
    }

    /// @notice Transfers, or returns false.
    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        uint256 allowed = allowance[from][msg.sender];
        if (allowed < amount || !_move(from, to, amount)) return false;
        if (allowed != type(uint256).max) allowance[from][msg.sender] = allowed - amount;
        return true;
    }

    function _move(address from, address to, uint256 amount) private returns (bool) {
        if (balanceOf[from] < amount) return false;
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
        return true;
    }
}
