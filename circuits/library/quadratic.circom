pragma circom 2.1.6;

include "../activations.circom";
include "../lowestBit.circom";

/**
 * Activations of many bits: a piecewise quadratic in the place of a table. For circuits that include this file; no
 * generated one does.
 */

/**
 * @title Piecewise quadratic: out = floor((constants[h] + (slopes[h] + curvatures[h] y) y + 2^(fractionBits-1)) /
 * 2^fractionBits)
 * @param pieceBits bits of h, the number of the piece; constants, slopes and curvatures have 2^pieceBits entries
 * @param placeBits bits of y, the place in the piece
 * @param fractionBits fraction bits of constants, slopes and curvatures, at least 1
 * @param resultBits bits of the result, which is natural
 * @input bit bits of y, the lowest first, then those of h
 * @output out the result
 * @assume pieceBits >= 1 && pieceBits <= 8 && placeBits >= 1
 * @assume fractionBits >= 1 && resultBits >= 1 && fractionBits + resultBits <= 120
 * @assume for h < 2 ** pieceBits, y < 2 ** placeBits: rounded(constants[h] + (slopes[h] + curvatures[h] * y) * y,
 *   fractionBits) within [0, 2 ** resultBits - 1]
 * @notice (2^pieceBits - pieceBits - 1) + 2 + fractionBits + resultBits constraints, and a linear one: the three tables
 * share their monomials. quadraticTable in test/helpers/libraryReference.ts is its meaning, and refuses coefficients
 * that give more than resultBits bits
 * Proof: docs/soundness.md#quadraticofbits
 */
template QuadraticOfBits(pieceBits, placeBits, constants, slopes, curvatures, fractionBits, resultBits) {
    assert(pieceBits >= 1 && pieceBits <= 8 && placeBits >= 1);
    assert(fractionBits >= 1 && resultBits >= 1 && fractionBits + resultBits <= 120);
    var pieces = 1 << pieceBits;
    signal input bit[placeBits + pieceBits];
    signal output out;

    signal product[pieces];
    var monomial[pieces];
    monomial[0] = 1;
    product[0] <== 0;
    for (var i = 0; i < pieceBits; i++) {
        product[1 << i] <== 0;
        monomial[1 << i] = bit[placeBits + i];
        for (var j = 1; j < 1 << i; j++) {
            product[(1 << i) + j] <== bit[placeBits + i] * monomial[j];
            monomial[(1 << i) + j] = product[(1 << i) + j];
        }
    }
    var ca[pieces];
    var cb[pieces];
    var cc[pieces];
    for (var i = 0; i < pieces; i++) {
        ca[i] = constants[i];
        cb[i] = slopes[i];
        cc[i] = curvatures[i];
    }
    for (var z = 0; z < pieceBits; z++) {
        for (var i = 0; i < pieces; i++) {
            if ((i >> z) & 1 == 1) {
                ca[i] = ca[i] - ca[i - (1 << z)];
                cb[i] = cb[i] - cb[i - (1 << z)];
                cc[i] = cc[i] - cc[i - (1 << z)];
            }
        }
    }
    var a = 0;
    var b = 0;
    var c = 0;
    for (var i = 0; i < pieces; i++) {
        a += ca[i] * monomial[i];
        b += cb[i] * monomial[i];
        c += cc[i] * monomial[i];
    }
    var y = 0;
    for (var i = 0; i < placeBits; i++) y += bit[i] * (1 << i);

    signal curved;
    signal sloped;
    curved <== c * y;
    sloped <== (b + curved) * y;
    var v = a + sloped + (1 << (fractionBits - 1));
    signal hint[fractionBits + resultBits];
    var low = 0;
    var q = 0;
    for (var i = 1; i < fractionBits + resultBits; i++) {
        hint[i] <-- (v >> i) & 1;
        hint[i] * (hint[i] - 1) === 0;
        low += hint[i] * (1 << i);
        if (i >= fractionBits) q += hint[i] * (1 << (i - fractionBits));
    }
    hint[0] <== lowestBitIsWire() * (v - low);
    var lowest = lowestBitIsWire() == 1 ? hint[0] : v - low;
    lowest * (lowest - 1) === 0;
    out <== q;
}

/**
 * @title RequantizeEven with a piecewise quadratic in the table's place, for many bits
 * @param pieceBits, placeBits bits that number the piece, and the place in it; |q| has pieceBits + placeBits
 * @contains RoundedMagnitude(shift, pieceBits + placeBits) with in = in
 * @contains QuadraticOfBits(pieceBits, placeBits, constants, slopes, curvatures, fractionBits, resultBits)
 * @notice n constraints, and those of QuadraticOfBits
 * Proof: docs/soundness.md#requantizeevenquadratic
 */
template RequantizeEvenQuadratic(shift, pieceBits, placeBits, constants, slopes, curvatures, fractionBits, resultBits) {
    signal input in;
    signal output out;
    component magnitude = RoundedMagnitude(shift, pieceBits + placeBits);
    component quadratic = QuadraticOfBits(
        pieceBits, placeBits, constants, slopes, curvatures, fractionBits, resultBits
    );
    magnitude.in <== in;
    quadratic.bit <== magnitude.bit;
    out <== magnitude.relu - quadratic.out;
}

/**
 * @title RequantizeOdd with a piecewise quadratic in the table's place, for many bits
 * @param pieceBits, placeBits bits that number the piece, and the place in it; the magnitude has pieceBits + placeBits
 * @contains FlooredMagnitude(shift, pieceBits + placeBits) with in = in
 * @contains QuadraticOfBits(pieceBits, placeBits, constants, slopes, curvatures, fractionBits, resultBits)
 * @notice n + 2 constraints, and those of QuadraticOfBits
 * Proof: docs/soundness.md#requantizeoddquadratic
 */
template RequantizeOddQuadratic(
    shift, pieceBits, placeBits, constants, slopes, curvatures, fractionBits, resultBits, center
) {
    signal input in;
    signal output out;
    component magnitude = FlooredMagnitude(shift, pieceBits + placeBits);
    component quadratic = QuadraticOfBits(
        pieceBits, placeBits, constants, slopes, curvatures, fractionBits, resultBits
    );
    magnitude.in <== in;
    quadratic.bit <== magnitude.bit;
    out <== center + (1 - 2 * magnitude.negative) * quadratic.out;
}
