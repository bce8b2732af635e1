pragma circom 2.1.6;

include "lowestBit.circom";

/**
 * @title Sums of a few channels at one position, whose weights share words: bias + sum over k of weight[c][k] in[k]
 * @param taps inputs that are read
 * @param channels channels that share a word; channels slotBits <= 253
 * @param slotBits bits of a slot
 * @param checked 1: the template shows that outputs are of [-2^(slotBits-1), 2^(slotBits-1)); 0: whoever takes them all
 * must
 * @input in integers; an element that is 0, and not read, where there is no tap
 * @input words for each tap sum over c of weight[c][k] 2^(slotBits c), then sum over c of bias[c] 2^(slotBits c)
 * @assume taps >= 0 && channels >= 1 && slotBits >= 2 && channels * slotBits <= 253
 * @assume for c < channels if checked == 1: out[c] within [-(2 ** (slotBits - 1)), 2 ** (slotBits - 1) - 1]
 * @notice a constraint for each tap, and a linear one where there is none; with `checked`, slotBits an output besides.
 * A sum of words times inputs is one field element, and has at most one set of slots in range, since all together are
 * below 2^253: outputs are a function of words and inputs, whatever the words are. Words of weights for which every
 * output is in range always have one
 * Proof: docs/soundness.md#secretsums
 */
template SecretSums(taps, channels, slotBits, checked) {
    assert(taps >= 0 && channels >= 1 && slotBits >= 2 && channels * slotBits <= 253);
    signal input in[taps > 0 ? taps : 1];
    signal input words[taps + 1];
    signal output out[channels];

    signal product[taps + 1];
    var sum[taps + 1];
    for (var k = 0; k < taps; k++) {
        if (k < taps - 1) product[k] <== words[k] * in[k];
        else product[k] <== 0; // the last product is in the equation of the slots
        sum[k] = product[k];
    }
    product[taps] <== 0;
    sum[taps] = words[taps];
    for (var width = taps + 1; width > 1; width = width - width \ 2) { // a tree, as in Dense
        for (var i = 0; i < width \ 2; i++) sum[i] = sum[i] + sum[width - 1 - i];
    }
    var word = 0;
    var x = 0;
    if (taps > 0) {
        word = words[taps - 1];
        x = in[taps - 1];
    }

    var half = 1 << (slotBits - 1);
    var packed = sum[0] + word * x;
    for (var c = 0; c < channels; c++) packed += half * (1 << (slotBits * c));
    var slots = 0;
    for (var c = 0; c < channels; c++) {
        out[c] <-- ((packed >> (slotBits * c)) & ((1 << slotBits) - 1)) - half;
        slots += out[c] * (1 << (slotBits * c));
    }
    word * x === slots - sum[0];

    signal bit[channels][slotBits];
    for (var c = 0; c < channels; c++) {
        var v = out[c] + half;
        var low = 0;
        for (var z = 1; z < slotBits; z++) {
            if (checked == 1) {
                bit[c][z] <-- (v >> z) & 1;
                bit[c][z] * (bit[c][z] - 1) === 0;
                low += bit[c][z] * (1 << z);
            } else {
                bit[c][z] <== 0;
            }
        }
        bit[c][0] <== lowestBitIsWire() * (checked == 1 ? v - low : 0);
        var lowest = lowestBitIsWire() == 1 ? bit[c][0] : (checked == 1 ? v - low : 0);
        lowest * (lowest - 1) === 0;
    }
}

/**
 * @title Convolution, or any linear map, whose weights are witness words that a commitment holds
 * @param inputs, channels, positions, taps, groups, biases, index as in Convolution
 * @param slotBits, checked as in SecretSums
 * @param perWord channels that share a word; perWord slotBits <= 253
 * @input in integers
 * @input words first, for each block of perWord channels of a group and each tap, sum over its channels c of
 * weight[c][k] 2^(slotBits c), with c counted from the block's first; then, for each block (and position, where biases
 * are given by position), the sum of bias[c] 2^(slotBits c)
 * @output out bias + sum of weight in, as Convolution
 * @assume perWord >= 1 && channels % groups == 0 && least(index) >= -1 && greatest(index) < inputs
 * @assume for o < channels * positions if checked == 0: held[o] within [-(2 ** (slotBits - 1)), 2 ** (slotBits - 1) -
 *   1]
 * @composes for group < groups, own = channels \ groups, perGroup = (own + perWord - 1) \ perWord, b < perGroup,
 *   block = group * perGroup + b, first = group * own + b * perWord, length = min(perWord, own - b * perWord),
 *   p < positions, row = index[group * positions + p], read = places(row):
 *   SecretSums(size(read), length, slotBits, checked) with in = size(read) > 0 ? in[row][read] : in[row][0; 1],
 *   words = join(words[block * taps; taps][read],
 *   words[groups * perGroup * taps + (biases == channels ? block : block * positions + p)]),
 *   out = subMatrix(out, positions, first, length, p, 1)
 * @notice a constraint for each block, position and tap that reads an input; with `checked`, slotBits an output besides
 * Proof: docs/soundness.md#secretlinear
 */
template SecretLinear(inputs, channels, positions, taps, groups, biases, slotBits, perWord, checked, index) {
    assert(perWord >= 1);
    var own = channels \ groups;
    var perGroup = (own + perWord - 1) \ perWord;
    var blocks = groups * perGroup;
    signal input in[inputs];
    signal input words[blocks * taps + blocks * (biases == channels ? 1 : positions)];
    signal output out[channels * positions];

    component sums[blocks][positions];
    for (var block = 0; block < blocks; block++) {
        var group = block \ perGroup;
        var first = group * own + (block % perGroup) * perWord;
        var end = first + perWord < (group + 1) * own ? first + perWord : (group + 1) * own;
        for (var p = 0; p < positions; p++) {
            var row = group * positions + p;
            var read = 0;
            for (var k = 0; k < taps; k++) {
                if (index[row][k] != -1) read++;
            }
            sums[block][p] = SecretSums(read, end - first, slotBits, checked);
            read = 0;
            for (var k = 0; k < taps; k++) {
                if (index[row][k] != -1) {
                    sums[block][p].in[read] <== in[index[row][k]];
                    sums[block][p].words[read] <== words[block * taps + k];
                    read++;
                }
            }
            if (read == 0) sums[block][p].in[0] <== 0;
            sums[block][p].words[read] <== words[blocks * taps + (biases == channels ? block : block * positions + p)];
            for (var c = first; c < end; c++) out[c * positions + p] <== sums[block][p].out[c - first];
        }
    }
}
