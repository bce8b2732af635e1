// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {OutputCodec} from "../libraries/OutputCodec.sol";

/// @title The library's functions as a contract's
/// @notice For tests.
contract OutputCodecTest {
    /// @notice See {OutputCodec-decode}.
    function decode(
        uint256[] calldata words,
        OutputCodec.Schema calldata schema
    ) external pure returns (int256[] memory) {
        return OutputCodec.decode(words, schema);
    }

    /// @notice See {OutputCodec-decodeAt}.
    function decodeAt(
        uint256[] calldata words,
        OutputCodec.Schema calldata schema,
        uint256 index
    ) external pure returns (int256) {
        return OutputCodec.decodeAt(words, schema, index);
    }

    /// @notice See {OutputCodec-argmax}.
    function argmax(
        uint256[] calldata words,
        OutputCodec.Schema calldata schema
    ) external pure returns (uint256) {
        return OutputCodec.argmax(words, schema);
    }
}
