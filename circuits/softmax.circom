pragma circom 2.1.6;

include "divide.circom";
include "exp.circom";

/**
 * Softmax of a row: subtract the maximum, look up exp, sum, take one reciprocal for the row, and multiply. A masked
 * row is a shorter row.
 * Assumption on every input: it is an integer, far below the field's size, and so are all differences.
 */

/**
 * @title How far each integer of a row is below its maximum, in bits
 * @param count number of integers
 * @param differenceBits bits of the differences
 * @input in integers with max - min < 2^differenceBits; a row without that has no witness
 * @output bit bits of max(in) - in[i], the lowest first
 * @assume count >= 2 && differenceBits >= 1 && differenceBits <= 200
 * @assume for i < count, j < i: difference(in, i, j) <= 2 ** differenceBits - 1
 * @notice count * differenceBits + count - 1 constraints, and count linear ones. The maximum is a number that is at
 * least every integer, by the range of the differences, and that equals one of them, as a product of all differences is
 * 0
 * Proof: docs/soundness.md#belowmaximum
 */
template BelowMaximum(count, differenceBits) {
    assert(count >= 2 && differenceBits >= 1 && differenceBits <= 200);
    signal input in[count];
    signal output bit[count][differenceBits];

    var most = in[0];
    for (var i = 1; i < count; i++) most = most - in[i] + (1 << differenceBits) > (1 << differenceBits) ? most : in[i];
    signal top;
    top <-- most;
    for (var i = 0; i < count; i++) {
        var v = top - in[i];
        var sum = 0;
        for (var z = 0; z < differenceBits; z++) {
            bit[i][z] <-- (v >> z) & 1;
            bit[i][z] * (bit[i][z] - 1) === 0;
            sum += bit[i][z] * (1 << z);
        }
        sum === top - in[i];
    }
    signal product[count];
    product[0] <== top - in[0];
    for (var i = 1; i < count - 1; i++) product[i] <== product[i - 1] * (top - in[i]);
    product[count - 1] <== 0;
    product[count - 2] * (top - in[count - 1]) === 0;
}

/**
 * @title Shares of a total: out[i] = floor((in[i] R + 2^(exponent-fractionBits-1)) / 2^(exponent-fractionBits)) with R
 * = floor(2^exponent / sum of in)
 * @param count number of integers
 * @param most greatest integer, and least sum
 * @param exponent bits of the reciprocal's numerator
 * @param fractionBits fraction bits of the shares: 2^fractionBits stands for 1.0, and is reached
 * @input in integers of [0, most], of which one is `most`: an assumption, as T[0] of a softmax
 * @output out the shares, from 0 to 2^fractionBits
 * @assume count >= 2 && most >= 1 && fractionBits >= 1 && exponent > fractionBits && exponent + 1 <= 253 && 2 **
 *   exponent >= most
 * @assume for i < count: in[i] within [0, most]
 * @assume total(in) within [most, count * most]
 * @contains Reciprocal(exponent, bits(2 ** exponent \ most), bits(count * most)) with in = total(in)
 * @notice 1 + bits(floor(2^exponent / most)) + 2 bits(count most) for the reciprocal, count * (exponent + 1) for the
 * rounding, and ceil(count / s) products, s = min(count, floor(253 / (exponent + 1))): R multiplies s integers in slots
 * of one field element, and the slots' bits are those that the rounding needs. No share exceeds 2^fractionBits, since
 * in[i] <= sum
 * Proof: docs/soundness.md#shares
 */
template Shares(count, most, exponent, fractionBits) {
    assert(count >= 2 && most >= 1 && fractionBits >= 1 && exponent > fractionBits && exponent + 1 <= 253);
    assert((1 << exponent) >= most);
    signal input in[count];
    signal output out[count];

    var sum = 0;
    for (var i = 0; i < count; i++) sum += in[i];
    component inverse = Reciprocal(exponent, bitsOf((1 << exponent) \ most), bitsOf(count * most));
    inverse.in <== sum;

    var w = exponent + 1;
    var g = exponent - fractionBits;
    var half = 1 << (g - 1);
    var slots = 253 \ w;
    signal bit[count][w];
    for (var first = 0; first < count; first += slots) {
        var packed = 0;
        var digits = 0;
        for (var i = first; i < count && i < first + slots; i++) {
            var at = 1 << (w * (i - first));
            var v = in[i] * inverse.out + half;
            var digit = 0;
            var q = 0;
            for (var z = 0; z < w; z++) {
                bit[i][z] <-- (v >> z) & 1;
                bit[i][z] * (bit[i][z] - 1) === 0;
                digit += bit[i][z] * (1 << z);
                if (z >= g) q += bit[i][z] * (1 << (z - g));
            }
            packed += in[i] * at;
            digits += (digit - half) * at;
            out[i] <== q;
        }
        packed * inverse.out === digits;
    }
}

/**
 * @title Softmax of a row
 * @param count number of integers
 * @param indexBits bits of the table's index
 * @param beyondBits further bits of the differences: max(in) - in[i] < 2^(indexBits + beyondBits)
 * @param monomialBits as in TableOfBits
 * @param table 2^indexBits natural entries, of which table[0] is the greatest: table[x] stands for exp(-x step)
 * @param exponent, fractionBits as in Shares
 * @input in integers whose differences have at most indexBits + beyondBits bits
 * @output out with e[i] = table[max(in) - in[i]], or 0 beyond the table: Shares of e
 * @assume count >= 1 && indexBits >= 1 && indexBits <= 16 && size(table) == 2 ** indexBits
 * @assume least(table) >= 0 && greatest(table) == table[0]
 * @assume exponent > fractionBits && fractionBits >= 1 && exponent + 1 <= 253
 * @guarantee for i < count: out[i] within [0, 2 ** fractionBits]
 * @contains if count > 1: BelowMaximum(count, indexBits + beyondBits) with in = in
 * @contains if count > 1: ExpOfBits(indexBits, beyondBits, monomialBits, table)
 * @contains if count > 1: Shares(count, table[0], exponent, fractionBits) with in = any(count, 0, table[0], table[0])
 * @notice count * (indexBits + beyondBits + min(beyondBits, 3) + table + exponent + 1) + count - 1 + 1 +
 * bits(floor(2^exponent / table[0])) + 2 bits(count * table[0]) + ceil(count / min(count, floor(253 / (exponent + 1))))
 * constraints; none where count = 1, whose share is a constant
 * Proof: docs/soundness.md#softmax
 */
template Softmax(count, indexBits, beyondBits, monomialBits, table, exponent, fractionBits) {
    assert(count >= 1);
    for (var i = 1; i < 1 << indexBits; i++) assert(table[i] <= table[0]);
    signal input in[count];
    signal output out[count];

    if (count == 1) {
        var dropped = exponent - fractionBits;
        out[0] <== (((1 << exponent) \ table[0]) * table[0] + (1 << (dropped - 1))) >> dropped;
    } else {
        component below = BelowMaximum(count, indexBits + beyondBits);
        component shares = Shares(count, table[0], exponent, fractionBits);
        component exp[count];
        below.in <== in;
        for (var i = 0; i < count; i++) {
            exp[i] = ExpOfBits(indexBits, beyondBits, monomialBits, table);
            exp[i].bit <== below.bit[i];
            shares.in[i] <== exp[i].out;
        }
        out <== shares.out;
    }
}
