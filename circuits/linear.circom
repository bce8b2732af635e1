pragma circom 2.1.6;

/**
 * Constant linear maps. They cost no non-linear constraint, one linear constraint per output. Sums are taken as
 * balanced trees: a running sum of n terms would make the compiler copy it n times.
 */

/**
 * @title One neuron for a fixed set of taps: out = bias + sum of weight[k] in[k]
 * @param taps number of taps
 * @param weight taps constants
 * @param bias a constant
 * @assume taps >= 1 && size(weight) == taps
 * @guarantee out == bias + dot(weight, in)
 * Proof: docs/soundness.md#neuron
 */
template Neuron(taps, weight, bias) {
    signal input in[taps];
    signal output out;

    var sum[taps];
    for (var i = 0; i < taps; i++) sum[i] = weight[i] * in[i];
    for (var width = taps; width > 1; width = width - width \ 2) {
        for (var i = 0; i < width \ 2; i++) sum[i] = sum[i] + sum[width - 1 - i];
    }
    out <== sum[0] + bias;
}

/**
 * @title Fully connected layer: out[c] = bias[c] + sum over k of weight[c][k] in[k]
 * @param inputs inputs
 * @param outputs outputs
 * @assume size(weight) == outputs && size(bias) == outputs
 * @guarantee for c < outputs: out[c] == bias[c] + dot(weight[c], in)
 * Proof: docs/soundness.md#dense
 */
template Dense(inputs, outputs, weight, bias) {
    signal input in[inputs];
    signal output out[outputs];

    component neuron[outputs];
    for (var c = 0; c < outputs; c++) {
        neuron[c] = Neuron(inputs, weight[c], bias[c]);
        for (var k = 0; k < inputs; k++) neuron[c].in[k] <== in[k];
        out[c] <== neuron[c].out;
    }
}

/**
 * @title Convolution, or any linear map whose weights are shared over positions
 * @param inputs inputs
 * @param channels output channels, of which channels / groups share a row of `index`
 * @param positions outputs a channel
 * @param taps inputs that an output reads
 * @param weight weight[c][k]
 * @param bias bias[c * positions + p], or bias[c] where `biases` is `channels`
 * @param index index[g * positions + p][k]: the input that tap k reads; -1 reads zero padding
 * @output out out[c * positions + p]
 * @assume channels % groups == 0 && size(weight) == channels && size(index) == groups * positions
 * @assume least(index) >= -1 && greatest(index) < inputs
 * @assume biases == size(bias) && (biases == channels || biases == channels * positions)
 * @guarantee for c < channels, p < positions: out[c * positions + p] ==
 *   bias[biases == channels ? c : c * positions + p]
 *   + dot(weight[c], in[index[(c * groups) \ channels * positions + p]])
 * Proof: docs/soundness.md#convolution
 */
template Convolution(inputs, channels, positions, taps, groups, biases, weight, bias, index) {
    signal input in[inputs];
    signal output out[channels * positions];

    component neuron[channels * positions];
    for (var c = 0; c < channels; c++) {
        for (var p = 0; p < positions; p++) {
            var o = c * positions + p;
            var row = ((c * groups) \ channels) * positions + p;
            neuron[o] = Neuron(taps, weight[c], bias[biases == channels ? c : o]);
            for (var k = 0; k < taps; k++) {
                if (index[row][k] == -1) neuron[o].in[k] <== 0;
                else neuron[o].in[k] <== in[index[row][k]];
            }
            out[o] <== neuron[o].out;
        }
    }
}
