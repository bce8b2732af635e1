pragma circom 2.1.6;

include "activations.circom";
include "argmax.circom";
include "divide.circom";
include "embedding.circom";
include "matmul.circom";
include "max.circom";
include "norm.circom";
include "product.circom";
include "requantize.circom";
include "softmax.circom";
include "topk.circom";
include "wiring.circom";

/**
 * Gadgets over whole tensors: instances of one gadget, and wires to and from them. Parameters of the requantizing
 * layers are given for `blocks` blocks of consecutive elements (channels); see the gadget itself for their meaning and
 * the assumption on its input. A layer costs what its gadgets cost.
 */

/**
 * @title Requantize every element to a signed integer
 * @param count elements
 * @param blocks runs of consecutive elements that share parameters: channels
 * @param shift, resultBits, least as in Requantize, for each block; where shift = 0 the element is handed on
 * @assume blocks >= 1 && count % blocks == 0
 * @assume for i < count, block = i \ (count \ blocks) if shift[block] == 0: in[i] within [least[block], least[block] +
 *   2 ** resultBits[block] - 1]
 * @guarantee for i < count: out[i] == rounded(in[i], shift[i \ (count \ blocks)])
 * @composes for i < count, block = i \ (count \ blocks) if shift[block] > 0:
 *   Requantize(shift[block], resultBits[block], least[block]) with in = in[i], out = out[i]
 * @composes for i < count, block = i \ (count \ blocks) if shift[block] == 0: Wire() with in = in[i], out = out[i]
 * Proof: docs/soundness.md#requantizelayer
 */
template RequantizeLayer(count, blocks, shift, resultBits, least) {
    signal input in[count];
    signal output out[count];
    component gadget[count];
    for (var i = 0; i < count; i++) {
        var block = i \ (count \ blocks);
        if (shift[block] == 0) {
            out[i] <== in[i]; // nothing to shift away, and the assumption says that it is in range
        } else {
            gadget[i] = Requantize(shift[block], resultBits[block], least[block]);
            gadget[i].in <== in[i];
            out[i] <== gadget[i].out;
        }
    }
}

/**
 * @title Requantize every element, and ReLU
 * @param count, blocks as in RequantizeLayer
 * @param shift, magnitudeBits as in RequantizeReLU, for each block
 * @assume blocks >= 1 && count % blocks == 0
 * @composes for i < count, block = i \ (count \ blocks): RequantizeReLU(shift[block], magnitudeBits[block]) with
 *   in = in[i], out = out[i]
 * Proof: docs/soundness.md#requantizerelulayer
 */
template RequantizeReLULayer(count, blocks, shift, magnitudeBits) {
    signal input in[count];
    signal output out[count];
    component gadget[count];
    for (var i = 0; i < count; i++) {
        var block = i \ (count \ blocks);
        gadget[i] = RequantizeReLU(shift[block], magnitudeBits[block]);
        gadget[i].in <== in[i];
        out[i] <== gadget[i].out;
    }
}

/**
 * @title Requantize every element, and saturate it to [least, least + 2^keptBits)
 * @param count, blocks as in RequantizeLayer
 * @param shift, excessBits as in RequantizeClamp, for each block
 * @param keptBits, least as in RequantizeClamp, the same for all
 * @assume blocks >= 1 && count % blocks == 0
 * @composes for i < count, block = i \ (count \ blocks):
 *   RequantizeClamp(shift[block], keptBits, excessBits[block], least) with in = in[i], out = out[i]
 * Proof: docs/soundness.md#requantizeclamplayer
 */
template RequantizeClampLayer(count, blocks, shift, keptBits, excessBits, least) {
    signal input in[count];
    signal output out[count];
    component gadget[count];
    for (var i = 0; i < count; i++) {
        var block = i \ (count \ blocks);
        gadget[i] = RequantizeClamp(shift[block], keptBits, excessBits[block], least);
        gadget[i].in <== in[i];
        out[i] <== gadget[i].out;
    }
}

/**
 * @title Maximum of windows: out[i] is the greatest of in[index[i][j]], j < window
 * @param inputs, outputs elements in and out
 * @param window elements of a window
 * @param blocks runs of consecutive outputs that share widths: channels
 * @param differenceBits for each block, the bits of the matches of its windows, as in MaxOf
 * @param index index[i][j]: the input that window i has in the place j
 * @assume blocks >= 1 && outputs % blocks == 0 && least(index) >= 0 && greatest(index) < inputs
 * @composes for i < outputs: MaxOf(window, differenceBits[i \ (outputs \ blocks)]) with in = in[index[i]], out = out[i]
 * Proof: docs/soundness.md#maxlayer
 */
template MaxLayer(inputs, outputs, window, blocks, differenceBits, index) {
    signal input in[inputs];
    signal output out[outputs];
    component gadget[outputs];
    for (var i = 0; i < outputs; i++) {
        gadget[i] = MaxOf(window, differenceBits[i \ (outputs \ blocks)]);
        for (var j = 0; j < window; j++) gadget[i].in[j] <== in[index[i][j]];
        out[i] <== gadget[i].out;
    }
}

/**
 * @title Requantize every element, and look it up in a table
 * @param count elements
 * @param shift, indexBits, monomialBits, table, least as in RequantizeTable
 * @composes for i < count: RequantizeTable(shift, indexBits, monomialBits, table, least) with in = in[i], out = out[i]
 * Proof: docs/soundness.md#tablelayer
 */
template TableLayer(count, shift, indexBits, monomialBits, table, least) {
    signal input in[count];
    signal output out[count];
    component gadget[count];
    for (var i = 0; i < count; i++) {
        gadget[i] = RequantizeTable(shift, indexBits, monomialBits, table, least);
        gadget[i].in <== in[i];
        out[i] <== gadget[i].out;
    }
}

/**
 * @title Requantize every element, and GELU, SiLU or another max(0, q) - table[|q|]
 * @param count elements
 * @param shift, magnitudeBits, monomialBits, table as in RequantizeEven
 * @composes for i < count: RequantizeEven(shift, magnitudeBits, monomialBits, table) with in = in[i], out = out[i]
 * Proof: docs/soundness.md#evenlayer
 */
template EvenLayer(count, shift, magnitudeBits, monomialBits, table) {
    signal input in[count];
    signal output out[count];
    component gadget[count];
    for (var i = 0; i < count; i++) {
        gadget[i] = RequantizeEven(shift, magnitudeBits, monomialBits, table);
        gadget[i].in <== in[i];
        out[i] <== gadget[i].out;
    }
}

/**
 * @title Requantize every element, and an activation that leaves those from 0 on alone
 * @param count elements
 * @param shift, magnitudeBits, monomialBits, table as in RequantizeBelow
 * @composes for i < count: RequantizeBelow(shift, magnitudeBits, monomialBits, table) with in = in[i], out = out[i]
 * Proof: docs/soundness.md#belowlayer
 */
template BelowLayer(count, shift, magnitudeBits, monomialBits, table) {
    signal input in[count];
    signal output out[count];
    component gadget[count];
    for (var i = 0; i < count; i++) {
        gadget[i] = RequantizeBelow(shift, magnitudeBits, monomialBits, table);
        gadget[i].in <== in[i];
        out[i] <== gadget[i].out;
    }
}

/**
 * @title Requantize every element, and tanh, sigmoid or another odd activation about a center
 * @param count elements
 * @param shift, magnitudeBits, monomialBits, table, center as in RequantizeOdd
 * @composes for i < count: RequantizeOdd(shift, magnitudeBits, monomialBits, table, center) with in = in[i],
 *   out = out[i]
 * Proof: docs/soundness.md#oddlayer
 */
template OddLayer(count, shift, magnitudeBits, monomialBits, table, center) {
    signal input in[count];
    signal output out[count];
    component gadget[count];
    for (var i = 0; i < count; i++) {
        gadget[i] = RequantizeOdd(shift, magnitudeBits, monomialBits, table, center);
        gadget[i].in <== in[i];
        out[i] <== gadget[i].out;
    }
}

/**
 * @title For each row the index of its maximum, the lowest one on a tie
 * @param rows, columns shape of the input
 * @param differenceBits as in ArgMax
 * @composes for i < rows: ArgMax(columns, differenceBits) with in = in[i * columns; columns], out = out[i]
 * Proof: docs/soundness.md#argmaxlayer
 */
template ArgMaxLayer(rows, columns, differenceBits) {
    signal input in[rows * columns];
    signal output out[rows];
    component gadget[rows];
    for (var i = 0; i < rows; i++) {
        gadget[i] = ArgMax(columns, differenceBits);
        for (var j = 0; j < columns; j++) gadget[i].in[j] <== in[i * columns + j];
        out[i] <== gadget[i].out;
    }
}

/**
 * @title Of each row its `kept` greatest elements, then their places
 * @param rows, columns shape of the input
 * @param kept, differenceBits as in TopK
 * @composes for i < rows: TopK(columns, kept, differenceBits) with in = in[i * columns; columns], value = out[2 * i *
 *   kept; kept], index = out[(2 * i + 1) * kept; kept]
 * Proof: docs/soundness.md#topklayer
 */
template TopKLayer(rows, columns, kept, differenceBits) {
    signal input in[rows * columns];
    signal output out[rows * 2 * kept];
    component gadget[rows];
    for (var i = 0; i < rows; i++) {
        gadget[i] = TopK(columns, kept, differenceBits);
        for (var j = 0; j < columns; j++) gadget[i].in[j] <== in[i * columns + j];
        for (var j = 0; j < kept; j++) {
            out[(2 * i) * kept + j] <== gadget[i].value[j];
            out[(2 * i + 1) * kept + j] <== gadget[i].index[j];
        }
    }
}

/**
 * @title out[i] = in[i] * in[count + i]
 * @param count elements of each operand
 * @composes for i < count: Product() with left = in[i], right = in[count + i], out = out[i]
 * Proof: docs/soundness.md#productlayer
 */
template ProductLayer(count) {
    signal input in[2 * count];
    signal output out[count];
    component gadget[count];
    for (var i = 0; i < count; i++) {
        gadget[i] = Product();
        gadget[i].left <== in[i];
        gadget[i].right <== in[count + i];
        out[i] <== gadget[i].out;
    }
}

/**
 * @title out[i] = floor(2^exponent / in[i])
 * @param count elements
 * @param exponent, quotientBits, divisorBits as in Reciprocal
 * @composes for i < count: Reciprocal(exponent, quotientBits, divisorBits) with in = in[i], out = out[i]
 * Proof: docs/soundness.md#reciprocallayer
 */
template ReciprocalLayer(count, exponent, quotientBits, divisorBits) {
    signal input in[count];
    signal output out[count];
    component gadget[count];
    for (var i = 0; i < count; i++) {
        gadget[i] = Reciprocal(exponent, quotientBits, divisorBits);
        gadget[i].in <== in[i];
        out[i] <== gadget[i].out;
    }
}

/**
 * @title `batch` matrix products, all left matrices before all right ones
 * @param batch how many products
 * @param rows, inner, columns, causal, shift, resultBits, least as in MatMulInSlots
 * @composes for k < batch: MatMul(rows, inner, columns, causal, shift, resultBits, least) with a = in[k * rows * inner;
 *   rows * inner], b = in[(batch * rows + k * columns) * inner; inner * columns], out = out[k * rows * columns; rows *
 *   columns]
 * Proof: docs/soundness.md#matmullayer
 */
template MatMulLayer(batch, rows, inner, columns, causal, shift, resultBits, least) {
    signal input in[batch * (rows + columns) * inner];
    signal output out[batch * rows * columns];
    component gadget[batch];
    for (var k = 0; k < batch; k++) {
        gadget[k] = MatMul(rows, inner, columns, causal, shift, resultBits, least);
        for (var i = 0; i < rows * inner; i++) gadget[k].a[i] <== in[k * rows * inner + i];
        for (var i = 0; i < inner * columns; i++) gadget[k].b[i] <== in[(batch * rows + k * columns) * inner + i];
        for (var i = 0; i < rows * columns; i++) out[k * rows * columns + i] <== gadget[k].out[i];
    }
}

/**
 * @title Row in[i] of a table for each i, by one signal per row: for small vocabularies
 * @param count indices
 * @param rows, columns, table as in Embedding
 * @composes for i < count: Embedding(rows, columns, table) with in = in[i], out = out[i * columns; columns]
 * Proof: docs/soundness.md#lookuplayer
 */
template LookupLayer(count, rows, columns, table) {
    signal input in[count];
    signal output out[count * columns];
    component gadget[count];
    for (var i = 0; i < count; i++) {
        gadget[i] = Embedding(rows, columns, table);
        gadget[i].in <== in[i];
        for (var k = 0; k < columns; k++) out[i * columns + k] <== gadget[i].out[k];
    }
}

/**
 * @title Row in[i] of a table for each i, by the index's bits: for larger vocabularies
 * @param count indices
 * @param rows, columns, entryBits, least, monomialBits, packed, table as in BinaryEmbedding
 * @composes for i < count: BinaryEmbedding(rows, columns, entryBits, least, monomialBits, packed, table) with
 *   in = in[i], out = out[i * columns; columns]
 * Proof: docs/soundness.md#binarylookuplayer
 */
template BinaryLookupLayer(count, rows, columns, entryBits, least, monomialBits, packed, table) {
    signal input in[count];
    signal output out[count * columns];
    component gadget[count];
    for (var i = 0; i < count; i++) {
        gadget[i] = BinaryEmbedding(rows, columns, entryBits, least, monomialBits, packed, table);
        gadget[i].in <== in[i];
        for (var k = 0; k < columns; k++) out[i * columns + k] <== gadget[i].out[k];
    }
}

/**
 * @title Softmax of consecutive rows, each of its own length
 * @param count elements of all rows together
 * @param rows number of rows
 * @param lengths elements of each row
 * @param indexBits, beyondBits, monomialBits, table, exponent, fractionBits as in Softmax
 * @assume size(lengths) == rows && before(lengths, rows) == count
 * @composes for k < rows: Softmax(lengths[k], indexBits, beyondBits, monomialBits, table, exponent, fractionBits) with
 *   in = in[before(lengths, k); lengths[k]], out = out[before(lengths, k); lengths[k]]
 * Proof: docs/soundness.md#softmaxlayer
 */
template SoftmaxLayer(count, rows, lengths, indexBits, beyondBits, monomialBits, table, exponent, fractionBits) {
    signal input in[count];
    signal output out[count];
    component gadget[rows];
    var at = 0;
    for (var k = 0; k < rows; k++) {
        gadget[k] = Softmax(lengths[k], indexBits, beyondBits, monomialBits, table, exponent, fractionBits);
        for (var i = 0; i < lengths[k]; i++) gadget[k].in[i] <== in[at + i];
        for (var i = 0; i < lengths[k]; i++) out[at + i] <== gadget[k].out[i];
        at += lengths[k];
    }
}

/**
 * @title Layer norm of each row
 * @param count elements of all rows together
 * @param columns elements of a row
 * @param least, most, meanBits, epsilon, rootBits, droppedBits as in LayerNorm
 * @assume columns >= 1 && count % columns == 0
 * @composes for k < count \ columns: LayerNorm(columns, least, most, meanBits, epsilon, rootBits, droppedBits) with
 *   in = in[k * columns; columns], out = out[k * columns; columns]
 * Proof: docs/soundness.md#layernormlayer
 */
template LayerNormLayer(count, columns, least, most, meanBits, epsilon, rootBits, droppedBits) {
    signal input in[count];
    signal output out[count];
    component gadget[count \ columns];
    for (var k = 0; k < count \ columns; k++) {
        gadget[k] = LayerNorm(columns, least, most, meanBits, epsilon, rootBits, droppedBits);
        for (var i = 0; i < columns; i++) gadget[k].in[i] <== in[k * columns + i];
        for (var i = 0; i < columns; i++) out[k * columns + i] <== gadget[k].out[i];
    }
}

/**
 * @title RMS norm, or L2 norm, of each row
 * @param count elements of all rows together
 * @param columns elements of a row
 * @param least, most, epsilon, rootBits, droppedBits as in RootMeanSquareNorm
 * @assume columns >= 1 && count % columns == 0
 * @composes for k < count \ columns: RootMeanSquareNorm(columns, least, most, epsilon, rootBits, droppedBits) with
 *   in = in[k * columns; columns], out = out[k * columns; columns]
 * Proof: docs/soundness.md#rootmeansquarenormlayer
 */
template RootMeanSquareNormLayer(count, columns, least, most, epsilon, rootBits, droppedBits) {
    signal input in[count];
    signal output out[count];
    component gadget[count \ columns];
    for (var k = 0; k < count \ columns; k++) {
        gadget[k] = RootMeanSquareNorm(columns, least, most, epsilon, rootBits, droppedBits);
        for (var i = 0; i < columns; i++) gadget[k].in[i] <== in[k * columns + i];
        for (var i = 0; i < columns; i++) out[k * columns + i] <== gadget[k].out[i];
    }
}
