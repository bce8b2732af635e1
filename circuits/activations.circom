pragma circom 2.1.6;

include "lowestBit.circom";
include "lookup.circom";

/**
 * Activations fused with requantization, whose bits they use. n = f + k + 1 is the width of the accumulator with its
 * sign; "table" is what TableOfBits costs, see tableCost in src/program/arithmetic.ts.
 * Assumption on every input: it is an integer of the interval that the parameters allow, far below the field's size.
 */

/**
 * @title Magnitude and ReLU of the requantized integer q = floor((in + 2^(f-1)) / 2^f)
 * @param f bits shifted away; no rounding term where f = 0
 * @param k bits of |q|
 * @input in with |q| < 2^k
 * @output relu = max(0, q)
 * @output bit the bits of |q|, the lowest first
 * @assume f >= 0 && k >= 1 && f + k <= 200
 * @assume rounded(in, f) within [1 - 2 ** k, 2 ** k - 1]
 * @notice n constraints, and a linear one where f = 0: relu is 0 or M, and q = 2 relu - M, so M = |q|
 * Proof: docs/soundness.md#roundedmagnitude
 */
template RoundedMagnitude(f, k) {
    assert(f >= 0 && k >= 1 && f + k <= 200);
    signal input in;
    signal output relu;
    signal output bit[k];

    var half = f > 0 ? 1 << (f - 1) : 0;
    var offset = 1 << (f + k + 1);
    var v = in + half + offset; // non-negative, so that shifts mean what they should
    var positive = v >= offset ? 1 : 0;
    var q = (v >> f) - (offset >> f);
    var magnitude = positive ? q : -q;

    relu <-- positive ? q : 0;
    var M = 0;
    for (var i = 0; i < k; i++) {
        bit[i] <-- (magnitude >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        M += bit[i] * (1 << i);
    }
    relu * (M - relu) === 0;
    signal r[f + 1];
    r[f] <== 0;
    if (f == 0) {
        2 * relu - M === in;
    } else {
        var R = 0;
        for (var i = 1; i < f; i++) {
            r[i] <-- (v >> i) & 1;
            r[i] * (r[i] - 1) === 0;
            R += r[i] * (1 << i);
        }
        r[0] <== lowestBitIsWire() * (in + half - (1 << f) * (2 * relu - M) - R);
        var lowest = lowestBitIsWire() == 1 ? r[0] : in + half - (1 << f) * (2 * relu - M) - R;
        lowest * (lowest - 1) === 0;
    }
}

/**
 * @title Sign and magnitude of q = floor(in / 2^f), about -1/2: q is M or -1 - M
 * @param f bits shifted away
 * @param k bits of M
 * @input in with q in [-2^k, 2^k)
 * @output negative 1 where q < 0, else 0
 * @output bit the bits of M, the lowest first
 * @assume f >= 0 && k >= 1 && f + k <= 200
 * @assume floored(in, f) within [-(2 ** k), 2 ** k - 1]
 * @notice n + 1 constraints
 * Proof: docs/soundness.md#flooredmagnitude
 */
template FlooredMagnitude(f, k) {
    assert(f >= 0 && k >= 1 && f + k <= 200);
    signal input in;
    signal output negative;
    signal output bit[k];

    var offset = 1 << (f + k);
    var v = in + offset;
    var below = v >= offset ? 0 : 1;
    var q = (v >> f) - (offset >> f);
    var magnitude = below ? -1 - q : q;

    negative <-- below;
    negative * (negative - 1) === 0;
    var M = 0;
    for (var i = 0; i < k; i++) {
        bit[i] <-- (magnitude >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        M += bit[i] * (1 << i);
    }
    signal r[f + 1];
    r[f] <== 0;
    var R = 0;
    for (var i = 0; i < f; i++) {
        r[i] <-- (v >> i) & 1;
        r[i] * (r[i] - 1) === 0;
        R += r[i] * (1 << i);
    }
    // 2^f q + R = in, with q = M - negative (2 M + 1)
    ((1 << f) * negative) * (2 * M + 1) === (1 << f) * M + R - in;
}

/**
 * @title Requantize and any function: out = T[q - lo]
 * @param f bits shifted away; no rounding term where f = 0
 * @param w bits of q - lo, q = floor((in + 2^(f-1)) / 2^f)
 * @param l as in TableOfBits
 * @param T 2^w entries
 * @param lo the q that reads T[0]
 * @input in with q in [lo, lo + 2^w)
 * @output out the entry
 * @assume f >= 0 && w >= 1 && f + w <= 200
 * @assume rounded(in, f) within [lo, lo + 2 ** w - 1]
 * @guarantee out == T[rounded(in, f) - lo]
 * @contains TableOfBits(w, l, T)
 * @notice f + w constraints, and the table of w bits; a linear one where f = 0
 * Proof: docs/soundness.md#requantizetable
 */
template RequantizeTable(f, w, l, T, lo) {
    assert(f >= 0 && w >= 1 && f + w <= 200);
    signal input in;
    signal output out;

    var v = in + (f > 0 ? 1 << (f - 1) : 0) - lo * (1 << f);
    component table = TableOfBits(w, l, T);
    signal bit[f + w];
    var low = 0;
    for (var i = 1; i < f + w; i++) {
        bit[i] <-- (v >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        low += bit[i] * (1 << i);
    }
    bit[0] <== lowestBitIsWire() * (v - low);
    var lowest = lowestBitIsWire() == 1 ? bit[0] : v - low;
    lowest * (lowest - 1) === 0;
    if (f == 0) table.bit[0] <== lowest;
    for (var i = f > 0 ? 0 : 1; i < w; i++) table.bit[i] <== bit[f + i];
    out <== table.out;
}

/**
 * @title Requantize and an activation that leaves q >= 0 alone: leaky ReLU, ELU, |x|, ...
 * @param f bits shifted away; no rounding term where f = 0
 * @param k bits of q = floor((in + 2^(f-1)) / 2^f) beside its sign
 * @param l as in TableOfBits
 * @param T 2^k entries, of either sign: those of q = -2^k to -1
 * @input in with q in [-2^k, 2^k)
 * @output out = q where q >= 0, else T[q + 2^k]
 * @assume f >= 0 && k >= 1 && f + k <= 200
 * @assume rounded(in, f) within [-(2 ** k), 2 ** k - 1]
 * @guarantee for q = rounded(in, f): out == (q >= 0 ? q : T[q + 2 ** k])
 * @contains TableOfBits(k, l, T)
 * @notice n + 1 constraints, and the table of k bits, which for a slope of 2^-s is free; a linear one, and another
 * where f = 0
 * Proof: docs/soundness.md#requantizebelow
 */
template RequantizeBelow(f, k, l, T) {
    assert(f >= 0 && k >= 1 && f + k <= 200);
    signal input in;
    signal output out;

    var n = f + k + 1;
    var v = in + (f > 0 ? 1 << (f - 1) : 0) + (1 << (f + k));
    component table = TableOfBits(k, l, T);
    signal bit[n];
    var low = 0;
    var q = -(1 << k);
    for (var i = 1; i < n; i++) {
        bit[i] <-- (v >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        low += bit[i] * (1 << i);
        if (i >= f) q += bit[i] * (1 << (i - f));
    }
    bit[0] <== lowestBitIsWire() * (v - low);
    var lowest = lowestBitIsWire() == 1 ? bit[0] : v - low;
    lowest * (lowest - 1) === 0;
    if (f == 0) {
        table.bit[0] <== lowest;
        q += lowest;
    }
    for (var i = f > 0 ? 0 : 1; i < k; i++) table.bit[i] <== bit[f + i];
    signal change;
    change <== (1 - bit[n - 1]) * (table.out - q);
    out <== q + change;
}

/**
 * @title Requantize and an activation max(0, q) - T[|q|]: GELU, SiLU, hardswish, softplus, ...
 * @param f bits shifted away
 * @param k bits of |q|, q = floor((in + 2^(f-1)) / 2^f)
 * @param l as in TableOfBits
 * @param T 2^k entries, of either sign
 * @input in with |q| < 2^k
 * @output out = max(0, q) - T[|q|]
 * @guarantee for q = rounded(in, f): out == max(0, q) - T[abs(q)]
 * @contains RoundedMagnitude(f, k) with in = in
 * @contains TableOfBits(k, l, T)
 * @notice n constraints, and the table of k bits
 * Proof: docs/soundness.md#requantizeeven
 */
template RequantizeEven(f, k, l, T) {
    signal input in;
    signal output out;
    component magnitude = RoundedMagnitude(f, k);
    component table = TableOfBits(k, l, T);
    magnitude.in <== in;
    table.bit <== magnitude.bit;
    out <== magnitude.relu - table.out;
}

/**
 * @title Requantize and an odd activation, about a center: tanh, sigmoid, erf, softsign, ...
 * @param f bits shifted away
 * @param k bits of the magnitude
 * @param l as in TableOfBits
 * @param T 2^k entries, of either sign: T[M] belongs to the middle (M + 1/2) 2^f of the bin of `in`
 * @param base the center
 * @input in with q = floor(in / 2^f) in [-2^k, 2^k)
 * @output out = base + T[q] where q >= 0, else base - T[-1 - q]
 * @guarantee for q = floored(in, f): out == base + (q >= 0 ? T[q] : 0 - T[-1 - q])
 * @contains FlooredMagnitude(f, k) with in = in
 * @contains TableOfBits(k, l, T)
 * @notice n + 2 constraints, and the table of k bits. The sign is a bit of its own: had it to be read from the
 * result, an entry T = 0 would leave it free, and with it the magnitude
 * Proof: docs/soundness.md#requantizeodd
 */
template RequantizeOdd(f, k, l, T, base) {
    signal input in;
    signal output out;
    component magnitude = FlooredMagnitude(f, k);
    component table = TableOfBits(k, l, T);
    magnitude.in <== in;
    table.bit <== magnitude.bit;
    out <== base + (1 - 2 * magnitude.negative) * table.out;
}

/**
 * @title RequantizeEven with a piecewise quadratic in the table's place, for many bits
 * @param s, m bits that number the piece, and the place in it; |q| has s + m
 * @contains RoundedMagnitude(f, s + m) with in = in
 * @contains QuadraticOfBits(s, m, A, B, C, g, w)
 * @notice n constraints, and those of QuadraticOfBits
 * Proof: docs/soundness.md#requantizeevenquadratic
 */
template RequantizeEvenQuadratic(f, s, m, A, B, C, g, w) {
    signal input in;
    signal output out;
    component magnitude = RoundedMagnitude(f, s + m);
    component quadratic = QuadraticOfBits(s, m, A, B, C, g, w);
    magnitude.in <== in;
    quadratic.bit <== magnitude.bit;
    out <== magnitude.relu - quadratic.out;
}

/**
 * @title RequantizeOdd with a piecewise quadratic in the table's place, for many bits
 * @param s, m bits that number the piece, and the place in it; the magnitude has s + m
 * @contains FlooredMagnitude(f, s + m) with in = in
 * @contains QuadraticOfBits(s, m, A, B, C, g, w)
 * @notice n + 2 constraints, and those of QuadraticOfBits
 * Proof: docs/soundness.md#requantizeoddquadratic
 */
template RequantizeOddQuadratic(f, s, m, A, B, C, g, w, base) {
    signal input in;
    signal output out;
    component magnitude = FlooredMagnitude(f, s + m);
    component quadratic = QuadraticOfBits(s, m, A, B, C, g, w);
    magnitude.in <== in;
    quadratic.bit <== magnitude.bit;
    out <== base + (1 - 2 * magnitude.negative) * quadratic.out;
}
