pragma circom 2.1.6;

/**
 * Moves of elements by a list of indices. A generated circuit writes transpositions, slices, reshapes and the like as
 * loops of its own, and only what is not a loop over strides, a triangular mask for example, as an instance of this.
 */

/**
 * @title Input index[i] in the place i, or 0
 * @param inputs number of inputs
 * @param outputs number of outputs
 * @param index for each output the input that it is; -1 where it is 0
 * @input in any field elements
 * @output out out[i] = in[index[i]], or 0
 * @assume size(index) == outputs && least(index) >= -1 && greatest(index) < inputs
 * @guarantee for i < outputs if index[i] >= 0: out[i] == in[index[i]]
 * @guarantee for i < outputs if index[i] < 0: out[i] == 0
 * @notice no constraint: the compiler gives an output the wire of its input
 * Proof: docs/soundness.md#wiring
 */
template Wiring(inputs, outputs, index) {
    signal input in[inputs];
    signal output out[outputs];

    for (var i = 0; i < outputs; i++) {
        assert(index[i] >= -1 && index[i] < inputs);
        if (index[i] == -1) out[i] <== 0;
        else out[i] <== in[index[i]];
    }
}

/**
 * @title An element handed on
 * @input in any field element
 * @guarantee out == in
 * @notice no constraint
 * Proof: docs/soundness.md#wire
 */
template Wire() {
    signal input in;
    signal output out;
    out <== in;
}

/**
 * @title The constant 0
 * @guarantee out == 0
 * @notice no constraint
 * Proof: docs/soundness.md#zero
 */
template Zero() {
    signal output out;
    out <== 0;
}
