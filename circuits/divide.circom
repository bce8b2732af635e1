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
 * @title Divide by a constant, rounding half up: q = floor((in + floor(divisor / 2)) / divisor)
 * @param divisor at least 2
 * @param resultBits bits of q - least
 * @param least least value of q
 * @input in with q in [least, least + 2^resultBits)
 * @output out = q
 * @assume divisor >= 2 && resultBits >= 0 && bits(divisor - 1) + resultBits <= 200
 * @assume (in + divisor \ 2) \ divisor within [least, least + 2 ** resultBits - 1]
 * @guarantee out == (in + divisor \ 2) \ divisor
 * @notice ceil(log2 divisor) + resultBits constraints, and a linear one. The remainder's bits weigh 1, 2, 4, ..., and
 * the last one what is missing to divisor - 1, so that they span [0, divisor) exactly. Some remainders have two
 * spellings; q has one
 * Proof: docs/soundness.md#dividebyconstant
 */
template DivideByConstant(divisor, resultBits, least) {
    assert(divisor >= 2 && resultBits >= 0);
    var t = bitsOf(divisor - 1);
    assert(t + resultBits <= 200);
    signal input in;
    signal output out;

    var v = in + divisor \ 2 - least * divisor;
    var rest = v % divisor;
    var top = divisor - (1 << (t - 1)); // weight of the last bit of the remainder
    var high = rest >= 1 << (t - 1) ? 1 : 0;
    var quotient = v \ divisor;
    signal bit[t + resultBits];
    var R = 0;
    var q = 0;
    for (var i = 1; i < t + resultBits; i++) {
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
    bit[0] <== lowestBitIsWire() * (v - divisor * q - R);
    var lowest = lowestBitIsWire() == 1 ? bit[0] : v - divisor * q - R;
    lowest * (lowest - 1) === 0;
    out <== q + least;
}

/**
 * @title q = floor(a / b) of two variables
 * @param quotientBits bits of q - least
 * @param divisorBits bits of b
 * @param least least value of q
 * @input a with q in [least, least + 2^quotientBits); it may be negative
 * @input b in [1, 2^divisorBits); b = 0 has no witness
 * @output out = q
 * @assume quotientBits >= 1 && divisorBits >= 1 && quotientBits + divisorBits <= 250
 * @assume b within [1, 2 ** divisorBits - 1]
 * @assume a \ b within [least, least + 2 ** quotientBits - 1]
 * @guarantee out == a \ b
 * @notice 1 + quotientBits + 2 * divisorBits constraints, and a linear one: a - b q and b - 1 - (a - b q) are both
 * shown to be natural
 * Proof: docs/soundness.md#floordivide
 */
template FloorDivide(quotientBits, divisorBits, least) {
    assert(quotientBits >= 1 && divisorBits >= 1 && quotientBits + divisorBits <= 250);
    signal input a;
    signal input b;
    signal output out;

    var v = a - least * b;
    var quotient = v \ b;
    var rest = v % b;
    var slack = b - 1 - rest;
    signal q[quotientBits];
    signal r[divisorBits];
    signal s[divisorBits];
    var Q = 0;
    var R = 0;
    var S = 0;
    for (var i = 0; i < quotientBits; i++) {
        q[i] <-- (quotient >> i) & 1;
        q[i] * (q[i] - 1) === 0;
        Q += q[i] * (1 << i);
    }
    for (var i = 0; i < divisorBits; i++) {
        r[i] <-- (rest >> i) & 1;
        r[i] * (r[i] - 1) === 0;
        R += r[i] * (1 << i);
    }
    Q * b === v - R;
    for (var i = 1; i < divisorBits; i++) {
        s[i] <-- (slack >> i) & 1;
        s[i] * (s[i] - 1) === 0;
        S += s[i] * (1 << i);
    }
    s[0] <== lowestBitIsWire() * (b - 1 - R - S);
    var lowest = lowestBitIsWire() == 1 ? s[0] : b - 1 - R - S;
    lowest * (lowest - 1) === 0;
    out <== Q + least;
}

/**
 * @title floor(2^exponent / in)
 * @param exponent the numerator's exponent
 * @param quotientBits bits of the result: those of floor(2^exponent / least input)
 * @param divisorBits bits of the input
 * @input in in [1, 2^divisorBits) with floor(2^exponent / in) < 2^quotientBits; 0 has no witness
 * @output out = floor(2^exponent / in)
 * @assume exponent >= 0 && exponent <= 250
 * @contains FloorDivide(quotientBits, divisorBits, 0) with a = 2 ** exponent, b = in, out = out
 * @notice 1 + quotientBits + 2 * divisorBits constraints, and a linear one
 * Proof: docs/soundness.md#reciprocal
 */
template Reciprocal(exponent, quotientBits, divisorBits) {
    assert(exponent >= 0 && exponent <= 250);
    signal input in;
    signal output out;

    component divide = FloorDivide(quotientBits, divisorBits, 0);
    divide.a <== 1 << exponent;
    divide.b <== in;
    out <== divide.out;
}

/**
 * @title floor(sqrt(numerator / in))
 * @param numerator a constant: 2^(2 bits) gives floor(2^bits / sqrt(in))
 * @param least, most least and greatest input, least at least 1
 * @input in in [least, most]; 0 has no witness
 * @output out the greatest R with R^2 in <= numerator
 * @assume least >= 1 && most >= least && numerator >= 1
 * @assume bits(numerator) + bits(most) <= 248
 * @assume 2 * bits(root(numerator \ least)) + bits(most) <= 250 && bits(2 * root(numerator * most) + most - 1) <= 250
 * @assume in within [least, most]
 * @guarantee out == root(numerator \ in)
 * @notice 2 + bits(floor(sqrt(numerator / least))) + 2 bits(2 floor(sqrt(numerator * most)) + most - 1) constraints,
 * and a linear one: numerator - R^2 in and (R + 1)^2 in - 1 - numerator are both shown to be natural; they sum to 2 R
 * in + in - 1
 * Proof: docs/soundness.md#inversesquareroot
 */
template InverseSquareRoot(numerator, least, most) {
    assert(least >= 1 && most >= least && numerator >= 1);
    assert(bitsOf(numerator) + bitsOf(most) <= 248);
    var n = bitsOf(floorSquareRoot(numerator \ least));
    var w = bitsOf(2 * floorSquareRoot(numerator * most) + most - 1);
    assert(2 * n + bitsOf(most) <= 250 && w <= 250); // no value of R, even a false one, wraps the field
    signal input in;
    signal output out;

    var root = floorSquareRoot(numerator \ in);
    var rest = numerator - root * root * in;
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
    R * product === numerator - rem;
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
