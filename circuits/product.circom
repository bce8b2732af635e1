pragma circom 2.1.6;

/**
 * @title The product of two integers
 * @input left, right any field elements
 * @guarantee out == left * right
 * @notice a constraint
 * Proof: docs/soundness.md#product
 */
template Product() {
    signal input left;
    signal input right;
    signal output out;
    out <== left * right;
}
