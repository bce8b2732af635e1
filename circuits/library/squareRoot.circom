pragma circom 2.1.6;

include "../divide.circom";
include "../lowestBit.circom";

/**
 * Roots, for circuits that include this file; no generated one does.
 */

/**
 * @title floor(sqrt(in))
 * @param rootBits bits of the root
 * @input in in [0, 2^(2h))
 * @output out the root s: in - s^2 is in [0, 2 s]
 * @assume rootBits >= 1 && rootBits <= 120
 * @assume in within [0, 2 ** (2 * rootBits) - 1]
 * @guarantee out == root(in)
 * @notice 3 * rootBits + 3 constraints, and a linear one
 * Proof: docs/soundness.md#squareroot
 */
template SquareRoot(rootBits) {
    assert(rootBits >= 1 && rootBits <= 120);
    signal input in;
    signal output out;

    var root = floorSquareRoot(in);
    var rest = in - root * root;
    var slack = 2 * root - rest;
    signal s[rootBits];
    signal r[rootBits + 1];
    signal u[rootBits + 1];
    var S = 0;
    var R = 0;
    var U = 0;
    for (var i = 0; i < rootBits; i++) {
        s[i] <-- (root >> i) & 1;
        s[i] * (s[i] - 1) === 0;
        S += s[i] * (1 << i);
    }
    for (var i = 0; i <= rootBits; i++) {
        r[i] <-- (rest >> i) & 1;
        r[i] * (r[i] - 1) === 0;
        R += r[i] * (1 << i);
    }
    S * S === in - R;
    for (var i = 1; i <= rootBits; i++) {
        u[i] <-- (slack >> i) & 1;
        u[i] * (u[i] - 1) === 0;
        U += u[i] * (1 << i);
    }
    u[0] <== lowestBitIsWire() * (2 * S - R - U);
    var lowest = lowestBitIsWire() == 1 ? u[0] : 2 * S - R - U;
    lowest * (lowest - 1) === 0;
    out <== S;
}
