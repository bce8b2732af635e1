pragma circom 2.1.6;

include "../linear.circom";
include "../matmul.circom";
include "../requantize.circom";
include "../softmax.circom";

/**
 * Batches and heads by their shapes, for circuits that include this file. Generated circuits make them of MatMulLayer
 * and SoftmaxLayer instead.
 */

/**
 * @title Softmax of every row of a matrix
 * @param rows, columns its shape
 * @param causal 1: row i sees only its first i + 1 + columns - rows elements, and the others' shares are 0; 0: no mask
 * @param indexBits, beyondBits, monomialBits, table, exponent, fractionBits as in Softmax
 * @assume causal == 0 || rows <= columns
 * @contains for i < rows: Softmax(causal == 1 ? i + 1 + columns - rows : columns, indexBits, beyondBits, monomialBits,
 *   table, exponent, fractionBits) with in = in[i * columns; causal == 1 ? i + 1 + columns - rows : columns],
 *   out = out[i * columns; causal == 1 ? i + 1 + columns - rows : columns]
 * Proof: docs/soundness.md#softmaxrows
 */
template SoftmaxRows(rows, columns, causal, indexBits, beyondBits, monomialBits, table, exponent, fractionBits) {
    assert(causal == 0 || rows <= columns);
    signal input in[rows][columns];
    signal output out[rows][columns];

    component row[rows];
    for (var i = 0; i < rows; i++) {
        var seen = causal == 1 ? i + 1 + columns - rows : columns;
        row[i] = Softmax(seen, indexBits, beyondBits, monomialBits, table, exponent, fractionBits);
        for (var j = 0; j < seen; j++) row[i].in[j] <== in[i][j];
        for (var j = 0; j < seen; j++) out[i][j] <== row[i].out[j];
        for (var j = seen; j < columns; j++) out[i][j] <== 0;
    }
}

/**
 * @title (batch, rows, inner) times (batch, inner, columns)
 * @param batch how many products
 * @param rows, inner, columns, shift, resultBits, least as in MatMulInSlots
 * @contains for k < batch: MatMul(rows, inner, columns, 0, shift, resultBits, least) with a = a[k * rows * inner; rows
 *   * inner], b = b[k * inner * columns; inner * columns], out = out[k * rows * columns; rows * columns]
 * @notice batch times the cost of MatMul
 * Proof: docs/soundness.md#batchedmatmul
 */
template BatchedMatMul(batch, rows, inner, columns, shift, resultBits, least) {
    signal input a[batch][rows][inner];
    signal input b[batch][inner][columns];
    signal output out[batch][rows][columns];

    component matrix[batch];
    for (var k = 0; k < batch; k++) {
        matrix[k] = MatMul(rows, inner, columns, 0, shift, resultBits, least);
        for (var i = 0; i < rows; i++) {
            for (var t = 0; t < inner; t++) matrix[k].a[i * inner + t] <== a[k][i][t];
        }
        for (var t = 0; t < inner; t++) {
            for (var j = 0; j < columns; j++) matrix[k].b[t * columns + j] <== b[k][t][j];
        }
        for (var i = 0; i < rows; i++) {
            for (var j = 0; j < columns; j++) out[k][i][j] <== matrix[k].out[i * columns + j];
        }
    }
}

/**
 * @title A linear layer of constant weights on each row of a batch, requantized
 * @param batch, rows, inner, columns shapes: (batch, rows, inner) in, (batch, rows, columns) out
 * @param weight, bias constants: weight[j][t], bias[j]
 * @param shift, resultBits, least as in Requantize: shift at least 1, results in [least, least + 2^resultBits)
 * @input in integers that give such results
 * @output out floor((bias[j] + sum over t of weight[j][t] in[k][i][t] + 2^(shift-1)) / 2^shift)
 * @contains for k < batch * rows: Dense(inner, columns, weight, bias) with in = in[k * inner; inner]
 * @contains for k < batch * rows, j < columns: Requantize(shift, resultBits, least) with in = bias[j] + dot(weight[j],
 *   in[k * inner; inner]), out = out[k * columns + j]
 * @notice batch * rows * columns * (shift + resultBits) constraints
 * Proof: docs/soundness.md#batchedlinear
 */
template BatchedLinear(batch, rows, inner, columns, weight, bias, shift, resultBits, least) {
    signal input in[batch][rows][inner];
    signal output out[batch][rows][columns];

    component dense[batch][rows];
    component requantize[batch][rows][columns];
    for (var k = 0; k < batch; k++) {
        for (var i = 0; i < rows; i++) {
            dense[k][i] = Dense(inner, columns, weight, bias);
            dense[k][i].in <== in[k][i];
            for (var j = 0; j < columns; j++) {
                requantize[k][i][j] = Requantize(shift, resultBits, least);
                requantize[k][i][j].in <== dense[k][i].out[j];
                out[k][i][j] <== requantize[k][i][j].out;
            }
        }
    }
}

/**
 * @title One head of attention: softmax(q k^T) v
 * @param queries, keys, inner, columns shapes: q is queries x inner, k is keys x inner, v is keys x columns, out is
 * queries x columns
 * @param causal 1: row i attends to the first i + 1 + keys - queries rows of k and v; 0: to all
 * @param scoreShift, scoreBits, leastScore the scores' shift, bits and least value, as in MatMulInSlots.
 * The factor 1 / sqrt(inner) belongs into the table
 * @param indexBits, beyondBits, monomialBits, table, exponent, fractionBits as in Softmax, scoreBits <= indexBits +
 * beyondBits
 * @param valueShift, valueBits, leastValue the outputs' shift, bits and least value
 * @input q, k, v integers whose scores and outputs are in those ranges
 * @output out MatMul of the shares and v; the shares' scale is 2^-fractionBits
 * @assume scoreBits <= indexBits + beyondBits
 * @contains MatMul(queries, inner, keys, causal, scoreShift, scoreBits, leastScore) with a = q, b = turned(k, keys,
 *   inner)
 * @contains SoftmaxRows(queries, keys, causal, indexBits, beyondBits, monomialBits, table, exponent, fractionBits) with
 *   in = any(queries * keys, leastScore, leastScore + 2 ** scoreBits - 1)
 * @contains MatMul(queries, keys, columns, 0, valueShift, valueBits, leastValue) with a = any(queries * keys, 0, 2 **
 *   fractionBits), b = v, out = out
 * @notice the costs of both MatMul and of the rows of Softmax. Scores are requantized, and so range-checked,
 * before a maximum is taken of them
 * Proof: docs/soundness.md#attention
 */
template Attention(
    queries, keys, inner, columns, causal, scoreShift, scoreBits, leastScore,
    indexBits, beyondBits, monomialBits, table, exponent, fractionBits, valueShift, valueBits, leastValue
) {
    assert(scoreBits <= indexBits + beyondBits);
    signal input q[queries][inner];
    signal input k[keys][inner];
    signal input v[keys][columns];
    signal output out[queries][columns];

    component score = MatMul(queries, inner, keys, causal, scoreShift, scoreBits, leastScore);
    for (var t = 0; t < inner; t++) {
        for (var i = 0; i < queries; i++) score.a[i * inner + t] <== q[i][t];
        for (var j = 0; j < keys; j++) score.b[t * keys + j] <== k[j][t];
    }
    component share = SoftmaxRows(
        queries, keys, causal, indexBits, beyondBits, monomialBits, table, exponent, fractionBits
    );
    for (var i = 0; i < queries; i++) {
        for (var j = 0; j < keys; j++) share.in[i][j] <== score.out[i * keys + j];
    }
    component mix = MatMul(queries, keys, columns, 0, valueShift, valueBits, leastValue);
    for (var j = 0; j < keys; j++) {
        for (var i = 0; i < queries; i++) mix.a[i * keys + j] <== share.out[i][j];
        for (var t = 0; t < columns; t++) mix.b[j * columns + t] <== v[j][t];
    }
    for (var i = 0; i < queries; i++) {
        for (var t = 0; t < columns; t++) out[i][t] <== mix.out[i * columns + t];
    }
}
