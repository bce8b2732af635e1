pragma circom 2.1.6;

include "divide.circom";

/**
 * Normalization with the data's own statistics: layer, group and instance norm, RMS norm, L2 norm. gamma and beta are
 * constants, so they belong to the next linear layer, and so does the fixed real scale of the outputs.
 * Assumption on every input: it is an integer of [lo, hi].
 */

/**
 * @title Multiply a row by the inverse root of its sum of squares
 * @param count number of integers
 * @param meanBits fraction bits of the mean, to which the inputs are shifted
 * @param bound bound of |2^meanBits in[i] - mean|
 * @param mostSum bound of the sum of its squares
 * @param epsilon added to that sum, at least 1: epsilon
 * @param rootBits, droppedBits fraction bits of the root, and how many of them each output drops; rootBits >
 * droppedBits >= 1
 * @input in integers
 * @input mean an integer
 * @output out with X[i] = 2^meanBits in[i] - mean, V = epsilon + sum X[i]^2 and R = floor((2^rootBits - 2^droppedBits)
 * / sqrt(V)), the roots being floored together: floor((X[i] R + 2^(droppedBits-1)) / 2^droppedBits). It stands for
 * (2^(rootBits-droppedBits) - 1) X[i] / sqrt(V), and is strictly between -2^(rootBits-droppedBits) and
 * 2^(rootBits-droppedBits): as X[i]^2 < V, no row can leave its width
 * @assume count >= 1 && meanBits >= 0 && epsilon >= 1 && droppedBits >= 1 && rootBits > droppedBits && rootBits <= 60
 * @assume count * bound * bound + epsilon < 2 ** 120
 * @assume for i < count: 2 ** meanBits * in[i] - mean within [-bound, bound]
 * @guarantee for i < count: out[i] within [1 - 2 ** (rootBits - droppedBits), 2 ** (rootBits - droppedBits) - 1]
 * @contains InverseSquareRoot((2 ** rootBits - 2 ** droppedBits) ** 2, epsilon, epsilon + mostSum) with in = any(1,
 *   epsilon, epsilon + mostSum)[0]
 * @notice count + the cost of InverseSquareRoot((2^rootBits - 2^droppedBits)^2, epsilon, epsilon + mostSum) + count *
 * (rootBits + 1) + ceil(count / min(count, s)) with s = floor(253 / (rootBits + 1)): R multiplies s integers in slots
 * of one field element
 * Proof: docs/soundness.md#scalerow
 */
template ScaleRow(count, meanBits, bound, mostSum, epsilon, rootBits, droppedBits) {
    assert(count >= 1 && meanBits >= 0 && epsilon >= 1 && droppedBits >= 1 && rootBits > droppedBits && rootBits <= 60);
    assert(count * bound * bound + epsilon < 1 << 120);
    signal input in[count];
    signal input mean;
    signal output out[count];

    signal square[count];
    var V = epsilon;
    for (var i = 0; i < count; i++) {
        square[i] <== (in[i] * (1 << meanBits) - mean) * (in[i] * (1 << meanBits) - mean);
        V += square[i];
    }
    component root = InverseSquareRoot(((1 << rootBits) - (1 << droppedBits)) ** 2, epsilon, epsilon + mostSum);
    root.in <== V;

    var w = rootBits + 1;
    var slots = 253 \ w;
    var offset = (1 << (droppedBits - 1)) + (1 << rootBits);
    signal bit[count][w];
    for (var first = 0; first < count; first += slots) {
        var packed = 0;
        var digits = 0;
        for (var i = first; i < count && i < first + slots; i++) {
            var at = 1 << (w * (i - first));
            var v = (in[i] * (1 << meanBits) - mean) * root.out + offset;
            var digit = 0;
            var q = -(1 << (rootBits - droppedBits));
            for (var z = 0; z < w; z++) {
                bit[i][z] <-- (v >> z) & 1;
                bit[i][z] * (bit[i][z] - 1) === 0;
                digit += bit[i][z] * (1 << z);
                if (z >= droppedBits) q += bit[i][z] * (1 << (z - droppedBits));
            }
            packed += (in[i] * (1 << meanBits) - mean) * at;
            digits += (digit - offset) * at;
            out[i] <== q;
        }
        packed * root.out === digits;
    }
}

/**
 * @title Layer norm of a row; group norm is that of each group
 * @param count number of integers, at least 2
 * @param least, most least and greatest input
 * @param meanBits fraction bits of the mean
 * @param epsilon epsilon: count 2^(2 meanBits) times that of the float model over the square of the input's scale; at
 * least 1
 * @param rootBits, droppedBits as in ScaleRow
 * @output out of ScaleRow with mean = floor((2^meanBits sum + floor(count / 2)) / count): it stands for
 * (2^(rootBits-droppedBits) - 1) / sqrt(count) times the normalized value. A row of equals gives zeros
 * @assume count >= 2 && most >= least && meanBits >= 0
 * @assume for i < count: in[i] within [least, most]
 * @guarantee for i < count: out[i] within [1 - 2 ** (rootBits - droppedBits), 2 ** (rootBits - droppedBits) - 1]
 * @contains DivideByConstant(count, bits(2 ** meanBits * (most - least)), 2 ** meanBits * least) with in = 2 **
 *   meanBits * total(in)
 * @contains for W = 2 ** meanBits * (most - least): ScaleRow(count, meanBits, W, count * (W * W + 1) \ 4, epsilon,
 *   rootBits, droppedBits) with in = in, mean = (2 ** meanBits * total(in) + count \ 2) \ count
 * @notice ceil(log2 count) + bits(2^meanBits * (most - least)), for the mean, and the cost of ScaleRow with mostSum =
 * floor(count * (W^2 + 1) / 4), W = 2^meanBits * (most - least). That bounds the sum of squares: about the true mean it
 * is at most count W^2 / 4 (Popoviciu), and the rounding of the mean adds at most * count / 4
 * Proof: docs/soundness.md#layernorm
 */
template LayerNorm(count, least, most, meanBits, epsilon, rootBits, droppedBits) {
    assert(count >= 2 && most >= least && meanBits >= 0);
    var W = (1 << meanBits) * (most - least);
    signal input in[count];
    signal output out[count];

    var sum = 0;
    for (var i = 0; i < count; i++) sum += in[i];
    component mean = DivideByConstant(count, bitsOf(W), (1 << meanBits) * least);
    mean.in <== (1 << meanBits) * sum;
    component scale = ScaleRow(count, meanBits, W, count * (W * W + 1) \ 4, epsilon, rootBits, droppedBits);
    scale.in <== in;
    scale.mean <== mean.out;
    out <== scale.out;
}

/**
 * @title RMS norm and L2 norm of a row
 * @param count number of integers
 * @param least, most least and greatest input
 * @param epsilon epsilon, at least 1: for RMS norm, count times that of the float model over the square of the input's
 * scale
 * @param rootBits, droppedBits as in ScaleRow
 * @output out of ScaleRow about 0: it stands for (2^(rootBits-droppedBits) - 1) in[i] / sqrt(epsilon + sum of squares).
 * A row of zeros gives zeros
 * @assume for i < count: in[i] within [least, most]
 * @contains for bound = max(most, -least): ScaleRow(count, 0, bound, count * bound * bound, epsilon, rootBits,
 *   droppedBits) with in = in, mean = 0, out = out
 * @notice the cost of ScaleRow with mostSum = count * max(least^2, most^2)
 * Proof: docs/soundness.md#rootmeansquarenorm
 */
template RootMeanSquareNorm(count, least, most, epsilon, rootBits, droppedBits) {
    var bound = most > -least ? most : -least;
    signal input in[count];
    signal output out[count];

    component scale = ScaleRow(count, 0, bound, count * bound * bound, epsilon, rootBits, droppedBits);
    scale.in <== in;
    scale.mean <== 0;
    out <== scale.out;
}
