pragma circom 2.1.6;

include "divide.circom";

/**
 * Normalization with the data's own statistics: layer, group and instance norm, RMS norm, L2 norm. gamma and beta are
 * constants, so they belong to the next linear layer, and so does the fixed real scale of the outputs.
 * Assumption on every input: it is an integer of [lo, hi].
 */

/**
 * @title Multiply a row by the inverse root of its sum of squares
 * @param n number of integers
 * @param u a shift of the inputs
 * @param top bound of |2^u in[i] - mean|
 * @param most bound of the sum of its squares
 * @param E added to that sum, at least 1: epsilon
 * @param t, g fraction bits of the root, and how many of them each output drops; t > g >= 1
 * @input in integers
 * @input mean an integer
 * @output out with X[i] = 2^u in[i] - mean, V = E + sum X[i]^2 and R = floor((2^t - 2^g) / sqrt(V)), the roots being
 * floored together: floor((X[i] R + 2^(g-1)) / 2^g). It stands for (2^(t-g) - 1) X[i] / sqrt(V), and is strictly
 * between -2^(t-g) and 2^(t-g): as X[i]^2 < V, no row can leave its width
 * @assume n >= 1 && u >= 0 && E >= 1 && g >= 1 && t > g && t <= 60
 * @assume n * top * top + E < 2 ** 120
 * @assume for i < n: 2 ** u * in[i] - mean within [-top, top]
 * @guarantee for i < n: out[i] within [1 - 2 ** (t - g), 2 ** (t - g) - 1]
 * @contains InverseSquareRoot((2 ** t - 2 ** g) ** 2, E, E + most) with in = any(1, E, E + most)[0]
 * @notice n + the cost of InverseSquareRoot((2^t - 2^g)^2, E, E + most) + n (t + 1) + ceil(n / min(n, s)) with
 * s = floor(253 / (t + 1)): R multiplies s integers in slots of one field element
 * Proof: docs/soundness.md#scalerow
 */
template ScaleRow(n, u, top, most, E, t, g) {
    assert(n >= 1 && u >= 0 && E >= 1 && g >= 1 && t > g && t <= 60);
    assert(n * top * top + E < 1 << 120);
    signal input in[n];
    signal input mean;
    signal output out[n];

    signal square[n];
    var V = E;
    for (var i = 0; i < n; i++) {
        square[i] <== (in[i] * (1 << u) - mean) * (in[i] * (1 << u) - mean);
        V += square[i];
    }
    component root = InverseSquareRoot(((1 << t) - (1 << g)) ** 2, E, E + most);
    root.in <== V;

    var w = t + 1;
    var slots = 253 \ w;
    var offset = (1 << (g - 1)) + (1 << t);
    signal bit[n][w];
    for (var first = 0; first < n; first += slots) {
        var packed = 0;
        var digits = 0;
        for (var i = first; i < n && i < first + slots; i++) {
            var at = 1 << (w * (i - first));
            var v = (in[i] * (1 << u) - mean) * root.out + offset;
            var digit = 0;
            var q = -(1 << (t - g));
            for (var z = 0; z < w; z++) {
                bit[i][z] <-- (v >> z) & 1;
                bit[i][z] * (bit[i][z] - 1) === 0;
                digit += bit[i][z] * (1 << z);
                if (z >= g) q += bit[i][z] * (1 << (z - g));
            }
            packed += (in[i] * (1 << u) - mean) * at;
            digits += (digit - offset) * at;
            out[i] <== q;
        }
        packed * root.out === digits;
    }
}

/**
 * @title Layer norm of a row; group norm is that of each group
 * @param n number of integers, at least 2
 * @param lo, hi least and greatest input
 * @param u fraction bits of the mean
 * @param E epsilon: n 2^(2u) times that of the float model over the square of the input's scale; at least 1
 * @param t, g as in ScaleRow
 * @output out of ScaleRow with mean = floor((2^u sum + floor(n / 2)) / n): it stands for
 * (2^(t-g) - 1) / sqrt(n) times the normalized value. A row of equals gives zeros
 * @assume n >= 2 && hi >= lo && u >= 0
 * @assume for i < n: in[i] within [lo, hi]
 * @guarantee for i < n: out[i] within [1 - 2 ** (t - g), 2 ** (t - g) - 1]
 * @contains DivideByConstant(n, bits(2 ** u * (hi - lo)), 2 ** u * lo) with in = 2 ** u * total(in)
 * @contains for W = 2 ** u * (hi - lo): ScaleRow(n, u, W, n * (W * W + 1) \ 4, E, t, g) with in = in,
 *   mean = (2 ** u * total(in) + n \ 2) \ n
 * @notice ceil(log2 n) + bits(2^u (hi - lo)), for the mean, and the cost of ScaleRow with
 * most = floor(n (W^2 + 1) / 4), W = 2^u (hi - lo). That bounds the sum of squares: about the true mean it is at most
 * n W^2 / 4 (Popoviciu), and the rounding of the mean adds at most n / 4
 * Proof: docs/soundness.md#layernorm
 */
template LayerNorm(n, lo, hi, u, E, t, g) {
    assert(n >= 2 && hi >= lo && u >= 0);
    var W = (1 << u) * (hi - lo);
    signal input in[n];
    signal output out[n];

    var sum = 0;
    for (var i = 0; i < n; i++) sum += in[i];
    component mean = DivideByConstant(n, bitsOf(W), (1 << u) * lo);
    mean.in <== (1 << u) * sum;
    component scale = ScaleRow(n, u, W, n * (W * W + 1) \ 4, E, t, g);
    scale.in <== in;
    scale.mean <== mean.out;
    out <== scale.out;
}

/**
 * @title RMS norm and L2 norm of a row
 * @param n number of integers
 * @param lo, hi least and greatest input
 * @param E epsilon, at least 1: for RMS norm, n times that of the float model over the square of the input's scale
 * @param t, g as in ScaleRow
 * @output out of ScaleRow about 0: it stands for (2^(t-g) - 1) in[i] / sqrt(E + sum of squares). A row of zeros gives
 * zeros
 * @assume for i < n: in[i] within [lo, hi]
 * @contains for top = max(hi, -lo): ScaleRow(n, 0, top, n * top * top, E, t, g) with in = in, mean = 0, out = out
 * @notice the cost of ScaleRow with most = n max(lo^2, hi^2)
 * Proof: docs/soundness.md#rootmeansquarenorm
 */
template RootMeanSquareNorm(n, lo, hi, E, t, g) {
    var top = hi > -lo ? hi : -lo;
    signal input in[n];
    signal output out[n];

    component scale = ScaleRow(n, 0, top, n * top * top, E, t, g);
    scale.in <== in;
    scale.mean <== 0;
    out <== scale.out;
}
