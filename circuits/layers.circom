pragma circom 2.1.6;

include "activations.circom";
include "argmax.circom";
include "divide.circom";
include "embedding.circom";
include "matmul.circom";
include "max.circom";
include "norm.circom";
include "requantize.circom";
include "softmax.circom";
include "topk.circom";
include "wiring.circom";

/**
 * Gadgets over whole tensors. Parameters of the requantizing layers are given for `blocks` blocks of consecutive
 * elements (channels); see the gadget itself for their meaning and the assumption on its input.
 */

/**
 * @assume blocks >= 1 && n % blocks == 0
 * @assume for i < n, block = i \ (n \ blocks) if f[block] == 0: in[i] within [lo[block], lo[block] + 2 ** w[block] - 1]
 * @guarantee for i < n: out[i] == rounded(in[i], f[i \ (n \ blocks)])
 * @contains for i < n, block = i \ (n \ blocks) if f[block] > 0:
 *   Requantize(f[block], w[block], lo[block]) with in = in[i], out = out[i]
 * Proof: docs/soundness.md#requantizelayer
 */
template RequantizeLayer(n, blocks, f, w, lo) {
    signal input in[n];
    signal output out[n];
    component gadget[n];
    for (var i = 0; i < n; i++) {
        var block = i \ (n \ blocks);
        if (f[block] == 0) {
            out[i] <== in[i]; // nothing to shift away, and the assumption says that it is in range
        } else {
            gadget[i] = Requantize(f[block], w[block], lo[block]);
            gadget[i].in <== in[i];
            out[i] <== gadget[i].out;
        }
    }
}

/**
 * @assume blocks >= 1 && n % blocks == 0
 * @contains for i < n, block = i \ (n \ blocks): RequantizeReLU(f[block], k[block]) with in = in[i], out = out[i]
 * Proof: docs/soundness.md#requantizerelulayer
 */
template RequantizeReLULayer(n, blocks, f, k) {
    signal input in[n];
    signal output out[n];
    component gadget[n];
    for (var i = 0; i < n; i++) {
        var block = i \ (n \ blocks);
        gadget[i] = RequantizeReLU(f[block], k[block]);
        gadget[i].in <== in[i];
        out[i] <== gadget[i].out;
    }
}

/**
 * @assume blocks >= 1 && n % blocks == 0
 * @contains for i < n, block = i \ (n \ blocks):
 *   RequantizeClamp(f[block], c, m[block], lo) with in = in[i], out = out[i]
 * Proof: docs/soundness.md#requantizeclamplayer
 */
template RequantizeClampLayer(n, blocks, f, c, m, lo) {
    signal input in[n];
    signal output out[n];
    component gadget[n];
    for (var i = 0; i < n; i++) {
        var block = i \ (n \ blocks);
        gadget[i] = RequantizeClamp(f[block], c, m[block], lo);
        gadget[i].in <== in[i];
        out[i] <== gadget[i].out;
    }
}

/**
 * @title out[i] = the maximum of in[index[i][j]], j < w; d[block] lists the bits of the matches of a window of the block
 * @assume blocks >= 1 && outputs % blocks == 0 && least(index) >= 0 && greatest(index) < n
 * @contains for i < outputs: MaxOf(w, d[i \ (outputs \ blocks)]) with in = in[index[i]], out = out[i]
 * Proof: docs/soundness.md#maxlayer
 */
template MaxLayer(n, outputs, w, blocks, d, index) {
    signal input in[n];
    signal output out[outputs];
    component gadget[outputs];
    for (var i = 0; i < outputs; i++) {
        gadget[i] = MaxOf(w, d[i \ (outputs \ blocks)]);
        for (var j = 0; j < w; j++) gadget[i].in[j] <== in[index[i][j]];
        out[i] <== gadget[i].out;
    }
}

/**
 * @contains for i < n: RequantizeTable(f, k, l, T, lo) with in = in[i], out = out[i]
 * Proof: docs/soundness.md#tablelayer
 */
template TableLayer(n, f, k, l, T, lo) {
    signal input in[n];
    signal output out[n];
    component gadget[n];
    for (var i = 0; i < n; i++) {
        gadget[i] = RequantizeTable(f, k, l, T, lo);
        gadget[i].in <== in[i];
        out[i] <== gadget[i].out;
    }
}

/**
 * @contains for i < n: RequantizeEven(f, k, l, T) with in = in[i], out = out[i]
 * Proof: docs/soundness.md#evenlayer
 */
template EvenLayer(n, f, k, l, T) {
    signal input in[n];
    signal output out[n];
    component gadget[n];
    for (var i = 0; i < n; i++) {
        gadget[i] = RequantizeEven(f, k, l, T);
        gadget[i].in <== in[i];
        out[i] <== gadget[i].out;
    }
}

/**
 * @contains for i < n: RequantizeBelow(f, k, l, T) with in = in[i], out = out[i]
 * Proof: docs/soundness.md#belowlayer
 */
template BelowLayer(n, f, k, l, T) {
    signal input in[n];
    signal output out[n];
    component gadget[n];
    for (var i = 0; i < n; i++) {
        gadget[i] = RequantizeBelow(f, k, l, T);
        gadget[i].in <== in[i];
        out[i] <== gadget[i].out;
    }
}

/**
 * @contains for i < n: RequantizeOdd(f, k, l, T, base) with in = in[i], out = out[i]
 * Proof: docs/soundness.md#oddlayer
 */
template OddLayer(n, f, k, l, T, base) {
    signal input in[n];
    signal output out[n];
    component gadget[n];
    for (var i = 0; i < n; i++) {
        gadget[i] = RequantizeOdd(f, k, l, T, base);
        gadget[i].in <== in[i];
        out[i] <== gadget[i].out;
    }
}

/**
 * @contains for i < n: ArgMax(classes, d) with in = in[i * classes; classes], out = out[i]
 * Proof: docs/soundness.md#argmaxlayer
 */
template ArgMaxLayer(n, classes, d) {
    signal input in[n * classes];
    signal output out[n];
    component gadget[n];
    for (var i = 0; i < n; i++) {
        gadget[i] = ArgMax(classes, d);
        for (var j = 0; j < classes; j++) gadget[i].in[j] <== in[i * classes + j];
        out[i] <== gadget[i].out;
    }
}

/**
 * @title Of each of n rows its k greatest, then their places
 * @contains for i < n: TopK(row, k, d) with in = in[i * row; row], value = out[2 * i * k; k],
 *   index = out[(2 * i + 1) * k; k]
 * Proof: docs/soundness.md#topklayer
 */
template TopKLayer(n, row, k, d) {
    signal input in[n * row];
    signal output out[n * 2 * k];
    component gadget[n];
    for (var i = 0; i < n; i++) {
        gadget[i] = TopK(row, k, d);
        for (var j = 0; j < row; j++) gadget[i].in[j] <== in[i * row + j];
        for (var j = 0; j < k; j++) {
            out[(2 * i) * k + j] <== gadget[i].value[j];
            out[(2 * i + 1) * k + j] <== gadget[i].index[j];
        }
    }
}

/**
 * @title out[i] = in[i] * in[n + i]
 * @guarantee for i < n: out[i] == in[i] * in[n + i]
 * Proof: docs/soundness.md#productlayer
 */
template ProductLayer(n) {
    signal input in[2 * n];
    signal output out[n];
    for (var i = 0; i < n; i++) out[i] <== in[i] * in[n + i];
}

/**
 * @title out[i] = floor(2^r / in[i])
 * @contains for i < n: Reciprocal(r, nq, nb) with in = in[i], out = out[i]
 * Proof: docs/soundness.md#reciprocallayer
 */
template ReciprocalLayer(n, r, nq, nb) {
    signal input in[n];
    signal output out[n];
    component gadget[n];
    for (var i = 0; i < n; i++) {
        gadget[i] = Reciprocal(r, nq, nb);
        gadget[i].in <== in[i];
        out[i] <== gadget[i].out;
    }
}

/**
 * @title `batch` matrix products, all left matrices before all right ones
 * @contains for k < batch: MatMul(n, d, m, causal, f, w, lo) with a = in[k * n * d; n * d],
 *   b = in[(batch * n + k * m) * d; d * m], out = out[k * n * m; n * m]
 * Proof: docs/soundness.md#matmullayer
 */
template MatMulLayer(batch, n, d, m, causal, f, w, lo) {
    signal input in[batch * (n + m) * d];
    signal output out[batch * n * m];
    component gadget[batch];
    for (var k = 0; k < batch; k++) {
        gadget[k] = MatMul(n, d, m, causal, f, w, lo);
        for (var i = 0; i < n * d; i++) gadget[k].a[i] <== in[k * n * d + i];
        for (var i = 0; i < d * m; i++) gadget[k].b[i] <== in[(batch * n + k * m) * d + i];
        for (var i = 0; i < n * m; i++) out[k * n * m + i] <== gadget[k].out[i];
    }
}

/**
 * @title Row in[i] of the table for each i
 * @contains for i < n: Embedding(V, d, T) with in = in[i], out = out[i * d; d]
 * Proof: docs/soundness.md#lookuplayer
 */
template LookupLayer(n, V, d, T) {
    signal input in[n];
    signal output out[n * d];
    component gadget[n];
    for (var i = 0; i < n; i++) {
        gadget[i] = Embedding(V, d, T);
        gadget[i].in <== in[i];
        for (var k = 0; k < d; k++) out[i * d + k] <== gadget[i].out[k];
    }
}

/**
 * @title LookupLayer by the index's bits, for larger vocabularies; parameters as in BinaryEmbedding
 * @contains for i < n: BinaryEmbedding(V, d, b, lo, l, packed, T) with in = in[i], out = out[i * d; d]
 * Proof: docs/soundness.md#binarylookuplayer
 */
template BinaryLookupLayer(n, V, d, b, lo, l, packed, T) {
    signal input in[n];
    signal output out[n * d];
    component gadget[n];
    for (var i = 0; i < n; i++) {
        gadget[i] = BinaryEmbedding(V, d, b, lo, l, packed, T);
        gadget[i].in <== in[i];
        for (var k = 0; k < d; k++) out[i * d + k] <== gadget[i].out[k];
    }
}

/**
 * @title Softmax of consecutive rows of these lengths; n elements altogether
 * @assume size(rows) == count && before(rows, count) == n
 * @contains for k < count: Softmax(rows[k], b, c, l, T, r, p) with in = in[before(rows, k); rows[k]],
 *   out = out[before(rows, k); rows[k]]
 * Proof: docs/soundness.md#softmaxlayer
 */
template SoftmaxLayer(n, count, rows, b, c, l, T, r, p) {
    signal input in[n];
    signal output out[n];
    component gadget[count];
    var at = 0;
    for (var k = 0; k < count; k++) {
        gadget[k] = Softmax(rows[k], b, c, l, T, r, p);
        for (var i = 0; i < rows[k]; i++) gadget[k].in[i] <== in[at + i];
        for (var i = 0; i < rows[k]; i++) out[at + i] <== gadget[k].out[i];
        at += rows[k];
    }
}

/**
 * @title Layer norm of each run of `row` elements
 * @assume row >= 1 && n % row == 0
 * @contains for k < n \ row: LayerNorm(row, lo, hi, u, E, t, g) with in = in[k * row; row], out = out[k * row; row]
 * Proof: docs/soundness.md#layernormlayer
 */
template LayerNormLayer(n, row, lo, hi, u, E, t, g) {
    signal input in[n];
    signal output out[n];
    component gadget[n \ row];
    for (var k = 0; k < n \ row; k++) {
        gadget[k] = LayerNorm(row, lo, hi, u, E, t, g);
        for (var i = 0; i < row; i++) gadget[k].in[i] <== in[k * row + i];
        for (var i = 0; i < row; i++) out[k * row + i] <== gadget[k].out[i];
    }
}

/**
 * @title RMS norm of each run of `row` elements
 * @assume row >= 1 && n % row == 0
 * @contains for k < n \ row: RootMeanSquareNorm(row, lo, hi, E, t, g) with in = in[k * row; row], out = out[k * row; row]
 * Proof: docs/soundness.md#rootmeansquarenormlayer
 */
template RootMeanSquareNormLayer(n, row, lo, hi, E, t, g) {
    signal input in[n];
    signal output out[n];
    component gadget[n \ row];
    for (var k = 0; k < n \ row; k++) {
        gadget[k] = RootMeanSquareNorm(row, lo, hi, E, t, g);
        for (var i = 0; i < row; i++) gadget[k].in[i] <== in[k * row + i];
        for (var i = 0; i < row; i++) out[k * row + i] <== gadget[k].out[i];
    }
}
