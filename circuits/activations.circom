pragma circom 2.1.6;

include "lowestBit.circom";
include "lookup.circom";

/**
 * Activations fused with requantization, whose bits they use. n = shift + magnitudeBits + 1 is the width of the
 * accumulator with its sign; "table" is what TableOfBits costs, see src/program/tableCost.ts.
 * Assumption on every input: it is an integer of the interval that the parameters allow, far below the field's size.
 */

/**
 * @title Magnitude and ReLU of the requantized integer q = floor((in + 2^(shift-1)) / 2^shift)
 * @param shift bits shifted away; no rounding term where shift = 0
 * @param magnitudeBits bits of |q|
 * @input in with |q| < 2^magnitudeBits
 * @output relu = max(0, q)
 * @output bit the bits of |q|, the lowest first
 * @assume shift >= 0 && magnitudeBits >= 1 && shift + magnitudeBits <= 200
 * @assume rounded(in, shift) within [1 - 2 ** magnitudeBits, 2 ** magnitudeBits - 1]
 * @notice n constraints, and a linear one where shift = 0: relu is 0 or M, and q = 2 relu - M, so M = |q|
 * Proof: docs/soundness.md#roundedmagnitude
 */
template RoundedMagnitude(shift, magnitudeBits) {
    assert(shift >= 0 && magnitudeBits >= 1 && shift + magnitudeBits <= 200);
    signal input in;
    signal output relu;
    signal output bit[magnitudeBits];

    var half = shift > 0 ? 1 << (shift - 1) : 0;
    var offset = 1 << (shift + magnitudeBits + 1);
    var v = in + half + offset; // non-negative, so that shifts mean what they should
    var positive = v >= offset ? 1 : 0;
    var q = (v >> shift) - (offset >> shift);
    var magnitude = positive ? q : -q;

    relu <-- positive ? q : 0;
    var M = 0;
    for (var i = 0; i < magnitudeBits; i++) {
        bit[i] <-- (magnitude >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        M += bit[i] * (1 << i);
    }
    relu * (M - relu) === 0;
    signal r[shift + 1];
    r[shift] <== 0;
    if (shift == 0) {
        2 * relu - M === in;
    } else {
        var R = 0;
        for (var i = 1; i < shift; i++) {
            r[i] <-- (v >> i) & 1;
            r[i] * (r[i] - 1) === 0;
            R += r[i] * (1 << i);
        }
        r[0] <== lowestBitIsWire() * (in + half - (1 << shift) * (2 * relu - M) - R);
        var lowest = lowestBitIsWire() == 1 ? r[0] : in + half - (1 << shift) * (2 * relu - M) - R;
        lowest * (lowest - 1) === 0;
    }
}

/**
 * @title Sign and magnitude of q = floor(in / 2^shift), about -1/2: q is M or -1 - M
 * @param shift bits shifted away
 * @param magnitudeBits bits of M
 * @input in with q in [-2^magnitudeBits, 2^magnitudeBits)
 * @output negative 1 where q < 0, else 0
 * @output bit the bits of M, the lowest first
 * @assume shift >= 0 && magnitudeBits >= 1 && shift + magnitudeBits <= 200
 * @assume floored(in, shift) within [-(2 ** magnitudeBits), 2 ** magnitudeBits - 1]
 * @notice n + 1 constraints
 * Proof: docs/soundness.md#flooredmagnitude
 */
template FlooredMagnitude(shift, magnitudeBits) {
    assert(shift >= 0 && magnitudeBits >= 1 && shift + magnitudeBits <= 200);
    signal input in;
    signal output negative;
    signal output bit[magnitudeBits];

    var offset = 1 << (shift + magnitudeBits);
    var v = in + offset;
    var below = v >= offset ? 0 : 1;
    var q = (v >> shift) - (offset >> shift);
    var magnitude = below ? -1 - q : q;

    negative <-- below;
    negative * (negative - 1) === 0;
    var M = 0;
    for (var i = 0; i < magnitudeBits; i++) {
        bit[i] <-- (magnitude >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        M += bit[i] * (1 << i);
    }
    signal r[shift + 1];
    r[shift] <== 0;
    var R = 0;
    for (var i = 0; i < shift; i++) {
        r[i] <-- (v >> i) & 1;
        r[i] * (r[i] - 1) === 0;
        R += r[i] * (1 << i);
    }
    // 2^shift q + R = in, with q = M - negative (2 M + 1)
    ((1 << shift) * negative) * (2 * M + 1) === (1 << shift) * M + R - in;
}

/**
 * @title Requantize and any function: out = table[q - least]
 * @param shift bits shifted away; no rounding term where shift = 0
 * @param indexBits bits of q - least, q = floor((in + 2^(shift-1)) / 2^shift)
 * @param monomialBits as in TableOfBits
 * @param table 2^indexBits entries
 * @param least the q that reads table[0]
 * @input in with q in [least, least + 2^indexBits)
 * @output out the entry
 * @assume shift >= 0 && indexBits >= 1 && shift + indexBits <= 200
 * @assume rounded(in, shift) within [least, least + 2 ** indexBits - 1]
 * @guarantee out == table[rounded(in, shift) - least]
 * @contains TableOfBits(indexBits, monomialBits, table)
 * @notice shift + indexBits constraints, and the table of indexBits bits; a linear one where shift = 0
 * Proof: docs/soundness.md#requantizetable
 */
template RequantizeTable(shift, indexBits, monomialBits, table, least) {
    assert(shift >= 0 && indexBits >= 1 && shift + indexBits <= 200);
    signal input in;
    signal output out;

    var v = in + (shift > 0 ? 1 << (shift - 1) : 0) - least * (1 << shift);
    component picked = TableOfBits(indexBits, monomialBits, table);
    signal bit[shift + indexBits];
    var low = 0;
    for (var i = 1; i < shift + indexBits; i++) {
        bit[i] <-- (v >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        low += bit[i] * (1 << i);
    }
    bit[0] <== lowestBitIsWire() * (v - low);
    var lowest = lowestBitIsWire() == 1 ? bit[0] : v - low;
    lowest * (lowest - 1) === 0;
    if (shift == 0) picked.bit[0] <== lowest;
    for (var i = shift > 0 ? 0 : 1; i < indexBits; i++) picked.bit[i] <== bit[shift + i];
    out <== picked.out;
}

/**
 * @title Requantize and an activation that leaves q >= 0 alone: leaky ReLU, ELU, |x|, ...
 * @param shift bits shifted away; no rounding term where shift = 0
 * @param magnitudeBits bits of q = floor((in + 2^(shift-1)) / 2^shift) beside its sign
 * @param monomialBits as in TableOfBits
 * @param table 2^magnitudeBits entries, of either sign: those of q = -2^magnitudeBits to -1
 * @input in with q in [-2^magnitudeBits, 2^magnitudeBits)
 * @output out = q where q >= 0, else table[q + 2^magnitudeBits]
 * @assume shift >= 0 && magnitudeBits >= 1 && shift + magnitudeBits <= 200
 * @assume rounded(in, shift) within [-(2 ** magnitudeBits), 2 ** magnitudeBits - 1]
 * @guarantee for q = rounded(in, shift): out == (q >= 0 ? q : table[q + 2 ** magnitudeBits])
 * @contains TableOfBits(magnitudeBits, monomialBits, table)
 * @notice n + 1 constraints, and the table of magnitudeBits bits, which for a slope of 2^-s is free; a linear one, and
 * another where shift = 0
 * Proof: docs/soundness.md#requantizebelow
 */
template RequantizeBelow(shift, magnitudeBits, monomialBits, table) {
    assert(shift >= 0 && magnitudeBits >= 1 && shift + magnitudeBits <= 200);
    signal input in;
    signal output out;

    var n = shift + magnitudeBits + 1;
    var v = in + (shift > 0 ? 1 << (shift - 1) : 0) + (1 << (shift + magnitudeBits));
    component picked = TableOfBits(magnitudeBits, monomialBits, table);
    signal bit[n];
    var low = 0;
    var q = -(1 << magnitudeBits);
    for (var i = 1; i < n; i++) {
        bit[i] <-- (v >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        low += bit[i] * (1 << i);
        if (i >= shift) q += bit[i] * (1 << (i - shift));
    }
    bit[0] <== lowestBitIsWire() * (v - low);
    var lowest = lowestBitIsWire() == 1 ? bit[0] : v - low;
    lowest * (lowest - 1) === 0;
    if (shift == 0) {
        picked.bit[0] <== lowest;
        q += lowest;
    }
    for (var i = shift > 0 ? 0 : 1; i < magnitudeBits; i++) picked.bit[i] <== bit[shift + i];
    signal change;
    change <== (1 - bit[n - 1]) * (picked.out - q);
    out <== q + change;
}

/**
 * @title Requantize and an activation max(0, q) - table[|q|]: GELU, SiLU, hardswish, softplus, ...
 * @param shift bits shifted away
 * @param magnitudeBits bits of |q|, q = floor((in + 2^(shift-1)) / 2^shift)
 * @param monomialBits as in TableOfBits
 * @param table 2^magnitudeBits entries, of either sign
 * @input in with |q| < 2^magnitudeBits
 * @output out = max(0, q) - table[|q|]
 * @guarantee for q = rounded(in, shift): out == max(0, q) - table[abs(q)]
 * @contains RoundedMagnitude(shift, magnitudeBits) with in = in
 * @contains TableOfBits(magnitudeBits, monomialBits, table)
 * @notice n constraints, and the table of magnitudeBits bits
 * Proof: docs/soundness.md#requantizeeven
 */
template RequantizeEven(shift, magnitudeBits, monomialBits, table) {
    signal input in;
    signal output out;
    component magnitude = RoundedMagnitude(shift, magnitudeBits);
    component picked = TableOfBits(magnitudeBits, monomialBits, table);
    magnitude.in <== in;
    picked.bit <== magnitude.bit;
    out <== magnitude.relu - picked.out;
}

/**
 * @title Requantize and an odd activation, about a center: tanh, sigmoid, erf, softsign, ...
 * @param shift bits shifted away
 * @param magnitudeBits bits of the magnitude
 * @param monomialBits as in TableOfBits
 * @param table 2^magnitudeBits entries, of either sign: table[M] belongs to the middle (M + 1/2) 2^shift of the bin of
 * `in`
 * @param center what the activation is odd about
 * @input in with q = floor(in / 2^shift) in [-2^magnitudeBits, 2^magnitudeBits)
 * @output out = center + table[q] where q >= 0, else center - table[-1 - q]
 * @guarantee for q = floored(in, shift): out == center + (q >= 0 ? table[q] : 0 - table[-1 - q])
 * @contains FlooredMagnitude(shift, magnitudeBits) with in = in
 * @contains TableOfBits(magnitudeBits, monomialBits, table)
 * @notice n + 2 constraints, and the table of magnitudeBits bits. The sign is a bit of its own: had it to be read from
 * the result, an entry of 0 would leave it free, and with it the magnitude
 * Proof: docs/soundness.md#requantizeodd
 */
template RequantizeOdd(shift, magnitudeBits, monomialBits, table, center) {
    signal input in;
    signal output out;
    component magnitude = FlooredMagnitude(shift, magnitudeBits);
    component picked = TableOfBits(magnitudeBits, monomialBits, table);
    magnitude.in <== in;
    picked.bit <== magnitude.bit;
    out <== center + (1 - 2 * magnitude.negative) * picked.out;
}
