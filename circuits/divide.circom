pragma circom 2.1.6;

include "lowestBit.circom";

/**
 * Division and roots. Each quotient or root is written in bits, and the remainder is shown to be in the one range
 * in which the quotient is the floor: that makes the pair unique. No template here needs a wire for a quotient, a
 * remainder or a product; they stay linear combinations of bits.
 * Assumption on every input: it is an integer of the interval named, far below the field's size.
 */

/** floor(sqrt(x)) for 0 <= x < 2^250, bit by bit. For hints and for constants. */
function floorSquareRoot(x) {
    var root = 0;
    for (var i = 124; i >= 0; i--) {
        var next = root + (1 << i);
        if (next * next <= x) root = next;
    }
    return root;
}

/** Bits that hold 0 .. x. */
function bitsOf(x) {
    var bits = 0;
    while ((1 << bits) <= x) bits++;
    return bits;
}

/**
 * @title Divide by a constant, rounding half up: q = floor((in + floor(D / 2)) / D)
 * @param D the divisor, at least 2
 * @param w bits of q - lo
 * @param lo least value of q
 * @input in with q in [lo, lo + 2^w)
 * @output out = q
 * @assume D >= 2 && w >= 0 && bits(D - 1) + w <= 200
 * @assume (in + D \ 2) \ D within [lo, lo + 2 ** w - 1]
 * @guarantee out == (in + D \ 2) \ D
 * @notice ceil(log2 D) + w constraints, and a linear one. The remainder's bits weigh 1, 2, 4, ..., and the last one
 * what is missing to D - 1, so that they span [0, D) exactly. Some remainders have two spellings; q has one
 * Proof: docs/soundness.md#dividebyconstant
 */
template DivideByConstant(D, w, lo) {
    assert(D >= 2 && w >= 0);
    var t = bitsOf(D - 1);
    assert(t + w <= 200);
    signal input in;
    signal output out;

    var v = in + D \ 2 - lo * D;
    var rest = v % D;
    var top = D - (1 << (t - 1)); // weight of the last bit of the remainder
    var high = rest >= 1 << (t - 1) ? 1 : 0;
    var quotient = v \ D;
    signal bit[t + w];
    var R = 0;
    var q = 0;
    for (var i = 1; i < t + w; i++) {
        if (i < t - 1) {
            bit[i] <-- ((rest - high * top) >> i) & 1;
            R += bit[i] * (1 << i);
        } else if (i == t - 1) {
            bit[i] <-- high;
            R += bit[i] * top;
        } else {
            bit[i] <-- (quotient >> (i - t)) & 1;
            q += bit[i] * (1 << (i - t));
        }
        bit[i] * (bit[i] - 1) === 0;
    }
    bit[0] <== lowestBitIsWire() * (v - D * q - R);
    var lowest = lowestBitIsWire() == 1 ? bit[0] : v - D * q - R;
    lowest * (lowest - 1) === 0;
    out <== q + lo;
}

/**
 * @title q = floor(a / b) of two variables
 * @param nq bits of q - lo
 * @param nb bits of b
 * @param lo least value of q
 * @input a with q in [lo, lo + 2^nq); it may be negative
 * @input b in [1, 2^nb); b = 0 has no witness
 * @output out = q
 * @assume nq >= 1 && nb >= 1 && nq + nb <= 250
 * @assume b within [1, 2 ** nb - 1]
 * @assume a \ b within [lo, lo + 2 ** nq - 1]
 * @guarantee out == a \ b
 * @notice 1 + nq + 2 nb constraints, and a linear one: a - b q and b - 1 - (a - b q) are both shown to be natural
 * Proof: docs/soundness.md#floordivide
 */
template FloorDivide(nq, nb, lo) {
    assert(nq >= 1 && nb >= 1 && nq + nb <= 250);
    signal input a;
    signal input b;
    signal output out;

    var v = a - lo * b;
    var quotient = v \ b;
    var rest = v % b;
    var slack = b - 1 - rest;
    signal q[nq];
    signal r[nb];
    signal s[nb];
    var Q = 0;
    var R = 0;
    var S = 0;
    for (var i = 0; i < nq; i++) {
        q[i] <-- (quotient >> i) & 1;
        q[i] * (q[i] - 1) === 0;
        Q += q[i] * (1 << i);
    }
    for (var i = 0; i < nb; i++) {
        r[i] <-- (rest >> i) & 1;
        r[i] * (r[i] - 1) === 0;
        R += r[i] * (1 << i);
    }
    Q * b === v - R;
    for (var i = 1; i < nb; i++) {
        s[i] <-- (slack >> i) & 1;
        s[i] * (s[i] - 1) === 0;
        S += s[i] * (1 << i);
    }
    s[0] <== lowestBitIsWire() * (b - 1 - R - S);
    var lowest = lowestBitIsWire() == 1 ? s[0] : b - 1 - R - S;
    lowest * (lowest - 1) === 0;
    out <== Q + lo;
}

/**
 * @title floor(2^r / in)
 * @param r the numerator's exponent
 * @param nq bits of the result: those of floor(2^r / least input)
 * @param nb bits of the input
 * @input in in [1, 2^nb) with floor(2^r / in) < 2^nq; 0 has no witness
 * @output out = floor(2^r / in)
 * @assume r >= 0 && r <= 250
 * @contains FloorDivide(nq, nb, 0) with a = 2 ** r, b = in, out = out
 * @notice 1 + nq + 2 nb constraints, and a linear one
 * Proof: docs/soundness.md#reciprocal
 */
template Reciprocal(r, nq, nb) {
    assert(r >= 0 && r <= 250);
    signal input in;
    signal output out;

    component divide = FloorDivide(nq, nb, 0);
    divide.a <== 1 << r;
    divide.b <== in;
    out <== divide.out;
}

/**
 * @title floor(sqrt(in))
 * @param h bits of the root
 * @input in in [0, 2^(2h))
 * @output out the root s: in - s^2 is in [0, 2 s]
 * @assume h >= 1 && h <= 120
 * @assume in within [0, 2 ** (2 * h) - 1]
 * @guarantee out == root(in)
 * @notice 3 h + 3 constraints, and a linear one
 * Proof: docs/soundness.md#squareroot
 */
template SquareRoot(h) {
    assert(h >= 1 && h <= 120);
    signal input in;
    signal output out;

    var root = floorSquareRoot(in);
    var rest = in - root * root;
    var slack = 2 * root - rest;
    signal s[h];
    signal r[h + 1];
    signal u[h + 1];
    var S = 0;
    var R = 0;
    var U = 0;
    for (var i = 0; i < h; i++) {
        s[i] <-- (root >> i) & 1;
        s[i] * (s[i] - 1) === 0;
        S += s[i] * (1 << i);
    }
    for (var i = 0; i <= h; i++) {
        r[i] <-- (rest >> i) & 1;
        r[i] * (r[i] - 1) === 0;
        R += r[i] * (1 << i);
    }
    S * S === in - R;
    for (var i = 1; i <= h; i++) {
        u[i] <-- (slack >> i) & 1;
        u[i] * (u[i] - 1) === 0;
        U += u[i] * (1 << i);
    }
    u[0] <== lowestBitIsWire() * (2 * S - R - U);
    var lowest = lowestBitIsWire() == 1 ? u[0] : 2 * S - R - U;
    lowest * (lowest - 1) === 0;
    out <== S;
}

/**
 * @title floor(sqrt(C / in))
 * @param C a constant: 2^(2t) gives floor(2^t / sqrt(in))
 * @param lo, hi least and greatest input, lo at least 1
 * @input in in [lo, hi]; 0 has no witness
 * @output out the greatest R with R^2 in <= C
 * @assume lo >= 1 && hi >= lo && C >= 1
 * @assume bits(C) + bits(hi) <= 248
 * @assume 2 * bits(root(C \ lo)) + bits(hi) <= 250 && bits(2 * root(C * hi) + hi - 1) <= 250
 * @assume in within [lo, hi]
 * @guarantee out == root(C \ in)
 * @notice 2 + bits(floor(sqrt(C / lo))) + 2 bits(2 floor(sqrt(C hi)) + hi - 1) constraints, and a linear one:
 * C - R^2 in and (R + 1)^2 in - 1 - C are both shown to be natural; they sum to 2 R in + in - 1
 * Proof: docs/soundness.md#inversesquareroot
 */
template InverseSquareRoot(C, lo, hi) {
    assert(lo >= 1 && hi >= lo && C >= 1);
    assert(bitsOf(C) + bitsOf(hi) <= 248);
    var n = bitsOf(floorSquareRoot(C \ lo));
    var w = bitsOf(2 * floorSquareRoot(C * hi) + hi - 1);
    assert(2 * n + bitsOf(hi) <= 250 && w <= 250); // no value of R, even a false one, wraps the field
    signal input in;
    signal output out;

    var root = floorSquareRoot(C \ in);
    var rest = C - root * root * in;
    var slack = 2 * root * in + in - 1 - rest;
    signal q[n];
    signal r[w];
    signal u[w];
    var R = 0;
    var rem = 0;
    var U = 0;
    for (var i = 0; i < n; i++) {
        q[i] <-- (root >> i) & 1;
        q[i] * (q[i] - 1) === 0;
        R += q[i] * (1 << i);
    }
    for (var i = 0; i < w; i++) {
        r[i] <-- (rest >> i) & 1;
        r[i] * (r[i] - 1) === 0;
        rem += r[i] * (1 << i);
    }
    signal product;
    product <== R * in;
    R * product === C - rem;
    for (var i = 1; i < w; i++) {
        u[i] <-- (slack >> i) & 1;
        u[i] * (u[i] - 1) === 0;
        U += u[i] * (1 << i);
    }
    u[0] <== lowestBitIsWire() * (2 * product + in - 1 - rem - U);
    var lowest = lowestBitIsWire() == 1 ? u[0] : 2 * product + in - 1 - rem - U;
    lowest * (lowest - 1) === 0;
    out <== R;
}
