pragma circom 2.1.6;

include "lowestBit.circom";

/**
 * Rows of a constant table by an index that is itself shown to be in range: another has no witness.
 */

/**
 * @title One signal a value: out[i] = 1 where in = i, else 0
 * @param values number of values
 * @input in any field element; only those of [0, values) have a witness
 * @assume values >= 2
 * @assume in within [0, values - 1]
 * @notice values constraints, and a linear one: at most one signal is other than 0, and the last is 1 less the others
 * Proof: docs/soundness.md#onehot
 */
template OneHot(values) {
    assert(values >= 2);
    signal input in;
    signal output out[values];

    var sum = 0;
    for (var i = 0; i < values - 1; i++) {
        out[i] <-- in == i ? 1 : 0;
        out[i] * (in - i) === 0;
        sum += out[i];
    }
    out[values - 1] <== 1 - sum;
    out[values - 1] * (in - (values - 1)) === 0;
}

/**
 * @title out[k] = table[in][k], for small vocabularies
 * @param rows number of rows
 * @param columns entries of a row
 * @param table a list of constants for each row
 * @input in any field element; only those of [0, rows) have a witness
 * @assume size(table) == rows
 * @guarantee for k < columns: out[k] == table[in][k]
 * @contains OneHot(rows) with in = in
 * @notice rows constraints, and columns + 1 linear ones
 * Proof: docs/soundness.md#embedding
 */
template Embedding(rows, columns, table) {
    signal input in;
    signal output out[columns];

    component hot = OneHot(rows);
    hot.in <== in;
    for (var k = 0; k < columns; k++) {
        var sum = 0;
        for (var i = 0; i < rows; i++) sum += hot.out[i] * table[i][k];
        out[k] <== sum;
    }
}

/**
 * @title out[k] = table[in][k] by the index's bits, for larger vocabularies
 * @param rows number of rows, at least 2
 * @param columns entries of a row
 * @param entryBits bits of an entry
 * @param least least entry
 * @param monomialBits how many of the index's t = ceil(log2 rows) bits are taken by monomials; the others choose by a
 * multiplexer
 * @param packed 1: floor(253 / entryBits) entries of a row are chosen as one word, which is taken apart; 0: each by
 * itself
 * @param table a list for each row, of constants of [least, least + 2^entryBits)
 * @input in any field element; only those of [0, rows) have a witness
 * @output out the row
 * @assume rows >= 2 && columns >= 1 && entryBits >= 1 && entryBits <= 64 && monomialBits >= 1 && monomialBits <=
 *   bits(rows - 1)
 * @assume size(table) == rows && least(table) >= least && greatest(table) < least + 2 ** entryBits
 * @assume in within [0, rows - 1]
 * @guarantee for k < columns: out[k] == table[in][k]
 * @notice at most t + (2^monomialBits - monomialBits - 1) + words (2^(t - monomialBits) - 1) constraints, with words =
 * columns, or ceil(columns / floor(253 / entryBits)) and columns * entryBits more where packed; embeddingChoice in
 * src/program/arithmetic.ts finds the cheapest. The index's bits weigh 1, 2, 4, ..., and the last one what is missing
 * to rows - 1, so that they span [0, rows) exactly. Some indices have two spellings, which choose the same row
 * Proof: docs/soundness.md#binaryembedding
 */
template BinaryEmbedding(rows, columns, entryBits, least, monomialBits, packed, table) {
    var t = 0;
    while ((1 << t) < rows) t++;
    assert(rows >= 2 && columns >= 1 && entryBits >= 1 && entryBits <= 64 && monomialBits >= 1 && monomialBits <= t);
    signal input in;
    signal output out[columns];

    // t bits that spell the index
    var top = rows - (1 << (t - 1));
    signal hint[t];
    var bit[t];
    var high = in >= 1 << (t - 1) ? 1 : 0;
    var spelt = 0;
    for (var i = 1; i < t; i++) {
        if (i < t - 1) hint[i] <-- ((in - high * top) >> i) & 1;
        else hint[i] <-- high;
        hint[i] * (hint[i] - 1) === 0;
        bit[i] = hint[i];
        spelt += hint[i] * (i < t - 1 ? 1 << i : top);
    }
    hint[0] <== lowestBitIsWire() * (in - spelt);
    bit[0] = lowestBitIsWire() == 1 ? hint[0] : in - spelt;
    bit[0] * (bit[0] - 1) === 0;

    signal product[1 << monomialBits];
    var monomial[1 << monomialBits];
    monomial[0] = 1;
    product[0] <== 0;
    for (var i = 0; i < monomialBits; i++) {
        product[1 << i] <== 0;
        monomial[1 << i] = bit[i];
        for (var j = 1; j < 1 << i; j++) {
            product[(1 << i) + j] <== bit[i] * monomial[j];
            monomial[(1 << i) + j] = product[(1 << i) + j];
        }
    }

    var per = packed == 1 ? 253 \ entryBits : 1;
    var words = (columns + per - 1) \ per;
    var runs = 1 << (t - monomialBits);
    signal chosen[words][t > monomialBits ? t - monomialBits : 1][runs];
    signal digit[columns][entryBits];
    for (var word = 0; word < words; word++) {
        var end = (word + 1) * per < columns ? (word + 1) * per : columns;
        var value[runs];
        for (var h = 0; h < runs; h++) {
            var coefficient[1 << monomialBits];
            for (var i = 0; i < 1 << monomialBits; i++) {
                // the row of a spelling: without its last bit, what the others say; with it, `top` more
                var row = (h << monomialBits) + i;
                if (row >= 1 << (t - 1)) row = row - (1 << (t - 1)) + top;
                coefficient[i] = 0;
                for (var k = word * per; k < end; k++) {
                    coefficient[i] += (table[row][k] - least) * (1 << (entryBits * (k - word * per)));
                }
            }
            for (var z = 0; z < monomialBits; z++) {
                for (var i = 0; i < 1 << monomialBits; i++) {
                    if ((i >> z) & 1 == 1) coefficient[i] = coefficient[i] - coefficient[i - (1 << z)];
                }
            }
            value[h] = 0;
            for (var i = 0; i < 1 << monomialBits; i++) value[h] += coefficient[i] * monomial[i];
        }
        if (t == monomialBits) chosen[word][0][0] <== 0;
        for (var z = 0; z < t - monomialBits; z++) {
            var left = runs >> (z + 1);
            for (var h = 0; h < left; h++) {
                chosen[word][z][h] <== value[2 * h] + bit[monomialBits + z] * (value[2 * h + 1] - value[2 * h]);
                value[h] = chosen[word][z][h];
            }
            for (var h = left; h < runs; h++) chosen[word][z][h] <== 0;
        }

        var digits = 0;
        for (var k = word * per; k < end; k++) {
            var entry = least;
            for (var z = 0; z < entryBits; z++) {
                if (packed == 1) {
                    digit[k][z] <-- (value[0] >> (entryBits * (k - word * per) + z)) & 1;
                    digit[k][z] * (digit[k][z] - 1) === 0;
                } else {
                    digit[k][z] <== 0;
                }
                entry += digit[k][z] * (1 << z);
                digits += digit[k][z] * (1 << (entryBits * (k - word * per) + z));
            }
            if (packed == 1) out[k] <== entry;
            else out[k] <== value[0] + least;
        }
        if (packed == 1) digits === value[0];
    }
}
