pragma circom 2.1.6;

include "lowestBit.circom";
include "lookup.circom";

/**
 * exp(-x step) of a natural x, by constant tables; 0 where x is beyond them. The tables themselves hold the step and
 * the scale, so any decreasing function will do.
 */

/**
 * @title value where every bit is 0, else 0
 * @param c number of bits
 * @input bit bits, each 0 or 1: an assumption
 * @input value any field element
 * @output out value or 0
 * @assume c >= 0 && c <= 200
 * @notice min(c, 3) constraints where c > 0: one product a bit, or else an inverse of their sum. The inverse is free
 * where the sum is 0; nothing else depends on it there
 * Proof: docs/soundness.md#keepifzero
 */
template KeepIfZero(c) {
    assert(c >= 0 && c <= 200);
    signal input bit[c > 0 ? c : 1];
    signal input value;
    signal output out;

    if (c == 0) {
        bit[0] === 0;
        out <== value;
    } else if (c < 4) {
        signal kept[c];
        kept[0] <== (1 - bit[0]) * value;
        for (var i = 1; i < c; i++) kept[i] <== (1 - bit[i]) * kept[i - 1];
        out <== kept[c - 1];
    } else {
        var sum = 0;
        for (var i = 0; i < c; i++) sum += bit[i];
        signal inverse;
        signal zero;
        inverse <-- sum == 0 ? 0 : 1 / sum;
        zero <== 1 - sum * inverse;
        sum * zero === 0;
        out <== zero * value;
    }
}

/**
 * @title out = T[x] of x given in bits, and 0 beyond the table
 * @param b bits of the table's index; T has 2^b entries
 * @param c further bits of x
 * @param l as in TableOfBits
 * @input bit b + c bits of x, the lowest first; each 0 or 1: an assumption
 * @output out the entry, or 0 where x >= 2^b
 * @contains TableOfBits(b, l, T)
 * @contains KeepIfZero(c)
 * @notice the table of b bits, and min(c, 3)
 * Proof: docs/soundness.md#expofbits
 */
template ExpOfBits(b, c, l, T) {
    signal input bit[b + c];
    signal output out;

    component table = TableOfBits(b, l, T);
    component keep = KeepIfZero(c);
    for (var i = 0; i < b; i++) table.bit[i] <== bit[i];
    for (var i = 0; i < c; i++) keep.bit[i] <== bit[b + i];
    if (c == 0) keep.bit[0] <== 0;
    keep.value <== table.out;
    out <== keep.out;
}

/**
 * @title out = floor((H[x >> m] L[x mod 2^m] + 2^(g-1)) / 2^g) of x given in bits, and 0 beyond the tables
 * @param b bits of the table's index, of which L takes the low m and H the others
 * @param c further bits of x
 * @param H, L entries from 0 to H[0] and L[0]
 * @param g bits shifted away, at least 1
 * @input bit b + c bits of x, the lowest first; each 0 or 1: an assumption
 * @output out the rounded product, or 0 where x >= 2^b
 * @assume m >= 1 && m < b && g >= 1
 * @assume least(H) >= 0 && greatest(H) == H[0] && least(L) >= 0 && greatest(L) == L[0]
 * @assume for w = bits(H[0] * L[0] + 2 ** (g - 1)): w > g && w <= 200
 * @contains TableOfBits(b - m, lh, H)
 * @contains TableOfBits(m, ll, L)
 * @contains KeepIfZero(c)
 * @notice both tables, 1 + bits(H[0] L[0] + 2^(g-1)), and min(c, 3). For more than 8 bits, where one table costs more
 * Proof: docs/soundness.md#expproductofbits
 */
template ExpProductOfBits(b, m, c, H, lh, L, ll, g) {
    assert(m >= 1 && m < b && g >= 1);
    signal input bit[b + c];
    signal output out;

    component high = TableOfBits(b - m, lh, H);
    component low = TableOfBits(m, ll, L);
    component keep = KeepIfZero(c);
    for (var i = 0; i < m; i++) low.bit[i] <== bit[i];
    for (var i = m; i < b; i++) high.bit[i - m] <== bit[i];
    for (var i = 0; i < c; i++) keep.bit[i] <== bit[b + i];
    if (c == 0) keep.bit[0] <== 0;

    var half = 1 << (g - 1);
    var w = 0;
    while ((1 << w) <= H[0] * L[0] + half) w++;
    assert(w > g && w <= 200);
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
        if (i >= g) q += hint[i] * (1 << (i - g));
    }
    hint[0] <== lowestBitIsWire() * (v - rest);
    var lowest = lowestBitIsWire() == 1 ? hint[0] : v - rest;
    lowest * (lowest - 1) === 0;
    keep.value <== q;
    out <== keep.out;
}

/**
 * @title Bits of a natural number: w constraints and a linear one.
 * @assume w <= 250
 * @assume in within [0, 2 ** w - 1]
 * Proof: docs/soundness.md#bitsof
 */
template BitsOf(w) {
    signal input in;
    signal output bit[w];
    var sum = 0;
    for (var i = 0; i < w; i++) {
        bit[i] <-- (in >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        sum += bit[i] * (1 << i);
    }
    sum === in;
}

/**
 * @title out = T[in], and 0 beyond the table
 * @param b, c, l, T as in ExpOfBits
 * @input in in [0, 2^(b + c)); nothing else has a witness
 * @guarantee out == (in < 2 ** b ? T[in] : 0)
 * @contains BitsOf(b + c) with in = in
 * @contains ExpOfBits(b, c, l, T)
 * @notice b + c + min(c, 3), and the table of b bits
 * Proof: docs/soundness.md#exp
 */
template Exp(b, c, l, T) {
    signal input in;
    signal output out;
    component bits = BitsOf(b + c);
    component exp = ExpOfBits(b, c, l, T);
    bits.in <== in;
    exp.bit <== bits.bit;
    out <== exp.out;
}

/**
 * @title The rounded product of two tables of `in`, and 0 beyond them
 * @param b, m, c, H, lh, L, ll, g as in ExpProductOfBits
 * @input in in [0, 2^(b + c)); nothing else has a witness
 * @contains BitsOf(b + c) with in = in
 * @contains ExpProductOfBits(b, m, c, H, lh, L, ll, g)
 * @notice b + c, and those of ExpProductOfBits
 * Proof: docs/soundness.md#expproduct
 */
template ExpProduct(b, m, c, H, lh, L, ll, g) {
    signal input in;
    signal output out;
    component bits = BitsOf(b + c);
    component exp = ExpProductOfBits(b, m, c, H, lh, L, ll, g);
    bits.in <== in;
    exp.bit <== bits.bit;
    out <== exp.out;
}
