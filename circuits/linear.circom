pragma circom 2.1.6;

/**
 * Constant linear maps. They cost no non-linear constraint, one linear constraint per output. Sums are taken as
 * balanced trees: a running sum of n terms would make the compiler copy it n times.
 */

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

    for (var c = 0; c < outputs; c++) {
        var sum[inputs];
        for (var k = 0; k < inputs; k++) sum[k] = weight[c][k] * in[k];
        for (var width = inputs; width > 1; width = width - width \ 2) {
            for (var i = 0; i < width \ 2; i++) sum[i] = sum[i] + sum[width - 1 - i];
        }
        out[c] <== sum[0] + bias[c];
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

    for (var c = 0; c < channels; c++) {
        for (var p = 0; p < positions; p++) {
            var o = c * positions + p;
            var row = ((c * groups) \ channels) * positions + p;
            var sum[taps];
            for (var k = 0; k < taps; k++) {
                if (index[row][k] == -1) sum[k] = 0;
                else sum[k] = weight[c][k] * in[index[row][k]];
            }
            for (var width = taps; width > 1; width = width - width \ 2) {
                for (var i = 0; i < width \ 2; i++) sum[i] = sum[i] + sum[width - 1 - i];
            }
            out[o] <== sum[0] + bias[biases == channels ? c : o];
        }
    }
}
