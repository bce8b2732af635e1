pragma circom 2.1.6;

include "../exp.circom";
include "../lookup.circom";
include "../lowestBit.circom";
include "../softmax.circom";

/**
 * exp of a number instead of bits, and of more bits than one table holds. For circuits that include this file; no
 * generated one does.
 */

/**
 * @title out = floor((highTable[x >> lowBits] lowTable[x mod 2^lowBits] + 2^(shift-1)) / 2^shift) of x given in bits,
 * and 0 beyond the tables
 * @param indexBits bits of the table's index, of which lowTable takes the low lowBits and highTable the others
 * @param beyondBits further bits of x
 * @param highTable, lowTable entries from 0 to highTable[0] and lowTable[0]
 * @param shift bits shifted away, at least 1
 * @input bit indexBits + beyondBits bits of x, the lowest first; each 0 or 1: an assumption
 * @output out the rounded product, or 0 where x >= 2^indexBits
 * @assume lowBits >= 1 && lowBits < indexBits && shift >= 1
 * @assume least(highTable) >= 0 && greatest(highTable) == highTable[0] && least(lowTable) >= 0 && greatest(lowTable) ==
 *   lowTable[0]
 * @assume for w = bits(highTable[0] * lowTable[0] + 2 ** (shift - 1)): w > shift && w <= 200
 * @contains TableOfBits(indexBits - lowBits, highMonomialBits, highTable)
 * @contains TableOfBits(lowBits, lowMonomialBits, lowTable)
 * @contains KeepIfZero(beyondBits)
 * @notice both tables, 1 + bits(highTable[0] lowTable[0] + 2^(shift-1)), and min(beyondBits, 3). For more than 8 bits,
 * where one table costs more
 * Proof: docs/soundness.md#expproductofbits
 */
template ExpProductOfBits(
    indexBits, lowBits, beyondBits, highTable, highMonomialBits, lowTable, lowMonomialBits, shift
) {
    assert(lowBits >= 1 && lowBits < indexBits && shift >= 1);
    signal input bit[indexBits + beyondBits];
    signal output out;

    component high = TableOfBits(indexBits - lowBits, highMonomialBits, highTable);
    component low = TableOfBits(lowBits, lowMonomialBits, lowTable);
    component keep = KeepIfZero(beyondBits);
    for (var i = 0; i < lowBits; i++) low.bit[i] <== bit[i];
    for (var i = lowBits; i < indexBits; i++) high.bit[i - lowBits] <== bit[i];
    for (var i = 0; i < beyondBits; i++) keep.bit[i] <== bit[indexBits + i];
    if (beyondBits == 0) keep.bit[0] <== 0;

    var half = 1 << (shift - 1);
    var w = 0;
    while ((1 << w) <= highTable[0] * lowTable[0] + half) w++;
    assert(w > shift && w <= 200);
    signal product;
    product <== high.out * low.out;
    var v = product + half;
    signal hint[w];
    var rest = 0;
    var q = 0;
    for (var i = 1; i < w; i++) {
        hint[i] <-- (v >> i) & 1;
        hint[i] * (hint[i] - 1) === 0;
        rest += hint[i] * (1 << i);
        if (i >= shift) q += hint[i] * (1 << (i - shift));
    }
    hint[0] <== lowestBitIsWire() * (v - rest);
    var lowest = lowestBitIsWire() == 1 ? hint[0] : v - rest;
    lowest * (lowest - 1) === 0;
    keep.value <== q;
    out <== keep.out;
}

/**
 * @title Bits of a natural number: count constraints and a linear one.
 * @assume count <= 250
 * @assume in within [0, 2 ** count - 1]
 * Proof: docs/soundness.md#bitsof
 */
template BitsOf(count) {
    signal input in;
    signal output bit[count];
    var sum = 0;
    for (var i = 0; i < count; i++) {
        bit[i] <-- (in >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        sum += bit[i] * (1 << i);
    }
    sum === in;
}

/**
 * @title out = table[in], and 0 beyond the table
 * @param indexBits, beyondBits, monomialBits, table as in ExpOfBits
 * @input in in [0, 2^(indexBits + beyondBits)); nothing else has a witness
 * @guarantee out == (in < 2 ** indexBits ? table[in] : 0)
 * @contains BitsOf(indexBits + beyondBits) with in = in
 * @contains ExpOfBits(indexBits, beyondBits, monomialBits, table)
 * @notice indexBits + beyondBits + min(beyondBits, 3), and the table of indexBits bits
 * Proof: docs/soundness.md#exp
 */
template Exp(indexBits, beyondBits, monomialBits, table) {
    signal input in;
    signal output out;
    component bits = BitsOf(indexBits + beyondBits);
    component exp = ExpOfBits(indexBits, beyondBits, monomialBits, table);
    bits.in <== in;
    exp.bit <== bits.bit;
    out <== exp.out;
}

/**
 * @title The rounded product of two tables of `in`, and 0 beyond them
 * @param indexBits, lowBits, beyondBits, highTable, highMonomialBits, lowTable, lowMonomialBits, shift as in
 * ExpProductOfBits
 * @input in in [0, 2^(indexBits + beyondBits)); nothing else has a witness
 * @contains BitsOf(indexBits + beyondBits) with in = in
 * @contains ExpProductOfBits(indexBits, lowBits, beyondBits, highTable, highMonomialBits, lowTable, lowMonomialBits,
 *   shift)
 * @notice indexBits + beyondBits, and those of ExpProductOfBits
 * Proof: docs/soundness.md#expproduct
 */
template ExpProduct(indexBits, lowBits, beyondBits, highTable, highMonomialBits, lowTable, lowMonomialBits, shift) {
    signal input in;
    signal output out;
    component bits = BitsOf(indexBits + beyondBits);
    component exp = ExpProductOfBits(
        indexBits, lowBits, beyondBits, highTable, highMonomialBits, lowTable, lowMonomialBits, shift
    );
    bits.in <== in;
    exp.bit <== bits.bit;
    out <== exp.out;
}

/**
 * @title Softmax with exp as a product of two tables, for more than 8 bits
 * @param count number of integers, at least 2
 * @param indexBits, lowBits, beyondBits, highTable, highMonomialBits, lowTable, lowMonomialBits, shift as in
 * ExpProductOfBits: e[i] is its rounded product of max(in) - in[i]
 * @param exponent, fractionBits as in Shares
 * @contains BelowMaximum(count, indexBits + beyondBits) with in = in
 * @contains ExpProductOfBits(indexBits, lowBits, beyondBits, highTable, highMonomialBits, lowTable, lowMonomialBits,
 *   shift)
 * @contains for most = (highTable[0] * lowTable[0] + 2 ** (shift - 1)) \ 2 ** shift: Shares(count, most, exponent,
 *   fractionBits) with in = any(count, 0, most, most)
 * @notice as Softmax, with the cost of ExpProductOfBits in the place of the table's and of min(beyondBits, 3)
 * Proof: docs/soundness.md#softmaxproduct
 */
template SoftmaxProduct(
    count, indexBits, lowBits, beyondBits, highTable, highMonomialBits, lowTable, lowMonomialBits, shift,
    exponent, fractionBits
) {
    for (var i = 1; i < 1 << (indexBits - lowBits); i++) assert(highTable[i] <= highTable[0]);
    for (var i = 1; i < 1 << lowBits; i++) assert(lowTable[i] <= lowTable[0]);
    signal input in[count];
    signal output out[count];

    component below = BelowMaximum(count, indexBits + beyondBits);
    var most = (highTable[0] * lowTable[0] + (1 << (shift - 1))) >> shift;
    component shares = Shares(count, most, exponent, fractionBits);
    component exp[count];
    below.in <== in;
    for (var i = 0; i < count; i++) {
        exp[i] = ExpProductOfBits(
            indexBits, lowBits, beyondBits, highTable, highMonomialBits, lowTable, lowMonomialBits, shift
        );
        exp[i].bit <== below.bit[i];
        shares.in[i] <== exp[i].out;
    }
    out <== shares.out;
}
