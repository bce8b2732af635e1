pragma circom 2.1.6;

include "lookup.circom";

/**
 * Activations fused with requantisation, whose bits they use. n = f + k + 1 is the width of the accumulator with its
 * sign; "table" is what TableOfBits costs, see tableCost in src/program/arithmetic.ts.
 * Assumption on every input: it is an integer of the interval that the parameters allow, far below the field's size.
 */

/**
 * @title Magnitude and ReLU of the requantised integer q = floor((in + 2^(f-1)) / 2^f)
 * @param f bits shifted away; no rounding term where f = 0
 * @param k bits of |q|
 * @input in with |q| < 2^k
 * @output relu = max(0, q)
 * @output bit the bits of |q|, the lowest first
 * @notice n constraints, and a linear one where f = 0: relu is 0 or M, and q = 2 relu - M, so M = |q|
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
        r[0] <== 0;
        var lowest = in + half - (1 << f) * (2 * relu - M) - R;
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
 * @notice n + 1 constraints
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
 * @title Requantise and leaky ReLU (PReLU) with the slope a / 2^s below zero
 * @param f bits shifted away
 * @param k bits of q = floor((in + 2^(f-1)) / 2^f) beside its sign
 * @param a, s the slope; a may be negative, or beyond 2^s
 * @param l as in TableOfBits, for the table of the low min(s, k) bits; at most that many
 * @input in with q in [-2^k, 2^k)
 * @output out = q where q >= 0, else floor(a q / 2^s)
 * @notice n + 1 constraints, and those of the table of floor(a j / 2^s), which is 0 for a slope of 2^-s; a linear one,
 * and another where there is a table, which reads the lowest bit, and f = 0
 */
template RequantizeLeaky(f, k, a, s, l) {
    assert(f >= 0 && k >= 1 && f + k <= 200 && s >= 0 && s <= 24);
    signal input in;
    signal output out;

    var n = f + k + 1;
    var v = in + (f > 0 ? 1 << (f - 1) : 0) + (1 << (f + k));
    signal hint[n];
    var bit[n];
    var low = 0;
    hint[0] <== 0; // not a wire: the lowest bit is what remains
    for (var i = 1; i < n; i++) {
        hint[i] <-- (v >> i) & 1;
        hint[i] * (hint[i] - 1) === 0;
        bit[i] = hint[i];
        low += hint[i] * (1 << i);
    }
    bit[0] = v - low;
    bit[0] * (bit[0] - 1) === 0;

    // Below zero, the top bit is 0. With z low bits j and q = j + 2^z h, floor(a q / 2^s) is a h + floor(a j / 2^s)
    // if z = s, and depends on j alone, with h = -1, if z = k < s.
    var z = s < k ? s : k;
    var q = -(1 << k);
    var h = -(1 << (k - z));
    for (var i = f; i < n; i++) {
        q += bit[i] * (1 << (i - f));
        if (i >= f + z) h += bit[i] * (1 << (i - f - z));
    }
    var scaled = 0;
    if (s > 0) {
        var T[1 << z];
        var lift = 1 << 60; // makes every quotient natural
        var flat = 1;
        for (var j = 0; j < 1 << z; j++) {
            T[j] = ((a * (s <= k ? j : j - (1 << z)) + lift * (1 << s)) >> s) - lift;
            if (T[j] != T[0]) flat = 0;
        }
        scaled = T[0];
        if (flat == 0) {
            component table = TableOfBits(z, l, T);
            for (var i = 0; i < z; i++) table.bit[i] <== bit[f + i];
            scaled = table.out;
        }
    }
    if (s <= k) scaled += a * h;
    signal change;
    change <== (1 - bit[n - 1]) * (scaled - q);
    out <== q + change;
}

/**
 * @title Requantise and an activation max(0, q) - T[|q|]: GELU, SiLU, hardswish, softplus, ...
 * @param f bits shifted away
 * @param k bits of |q|, q = floor((in + 2^(f-1)) / 2^f)
 * @param l as in TableOfBits
 * @param T 2^k entries, of either sign
 * @input in with |q| < 2^k
 * @output out = max(0, q) - T[|q|]
 * @notice n constraints, and the table of k bits
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
 * @title Requantise and an odd activation, about a centre: tanh, sigmoid, erf, softsign, ...
 * @param f bits shifted away
 * @param k bits of the magnitude
 * @param l as in TableOfBits
 * @param T 2^k entries, of either sign: T[M] belongs to the middle (M + 1/2) 2^f of the bin of `in`
 * @param base the centre
 * @input in with q = floor(in / 2^f) in [-2^k, 2^k)
 * @output out = base + T[q] where q >= 0, else base - T[-1 - q]
 * @notice n + 2 constraints, and the table of k bits. The sign is a bit of its own: had it to be read from the
 * result, an entry T = 0 would leave it free, and with it the magnitude
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
 * @notice n constraints, and those of QuadraticOfBits
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
 * @notice n + 2 constraints, and those of QuadraticOfBits
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
