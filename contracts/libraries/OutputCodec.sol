// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Reads a model's outputs from the packed words that a proof shows
/// @notice Integer i of an output, less the offset, stands at bit `width * (i % perWord)` of word `i / perWord`. The
/// schema of each output is in the model's manifest, and so is the scale that turns integers into real numbers.
library OutputCodec {
    /// @param count number of integers.
    /// @param width bits of each, at least 1.
    /// @param perWord integers in a word, at least 1; `width * perWord` is at most 248.
    /// @param start index of the output's first word among the model's output words.
    /// @param offset what is added to the packed integer, which is never negative itself.
    struct Schema {
        uint32 count;
        uint8 width;
        uint8 perWord;
        uint32 start;
        int128 offset;
    }

    /// @dev There are fewer words than the schema asks for.
    error MissingWords(uint256 expected, uint256 actual);
    /// @dev The word holds more than its integers: it is not one of this schema.
    error InvalidWord(uint256 index);
    /// @dev The output has no integer of this index.
    error IndexOutOfRange(uint256 index);

    /// @notice All integers of an output.
    function decode(
        uint256[] memory words,
        Schema memory schema
    ) internal pure returns (int256[] memory values) {
        values = new int256[](schema.count);
        for (uint256 i = 0; i < values.length; ++i) values[i] = decodeAt(words, schema, i);
    }

    /// @notice One integer of an output.
    function decodeAt(
        uint256[] memory words,
        Schema memory schema,
        uint256 index
    ) internal pure returns (int256 value) {
        // Reject an index beyond the output: the bits there belong to another one.
        if (index >= schema.count) revert IndexOutOfRange(index);
        uint256 first = index - (index % schema.perWord);
        uint256 position = schema.start + index / schema.perWord;
        // Reject too few words: they are another model's.
        if (position >= words.length) revert MissingWords(position + 1, words.length);
        uint256 held = schema.count - first;
        if (held > schema.perWord) held = schema.perWord;
        // Reject a word that no circuit of this schema can put out.
        if (words[position] >> (held * schema.width) != 0) revert InvalidWord(position);
        uint256 packed = words[position] >> (schema.width * (index - first));
        return int256(packed & ((1 << schema.width) - 1)) + schema.offset;
    }

    /// @notice The index of an output's largest integer, the lowest one of equals.
    function argmax(uint256[] memory words, Schema memory schema) internal pure returns (uint256 index) {
        int256 largest = decodeAt(words, schema, 0);
        for (uint256 i = 1; i < schema.count; ++i) {
            int256 value = decodeAt(words, schema, i);
            if (value > largest) (largest, index) = (value, i);
        }
    }
}
