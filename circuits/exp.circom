pragma circom 2.1.6;

include "lookup.circom";

/**
 * exp(-x step) of a natural x, by constant tables; 0 where x is beyond them. The tables themselves hold the step and
 * the scale, so any decreasing function will do.
 */

/**
 * @title value where every bit is 0, else 0
 * @param count number of bits
 * @input bit bits, each 0 or 1: an assumption
 * @input value any field element
 * @output out value or 0
 * @assume count >= 0 && count <= 200
 * @notice min(count, 3) constraints where count > 0: one product a bit, or else an inverse of their sum. The inverse is
 * free where the sum is 0; nothing else depends on it there
 * Proof: docs/soundness.md#keepifzero
 */
template KeepIfZero(count) {
    assert(count >= 0 && count <= 200);
    signal input bit[count > 0 ? count : 1];
    signal input value;
    signal output out;

    if (count == 0) {
        bit[0] === 0;
        out <== value;
    } else if (count < 4) {
        signal kept[count];
        kept[0] <== (1 - bit[0]) * value;
        for (var i = 1; i < count; i++) kept[i] <== (1 - bit[i]) * kept[i - 1];
        out <== kept[count - 1];
    } else {
        var sum = 0;
        for (var i = 0; i < count; i++) sum += bit[i];
        signal inverse;
        signal zero;
        inverse <-- sum == 0 ? 0 : 1 / sum;
        zero <== 1 - sum * inverse;
        sum * zero === 0;
        out <== zero * value;
    }
}

/**
 * @title out = table[x] of x given in bits, and 0 beyond the table
 * @param indexBits bits of the table's index; table has 2^indexBits entries
 * @param beyondBits further bits of x
 * @param monomialBits as in TableOfBits
 * @input bit indexBits + beyondBits bits of x, the lowest first; each 0 or 1: an assumption
 * @output out the entry, or 0 where x >= 2^indexBits
 * @contains TableOfBits(indexBits, monomialBits, table)
 * @contains KeepIfZero(beyondBits)
 * @notice the table of indexBits bits, and min(beyondBits, 3)
 * Proof: docs/soundness.md#expofbits
 */
template ExpOfBits(indexBits, beyondBits, monomialBits, table) {
    signal input bit[indexBits + beyondBits];
    signal output out;

    component picked = TableOfBits(indexBits, monomialBits, table);
    component keep = KeepIfZero(beyondBits);
    for (var i = 0; i < indexBits; i++) picked.bit[i] <== bit[i];
    for (var i = 0; i < beyondBits; i++) keep.bit[i] <== bit[indexBits + i];
    if (beyondBits == 0) keep.bit[0] <== 0;
    keep.value <== picked.out;
    out <== keep.out;
}
