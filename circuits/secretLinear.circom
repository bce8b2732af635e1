pragma circom 2.1.6;

include "lowestBit.circom";

/**
 * @title Convolution, or any linear map, whose weights are witness words that a commitment holds
 * @param inputs, channels, positions, taps, groups, biases, index as in Convolution
 * @param slotBits bits of a slot
 * @param perWord channels that share a word; perWord slotBits <= 253
 * @param checked 1: the template shows that outputs are of [-2^(slotBits-1), 2^(slotBits-1)); 0: whoever takes them all
 * must
 * @input in integers
 * @input words first, for each block of perWord channels of a group and each tap, sum over its channels c of
 * weight[c][k] 2^(slotBits c), with c counted from the block's first; then, for each block (and position, where biases
 * are given by position), the sum of bias[c] 2^(slotBits c)
 * @output out bias + sum of weight in, as Convolution
 * @assume slotBits >= 2 && perWord >= 1 && perWord * slotBits <= 253 && channels % groups == 0 && least(index) >= -1 &&
 *   greatest(index) < inputs
 * @assume for o < channels * positions if checked == 1: out[o] within [-(2 ** (slotBits - 1)), 2 ** (slotBits - 1) - 1]
 * @assume for o < channels * positions if checked == 0: held[o] within [-(2 ** (slotBits - 1)), 2 ** (slotBits - 1) -
 *   1]
 * @notice a constraint for each block, position and tap that reads an input; with `checked`, slotBits an output
 * besides. A sum of words times inputs is one field element, and has at most one set of slots in range, since all
 * together are below 2^253: outputs are a function of words and inputs, whatever the words are. Words of weights for
 * which every output is in range always have one
 * Proof: docs/soundness.md#secretlinear
 */
template SecretLinear(inputs, channels, positions, taps, groups, biases, slotBits, perWord, checked, index) {
    var own = channels \ groups;
    var perGroup = (own + perWord - 1) \ perWord;
    var blocks = groups * perGroup;
    assert(slotBits >= 2 && perWord >= 1 && perWord * slotBits <= 253);
    signal input in[inputs];
    signal input words[blocks * taps + blocks * (biases == channels ? 1 : positions)];
    signal output out[channels * positions];

    var half = 1 << (slotBits - 1);
    signal product[blocks][positions][taps];
    signal bit[channels * positions][slotBits];
    for (var block = 0; block < blocks; block++) {
        var group = block \ perGroup;
        var first = group * own + (block % perGroup) * perWord;
        var end = first + perWord < (group + 1) * own ? first + perWord : (group + 1) * own;
        for (var p = 0; p < positions; p++) {
            var row = group * positions + p;
            var last = -1; // the tap whose product is in the equation of the slots
            for (var k = 0; k < taps; k++) {
                if (index[row][k] != -1) last = k;
            }
            var sum[taps + 1];
            for (var k = 0; k < taps; k++) {
                if (index[row][k] == -1 || k == last) {
                    product[block][p][k] <== 0;
                    sum[k] = 0;
                } else {
                    product[block][p][k] <== words[block * taps + k] * in[index[row][k]];
                    sum[k] = product[block][p][k];
                }
            }
            sum[taps] = words[blocks * taps + (biases == channels ? block : block * positions + p)];
            for (var width = taps + 1; width > 1; width = width - width \ 2) { // a tree, as in Neuron
                for (var i = 0; i < width \ 2; i++) sum[i] = sum[i] + sum[width - 1 - i];
            }
            var word = last == -1 ? 0 : words[block * taps + last];
            var x = last == -1 ? 0 : in[index[row][last]];

            var packed = sum[0] + word * x;
            for (var c = first; c < end; c++) packed += half * (1 << (slotBits * (c - first)));
            var slots = 0;
            for (var c = first; c < end; c++) {
                var o = c * positions + p;
                out[o] <-- ((packed >> (slotBits * (c - first))) & ((1 << slotBits) - 1)) - half;
                slots += out[o] * (1 << (slotBits * (c - first)));
            }
            word * x === slots - sum[0];
        }
    }
    for (var o = 0; o < channels * positions; o++) {
        var v = out[o] + half;
        var low = 0;
        for (var z = 1; z < slotBits; z++) {
            if (checked == 1) {
                bit[o][z] <-- (v >> z) & 1;
                bit[o][z] * (bit[o][z] - 1) === 0;
                low += bit[o][z] * (1 << z);
            } else {
                bit[o][z] <== 0;
            }
        }
        bit[o][0] <== lowestBitIsWire() * (checked == 1 ? v - low : 0);
        var lowest = lowestBitIsWire() == 1 ? bit[o][0] : (checked == 1 ? v - low : 0);
        lowest * (lowest - 1) === 0;
    }
}
