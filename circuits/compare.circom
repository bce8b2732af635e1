pragma circom 2.1.6;

include "lowestBit.circom";

/**
 * Comparisons and choice. Assumption on every input: it is an integer, and the difference of the two that are compared
 * is in the interval named, far below the field's size.
 */

/**
 * @title out = 1 where a < b, else 0
 * @param d bits of the difference
 * @input a, b integers with -2^d <= a - b < 2^d; others have no witness
 * @assume d >= 0 && d <= 200
 * @assume a - b within [-(2 ** d), 2 ** d - 1]
 * @guarantee out == (a < b ? 1 : 0)
 * @notice d + 1 constraints, and a linear one; a > b is LessThan of (b, a), a >= b is 1 - LessThan
 * Proof: docs/soundness.md#lessthan
 */
template LessThan(d) {
    assert(d >= 0 && d <= 200);
    signal input a;
    signal input b;
    signal output out;

    var v = a - b + (1 << d); // its top bit is clear exactly if a < b
    signal bit[d + 1];
    var low = 0;
    for (var i = 1; i <= d; i++) {
        bit[i] <-- (v >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        low += bit[i] * (1 << i);
    }
    bit[0] <== lowestBitIsWire() * (v - low);
    var lowest = lowestBitIsWire() == 1 ? bit[0] : v - low;
    lowest * (lowest - 1) === 0;
    if (d > 0) out <== 1 - bit[d];
    else out <== 1 - lowest;
}

/**
 * @title out = 1 where a = b, else 0
 * @input a, b any field elements
 * @guarantee out == (a == b ? 1 : 0)
 * @notice 2 constraints. The inverse is free where a = b; out is 1 all the same
 * Proof: docs/soundness.md#equal
 */
template Equal() {
    signal input a;
    signal input b;
    signal output out;

    signal inverse;
    inverse <-- a == b ? 0 : 1 / (a - b);
    out <== 1 - (a - b) * inverse;
    (a - b) * out === 0;
}

/**
 * @title out = condition ? a : b
 * @input condition 0 or 1: an assumption
 * @input a, b any field elements
 * @assume condition within [0, 1]
 * @guarantee out == (condition == 1 ? a : b)
 * @notice 1 constraint
 * Proof: docs/soundness.md#select
 */
template Select() {
    signal input condition;
    signal input a;
    signal input b;
    signal output out;
    out <== b + condition * (a - b);
}

/**
 * @title Select for tensors whose condition is one for each block of consecutive elements
 * @param n number of elements
 * @param blocks number of conditions
 * @assume n % blocks == 0
 * @contains for i < n: Select() with condition = condition[i \ (n \ blocks)], a = a[i], b = b[i], out = out[i]
 * @notice n constraints
 * Proof: docs/soundness.md#selectlayer
 */
template SelectLayer(n, blocks) {
    signal input condition[blocks];
    signal input a[n];
    signal input b[n];
    signal output out[n];
    for (var i = 0; i < n; i++) out[i] <== b[i] + condition[i \ (n \ blocks)] * (a[i] - b[i]);
}
