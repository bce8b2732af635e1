pragma circom 2.1.6;

include "lowestBit.circom";

/**
 * Rows of a constant table by an index that is itself shown to be in range: another has no witness.
 */

/**
 * @title One signal a value: out[i] = 1 where in = i, else 0
 * @param V number of values
 * @input in any field element; only those of [0, V) have a witness
 * @assume V >= 2
 * @assume in within [0, V - 1]
 * @notice V constraints, and a linear one: at most one signal is other than 0, and the last is 1 less the others
 * Proof: docs/soundness.md#onehot
 */
template OneHot(V) {
    assert(V >= 2);
    signal input in;
    signal output out[V];

    var sum = 0;
    for (var i = 0; i < V - 1; i++) {
        out[i] <-- in == i ? 1 : 0;
        out[i] * (in - i) === 0;
        sum += out[i];
    }
    out[V - 1] <== 1 - sum;
    out[V - 1] * (in - (V - 1)) === 0;
}

/**
 * @title out[k] = T[in][k], for small vocabularies
 * @param V number of rows
 * @param d entries of a row
 * @param T V rows of constants
 * @input in any field element; only those of [0, V) have a witness
 * @assume size(T) == V
 * @guarantee for k < d: out[k] == T[in][k]
 * @contains OneHot(V) with in = in
 * @notice V constraints, and d + 1 linear ones
 * Proof: docs/soundness.md#embedding
 */
template Embedding(V, d, T) {
    signal input in;
    signal output out[d];

    component hot = OneHot(V);
    hot.in <== in;
    for (var k = 0; k < d; k++) {
        var sum = 0;
        for (var i = 0; i < V; i++) sum += hot.out[i] * T[i][k];
        out[k] <== sum;
    }
}

/**
 * @title out[k] = T[in][k] by the index's bits, for larger vocabularies
 * @param V number of rows, at least 2
 * @param d entries of a row
 * @param b bits of an entry
 * @param lo least entry
 * @param l how many of the index's t = ceil(log2 V) bits are taken by monomials; the others choose by a multiplexer
 * @param packed 1: floor(253 / b) entries of a row are chosen as one word, which is taken apart; 0: each by itself
 * @param T V rows of constants of [lo, lo + 2^b)
 * @input in any field element; only those of [0, V) have a witness
 * @output out the row
 * @assume V >= 2 && d >= 1 && b >= 1 && b <= 64 && l >= 1 && l <= bits(V - 1)
 * @assume size(T) == V && least(T) >= lo && greatest(T) < lo + 2 ** b
 * @assume in within [0, V - 1]
 * @guarantee for k < d: out[k] == T[in][k]
 * @notice at most t + (2^l - l - 1) + words (2^(t - l) - 1) constraints, with words = d, or ceil(d / floor(253 / b))
 * and d b more where packed; embeddingChoice in src/program/arithmetic.ts finds the cheapest. The index's bits weigh
 * 1, 2, 4, ..., and the last one what is missing to V - 1, so that they span [0, V) exactly. Some indices have two
 * spellings, which choose the same row
 * Proof: docs/soundness.md#binaryembedding
 */
template BinaryEmbedding(V, d, b, lo, l, packed, T) {
    var t = 0;
    while ((1 << t) < V) t++;
    assert(V >= 2 && d >= 1 && b >= 1 && b <= 64 && l >= 1 && l <= t);
    signal input in;
    signal output out[d];

    // t bits that spell the index
    var top = V - (1 << (t - 1));
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

    signal product[1 << l];
    var monomial[1 << l];
    monomial[0] = 1;
    product[0] <== 0;
    for (var i = 0; i < l; i++) {
        product[1 << i] <== 0;
        monomial[1 << i] = bit[i];
        for (var j = 1; j < 1 << i; j++) {
            product[(1 << i) + j] <== bit[i] * monomial[j];
            monomial[(1 << i) + j] = product[(1 << i) + j];
        }
    }

    var per = packed == 1 ? 253 \ b : 1;
    var words = (d + per - 1) \ per;
    var runs = 1 << (t - l);
    signal chosen[words][t > l ? t - l : 1][runs];
    signal digit[d][b];
    for (var word = 0; word < words; word++) {
        var end = (word + 1) * per < d ? (word + 1) * per : d;
        var value[runs];
        for (var h = 0; h < runs; h++) {
            var coefficient[1 << l];
            for (var i = 0; i < 1 << l; i++) {
                // the row of a spelling: without its last bit, what the others say; with it, `top` more
                var row = (h << l) + i;
                if (row >= 1 << (t - 1)) row = row - (1 << (t - 1)) + top;
                coefficient[i] = 0;
                for (var k = word * per; k < end; k++) {
                    coefficient[i] += (T[row][k] - lo) * (1 << (b * (k - word * per)));
                }
            }
            for (var z = 0; z < l; z++) {
                for (var i = 0; i < 1 << l; i++) {
                    if ((i >> z) & 1 == 1) coefficient[i] = coefficient[i] - coefficient[i - (1 << z)];
                }
            }
            value[h] = 0;
            for (var i = 0; i < 1 << l; i++) value[h] += coefficient[i] * monomial[i];
        }
        if (t == l) chosen[word][0][0] <== 0;
        for (var z = 0; z < t - l; z++) {
            var left = runs >> (z + 1);
            for (var h = 0; h < left; h++) {
                chosen[word][z][h] <== value[2 * h] + bit[l + z] * (value[2 * h + 1] - value[2 * h]);
                value[h] = chosen[word][z][h];
            }
            for (var h = left; h < runs; h++) chosen[word][z][h] <== 0;
        }

        var digits = 0;
        for (var k = word * per; k < end; k++) {
            var entry = lo;
            for (var z = 0; z < b; z++) {
                if (packed == 1) {
                    digit[k][z] <-- (value[0] >> (b * (k - word * per) + z)) & 1;
                    digit[k][z] * (digit[k][z] - 1) === 0;
                } else {
                    digit[k][z] <== 0;
                }
                entry += digit[k][z] * (1 << z);
                digits += digit[k][z] * (1 << (b * (k - word * per) + z));
            }
            if (packed == 1) out[k] <== entry;
            else out[k] <== value[0] + lo;
        }
        if (packed == 1) digits === value[0];
    }
}
