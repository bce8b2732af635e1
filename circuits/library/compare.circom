pragma circom 2.1.6;

include "../lowestBit.circom";

/**
 * Comparisons and choice, for circuits that include this file; no generated one does. Assumption on every input: it is an integer, and the difference of the two that are compared
 * is in the interval named, far below the field's size.
 */

/**
 * @title out = 1 where a < b, else 0
 * @param differenceBits bits of the difference
 * @input a, b integers with -2^differenceBits <= a - b < 2^differenceBits; others have no witness
 * @assume differenceBits >= 0 && differenceBits <= 200
 * @assume a - b within [-(2 ** differenceBits), 2 ** differenceBits - 1]
 * @guarantee out == (a < b ? 1 : 0)
 * @notice differenceBits + 1 constraints, and a linear one; a > b is LessThan of (b, a), a >= b is 1 - LessThan
 * Proof: docs/soundness.md#lessthan
 */
template LessThan(differenceBits) {
    assert(differenceBits >= 0 && differenceBits <= 200);
    signal input a;
    signal input b;
    signal output out;

    var v = a - b + (1 << differenceBits); // its top bit is clear exactly if a < b
    signal bit[differenceBits + 1];
    var low = 0;
    for (var i = 1; i <= differenceBits; i++) {
        bit[i] <-- (v >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        low += bit[i] * (1 << i);
    }
    bit[0] <== lowestBitIsWire() * (v - low);
    var lowest = lowestBitIsWire() == 1 ? bit[0] : v - low;
    lowest * (lowest - 1) === 0;
    if (differenceBits > 0) out <== 1 - bit[differenceBits];
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
 * @param count number of elements
 * @param blocks number of conditions
 * @assume count % blocks == 0
 * @contains for i < count: Select() with condition = condition[i \ (count \ blocks)], a = a[i], b = b[i], out = out[i]
 * @notice count constraints
 * Proof: docs/soundness.md#selectlayer
 */
template SelectLayer(count, blocks) {
    signal input condition[blocks];
    signal input a[count];
    signal input b[count];
    signal output out[count];
    for (var i = 0; i < count; i++) out[i] <== b[i] + condition[i \ (count \ blocks)] * (a[i] - b[i]);
}
