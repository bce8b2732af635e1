pragma circom 2.1.6;

include "lowestBit.circom";

/**
 * Requantization: q = floor((in + 2^(shift-1)) / 2^shift), rounding half up; no rounding term where
 * shift = 0.
 * The lowest bit of each decomposition is not a wire: it is the expression that remains, constrained to be 0 or 1,
 * so that no template here needs a linear constraint of its own.
 * Assumption on every input: it is an integer of the interval that the parameters allow, far below the field's
 * size. The emitter proves that from the intervals of the whole program.
 */

/**
 * @title Requantize to a signed integer
 * @param shift bits shifted away, at least 1
 * @param resultBits bits of q - least
 * @param least least value of q
 * @input in with q in [least, least + 2^resultBits)
 * @output out = q
 * @assume shift >= 1 && resultBits >= 0 && shift + resultBits <= 200
 * @assume rounded(in, shift) within [least, least + 2 ** resultBits - 1]
 * @guarantee out == rounded(in, shift)
 * @guarantee for half = 2 ** (shift - 1): in within [least * 2 ** shift - half, (least + 2 ** resultBits) * 2 ** shift
 *   - 1 - half]
 * @notice shift + resultBits constraints
 * Proof: docs/soundness.md#requantize
 */
template Requantize(shift, resultBits, least) {
    assert(shift >= 1 && resultBits >= 0 && shift + resultBits <= 200);
    signal input in;
    signal output out;

    var v = in + (1 << (shift - 1)) - least * (1 << shift);
    signal bit[shift + resultBits];
    var low = 0;
    var q = least;
    for (var i = 1; i < shift + resultBits; i++) {
        bit[i] <-- (v >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        low += bit[i] * (1 << i);
        if (i >= shift) q += bit[i] * (1 << (i - shift));
    }
    bit[0] <== lowestBitIsWire() * (v - low);
    var lowest = lowestBitIsWire() == 1 ? bit[0] : v - low;
    lowest * (lowest - 1) === 0;
    out <== q;
}

/**
 * @title Requantize and ReLU in one
 * @param shift bits shifted away
 * @param magnitudeBits bits of |q|
 * @input in with |q| < 2^magnitudeBits
 * @output out = max(0, q)
 * @assume shift >= 0 && magnitudeBits >= 1 && shift + magnitudeBits <= 200
 * @assume rounded(in, shift) within [1 - 2 ** magnitudeBits, 2 ** magnitudeBits - 1]
 * @guarantee out == max(0, rounded(in, shift))
 * @guarantee for half = shift > 0 ? 2 ** (shift - 1) : 0: in within [(1 - 2 ** magnitudeBits) * 2 ** shift - half, 2 **
 *   (shift + magnitudeBits) - 1 - half]
 * @notice shift + magnitudeBits + 1 constraints: out is 0 or M, and q = 2 out - M, so M = |q| and no sign bit is needed
 * Proof: docs/soundness.md#requantizerelu
 */
template RequantizeReLU(shift, magnitudeBits) {
    assert(shift >= 0 && magnitudeBits >= 1 && shift + magnitudeBits <= 200);
    signal input in;
    signal output out;

    var half = shift > 0 ? 1 << (shift - 1) : 0;
    var offset = 1 << (shift + magnitudeBits + 1);
    var v = in + half + offset; // non-negative, so that shifts mean what they should
    var positive = v >= offset ? 1 : 0;
    var q = (v >> shift) - (offset >> shift);
    var magnitude = positive ? q : -q;

    signal m[magnitudeBits];
    signal r[shift + 1];
    out <-- positive ? q : 0;
    var M = 0;
    var R = 0;
    for (var i = 1; i < shift; i++) {
        r[i] <-- (v >> i) & 1;
        r[i] * (r[i] - 1) === 0;
        R += r[i] * (1 << i);
    }
    for (var i = shift > 0 ? 0 : 1; i < magnitudeBits; i++) {
        m[i] <-- (magnitude >> i) & 1;
        m[i] * (m[i] - 1) === 0;
        M += m[i] * (1 << i);
    }
    r[shift] <== 0;
    if (shift > 0) {
        r[0] <== lowestBitIsWire() * (in + half - (1 << shift) * (2 * out - M) - R);
        var lowest = lowestBitIsWire() == 1 ? r[0] : in + half - (1 << shift) * (2 * out - M) - R;
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
 * @title Requantize and saturate to [least, least + 2^keptBits); ReLU and ReLU6 are least = 0
 * @param shift bits shifted away
 * @param keptBits bits kept
 * @param excessBits bits of |h|, where h = floor((q - least) / 2^keptBits) counts the ranges by which q is beside the
 * kept one
 * @param least least value kept
 * @input in with |h| < 2^excessBits
 * @output out = min(max(q, least), least + 2^keptBits - 1)
 * @assume shift >= 0 && keptBits >= 1 && excessBits >= 1 && shift + keptBits + excessBits <= 200
 * @assume floored(rounded(in, shift) - least, keptBits) within [1 - 2 ** excessBits, 2 ** excessBits - 1]
 * @guarantee out == min(max(rounded(in, shift), least), least + 2 ** keptBits - 1)
 * @guarantee for half = shift > 0 ? 2 ** (shift - 1) : 0: in within [(least + (1 - 2 ** excessBits) * 2 ** keptBits) *
 *   2 ** shift - half, (least + 2 ** (excessBits + keptBits)) * 2 ** shift - 1 - half]
 * @notice shift + keptBits + excessBits + 3 constraints. `x` is free where h = 0; out is pinned all the same
 * Proof: docs/soundness.md#requantizeclamp
 */
template RequantizeClamp(shift, keptBits, excessBits, least) {
    assert(shift >= 0 && keptBits >= 1 && excessBits >= 1 && shift + keptBits + excessBits <= 200);
    signal input in;
    signal output out;

    var half = shift > 0 ? 1 << (shift - 1) : 0;
    var top = (1 << keptBits) - 1;
    var offset = 1 << (shift + keptBits + excessBits + 1);
    var y = in + half - least * (1 << shift);
    var v = y + offset;
    var above = v >= offset ? 1 : 0;
    var hint = (v >> (shift + keptBits)) - (offset >> (shift + keptBits));
    var magnitude = above ? hint : -hint;
    var inside = (v >> shift) & top;

    signal bit[shift + keptBits];
    var low = 0;
    var kept = 0;
    for (var i = 1; i < shift + keptBits; i++) {
        bit[i] <-- (v >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        low += bit[i] * (1 << i);
        if (i >= shift) kept += bit[i] * (1 << (i - shift));
    }
    signal h;
    h <-- hint;
    bit[0] <== lowestBitIsWire() * (y - (1 << (shift + keptBits)) * h - low);
    var lowest = lowestBitIsWire() == 1 ? bit[0] : y - (1 << (shift + keptBits)) * h - low;
    lowest * (lowest - 1) === 0;
    if (shift == 0) kept += lowest;

    signal mh[excessBits];
    var M = 0;
    for (var i = 0; i < excessBits; i++) {
        mh[i] <-- (magnitude >> i) & 1;
        mh[i] * (mh[i] - 1) === 0;
        M += mh[i] * (1 << i);
    }
    // The result is above least only if h = M >= 0, and below the top only if h = -M <= 0. It cannot be both least and
    // the top, so h = M or h = -M: h is in range, and the decomposition of y is the only one.
    signal result;
    result <-- hint == 0 ? inside : (above ? top : 0);
    (M + h) * (result - top) === 0;
    (M - h) * result === 0;
    signal x;
    x <-- hint == 0 ? 0 : (result - inside) / h;
    h * x === result - kept;
    out <== result + least;
}
