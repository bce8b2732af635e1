pragma circom 2.1.6;

include "lowestBit.circom";

/**
 * Requantization: q = floor((in + 2^(f-1)) / 2^f), rounding half up; no rounding term where f = 0.
 * The lowest bit of each decomposition is not a wire: it is the expression that remains, constrained to be 0 or 1,
 * so that no template here needs a linear constraint of its own.
 * Assumption on every input: it is an integer of the interval that the parameters allow, far below the field's
 * size. The emitter proves that from the intervals of the whole program.
 */

/**
 * @title Requantize to a signed integer
 * @param f bits shifted away, at least 1
 * @param w bits of q - lo
 * @param lo least value of q
 * @input in with q in [lo, lo + 2^w)
 * @output out = q
 * @assume f >= 1 && w >= 0 && f + w <= 200
 * @assume rounded(in, f) within [lo, lo + 2 ** w - 1]
 * @guarantee out == rounded(in, f)
 * @guarantee for half = 2 ** (f - 1): in within [lo * 2 ** f - half, (lo + 2 ** w) * 2 ** f - 1 - half]
 * @notice f + w constraints
 * Proof: docs/soundness.md#requantize
 */
template Requantize(f, w, lo) {
    assert(f >= 1 && w >= 0 && f + w <= 200);
    signal input in;
    signal output out;

    var v = in + (1 << (f - 1)) - lo * (1 << f);
    signal bit[f + w];
    var low = 0;
    var q = lo;
    for (var i = 1; i < f + w; i++) {
        bit[i] <-- (v >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        low += bit[i] * (1 << i);
        if (i >= f) q += bit[i] * (1 << (i - f));
    }
    bit[0] <== lowestBitIsWire() * (v - low);
    var lowest = lowestBitIsWire() == 1 ? bit[0] : v - low;
    lowest * (lowest - 1) === 0;
    out <== q;
}

/**
 * @title Requantize and ReLU in one
 * @param f bits shifted away
 * @param k bits of |q|
 * @input in with |q| < 2^k
 * @output out = max(0, q)
 * @assume f >= 0 && k >= 1 && f + k <= 200
 * @assume rounded(in, f) within [1 - 2 ** k, 2 ** k - 1]
 * @guarantee out == max(0, rounded(in, f))
 * @guarantee for half = f > 0 ? 2 ** (f - 1) : 0: in within [(1 - 2 ** k) * 2 ** f - half, 2 ** (f + k) - 1 - half]
 * @notice f + k + 1 constraints: out is 0 or M, and q = 2 out - M, so M = |q| and no sign bit is needed
 * Proof: docs/soundness.md#requantizerelu
 */
template RequantizeReLU(f, k) {
    assert(f >= 0 && k >= 1 && f + k <= 200);
    signal input in;
    signal output out;

    var half = f > 0 ? 1 << (f - 1) : 0;
    var offset = 1 << (f + k + 1);
    var v = in + half + offset; // non-negative, so that shifts mean what they should
    var positive = v >= offset ? 1 : 0;
    var q = (v >> f) - (offset >> f);
    var magnitude = positive ? q : -q;

    signal m[k];
    signal r[f + 1];
    out <-- positive ? q : 0;
    var M = 0;
    var R = 0;
    for (var i = 1; i < f; i++) {
        r[i] <-- (v >> i) & 1;
        r[i] * (r[i] - 1) === 0;
        R += r[i] * (1 << i);
    }
    for (var i = f > 0 ? 0 : 1; i < k; i++) {
        m[i] <-- (magnitude >> i) & 1;
        m[i] * (m[i] - 1) === 0;
        M += m[i] * (1 << i);
    }
    r[f] <== 0;
    if (f > 0) {
        r[0] <== lowestBitIsWire() * (in + half - (1 << f) * (2 * out - M) - R);
        var lowest = lowestBitIsWire() == 1 ? r[0] : in + half - (1 << f) * (2 * out - M) - R;
        lowest * (lowest - 1) === 0;
        out * (M - out) === 0;
    } else {
        m[0] <== lowestBitIsWire() * (2 * out - in - M);
        var lowest = lowestBitIsWire() == 1 ? m[0] : 2 * out - in - M;
        lowest * (lowest - 1) === 0;
        out * (in - out) === 0;
    }
}

/**
 * @title Requantize and saturate to [lo, lo + 2^c); ReLU and ReLU6 are lo = 0
 * @param f bits shifted away
 * @param c bits kept
 * @param m bits of |h|, where h = floor((q - lo) / 2^c) counts the ranges by which q is beside the kept one
 * @param lo least value kept
 * @input in with |h| < 2^m
 * @output out = min(max(q, lo), lo + 2^c - 1)
 * @assume f >= 0 && c >= 1 && m >= 1 && f + c + m <= 200
 * @assume floored(rounded(in, f) - lo, c) within [1 - 2 ** m, 2 ** m - 1]
 * @guarantee out == min(max(rounded(in, f), lo), lo + 2 ** c - 1)
 * @guarantee for half = f > 0 ? 2 ** (f - 1) : 0: in within
 *   [(lo + (1 - 2 ** m) * 2 ** c) * 2 ** f - half, (lo + 2 ** (m + c)) * 2 ** f - 1 - half]
 * @notice f + c + m + 3 constraints. `x` is free where h = 0; out is pinned all the same
 * Proof: docs/soundness.md#requantizeclamp
 */
template RequantizeClamp(f, c, m, lo) {
    assert(f >= 0 && c >= 1 && m >= 1 && f + c + m <= 200);
    signal input in;
    signal output out;

    var half = f > 0 ? 1 << (f - 1) : 0;
    var top = (1 << c) - 1;
    var offset = 1 << (f + c + m + 1);
    var y = in + half - lo * (1 << f);
    var v = y + offset;
    var above = v >= offset ? 1 : 0;
    var hint = (v >> (f + c)) - (offset >> (f + c));
    var magnitude = above ? hint : -hint;
    var inside = (v >> f) & top;

    signal bit[f + c];
    var low = 0;
    var kept = 0;
    for (var i = 1; i < f + c; i++) {
        bit[i] <-- (v >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        low += bit[i] * (1 << i);
        if (i >= f) kept += bit[i] * (1 << (i - f));
    }
    signal h;
    h <-- hint;
    bit[0] <== lowestBitIsWire() * (y - (1 << (f + c)) * h - low);
    var lowest = lowestBitIsWire() == 1 ? bit[0] : y - (1 << (f + c)) * h - low;
    lowest * (lowest - 1) === 0;
    if (f == 0) kept += lowest;

    signal mh[m];
    var M = 0;
    for (var i = 0; i < m; i++) {
        mh[i] <-- (magnitude >> i) & 1;
        mh[i] * (mh[i] - 1) === 0;
        M += mh[i] * (1 << i);
    }
    // The result is above lo only if h = M >= 0, and below the top only if h = -M <= 0. It cannot be both lo and
    // the top, so h = M or h = -M: h is in range, and the decomposition of y is the only one.
    signal result;
    result <-- hint == 0 ? inside : (above ? top : 0);
    (M + h) * (result - top) === 0;
    (M - h) * result === 0;
    signal x;
    x <-- hint == 0 ? 0 : (result - inside) / h;
    h * x === result - kept;
    out <== result + lo;
}
