pragma circom 2.1.6;

include "linear.circom";
include "requantize.circom";
include "softmax.circom";

/**
 * Products of two matrices of variables, each element requantized. Several elements share one product a step of the
 * inner sum: with R = blockRows, sum over r of a_r 2^(S r) times sum over c of b_c 2^(S R c) holds every a_r b_c in a
 * slot of its own, and the S bits of a slot are those that requantization needs anyway.
 */

/**
 * @title Matrix product in blocks of blockRows x blockColumns slots
 * @param rows, inner, columns the shapes: a is rows x inner, b is inner x columns, both by rows
 * @param causal 1: element (i, j) is wanted where j <= i + columns - rows, and 0 elsewhere; 0: all are
 * @param shift bits shifted away; no rounding term where shift = 0
 * @param resultBits bits of q - least
 * @param least least value of q
 * @param blockRows, blockColumns rows and columns of a block; blockRows blockColumns (shift + resultBits) <= 253
 * @input a, b integers such that every q is in [least, least + 2^resultBits), also of elements that are not wanted in
 * blocks that are made
 * @output out the elements q = floor((sum over t of a[i][t] b[t][j] + 2^(shift-1)) / 2^shift), by rows
 * @assume rows >= 1 && inner >= 1 && columns >= 1 && shift >= 0 && shift + resultBits >= 1 && (causal == 0 || rows <=
 *   columns)
 * @assume blockRows >= 1 && blockColumns >= 1 && blockRows * blockColumns * (shift + resultBits) <= 253
 * @assume for i < rows, made = causal == 1 ? min((i \ blockRows + 1) * blockRows, rows) + columns - rows : columns, j <
 *   made: rounded(product(a, i, b, j, inner, columns), shift) within [least, least + 2 ** resultBits - 1]
 * @guarantee for i < rows, j < columns: out[i * columns + j] ==
 *   (causal == 1 && j > i + columns - rows ? 0 : rounded(product(a, i, b, j, inner, columns), shift))
 * @notice sum over the block rows of ceil(columns / blockColumns) inner + rows * columns * (shift + resultBits), which
 * is ceil(rows / blockRows) ceil(columns / blockColumns) inner + rows * columns * (shift + resultBits) without a mask;
 * `columns` is what the last row of the block row wants. Slots are equal if their words are: both sides, with every
 * slot made natural, are below 2^253
 * Proof: docs/soundness.md#matmulinslots
 */
template MatMulInSlots(rows, inner, columns, causal, shift, resultBits, least, blockRows, blockColumns) {
    var S = shift + resultBits;
    assert(rows >= 1 && inner >= 1 && columns >= 1 && shift >= 0 && S >= 1);
    assert(blockRows >= 1 && blockColumns >= 1 && blockRows * blockColumns * S <= 253);
    assert(causal == 0 || rows <= columns);
    signal input a[rows * inner];
    signal input b[inner * columns];
    signal output out[rows * columns];

    var nr = (rows + blockRows - 1) \ blockRows;
    var nc = (columns + blockColumns - 1) \ blockColumns;
    var offset = (shift > 0 ? 1 << (shift - 1) : 0) - least * (1 << shift);
    signal product[nr][nc][inner];
    signal bit[rows][columns][S];
    for (var I = 0; I < nr; I++) {
        var end = (I + 1) * blockRows < rows ? (I + 1) * blockRows : rows;
        var wanted = causal == 1 ? end + columns - rows : columns;
        for (var J = 0; J < nc; J++) {
            var stop = (J + 1) * blockColumns < wanted ? (J + 1) * blockColumns : wanted;
            var left = 0;
            var right = 0;
            var done = 0;
            for (var t = 0; t < inner; t++) {
                left = 0;
                right = 0;
                for (var i = I * blockRows; i < end; i++) left += a[i * inner + t] * (1 << (S * (i - I * blockRows)));
                for (var j = J * blockColumns; j < stop; j++) {
                    right += b[t * columns + j] * (1 << (S * blockRows * (j - J * blockColumns)));
                }
                if (t < inner - 1 && J * blockColumns < stop) {
                    product[I][J][t] <== left * right;
                    done += product[I][J][t];
                } else {
                    product[I][J][t] <== 0; // the last product is in the equation of the slots
                }
            }
            var slots = 0;
            for (var i = I * blockRows; i < end; i++) {
                for (var j = J * blockColumns; j < stop; j++) {
                    var v = offset;
                    for (var t = 0; t < inner; t++) v += a[i * inner + t] * b[t * columns + j];
                    var digit = 0;
                    var q = least;
                    for (var z = 0; z < S; z++) {
                        bit[i][j][z] <-- (v >> z) & 1;
                        bit[i][j][z] * (bit[i][j][z] - 1) === 0;
                        digit += bit[i][j][z] * (1 << z);
                        if (z >= shift) q += bit[i][j][z] * (1 << (z - shift));
                    }
                    slots += (digit - offset) * (1 << (S * (i - I * blockRows + blockRows * (j - J * blockColumns))));
                    if (causal == 0 || j <= i + columns - rows) out[i * columns + j] <== q;
                    else out[i * columns + j] <== 0;
                }
                var rest = J * blockColumns > wanted ? J * blockColumns : wanted;
                for (var j = rest; j < (J + 1) * blockColumns && j < columns; j++) {
                    for (var z = 0; z < S; z++) bit[i][j][z] <== 0;
                    out[i * columns + j] <== 0;
                }
            }
            if (J * blockColumns < stop) left * right === slots - done;
        }
    }
}

/**
 * @title Matrix product, in the blocks that cost least
 * @param rows, inner, columns, causal, shift, resultBits, least as in MatMulInSlots; matMulSlots in
 * src/program/arithmetic.ts makes the same choice
 * @contains for S = shift + resultBits: MatMulInSlots(rows, inner, columns, causal, shift, resultBits, least,
 *   blockRows(rows, inner, columns, causal, S), blockColumns(rows, inner, columns, causal, S)) with a = a, b = b,
 *   out = out
 * @notice as MatMulInSlots: 8 x 16 times 16 x 8 by slots of 21 bits takes 96 products, where 1024 are multiplied
 * Proof: docs/soundness.md#matmul
 */
template MatMul(rows, inner, columns, causal, shift, resultBits, least) {
    signal input a[rows * inner];
    signal input b[inner * columns];
    signal output out[rows * columns];

    var S = shift + resultBits;
    var cheapest = -1;
    var gr = 1;
    var gc = 1;
    for (var r = 1; r <= rows && r * S <= 253; r++) {
        for (var c = 1; c <= columns && r * c * S <= 253; c++) {
            var cost = 0;
            for (var first = 0; first < rows; first += r) {
                var end = first + r < rows ? first + r : rows;
                var wanted = causal == 1 ? end + columns - rows : columns;
                cost += ((wanted + c - 1) \ c) * inner + (end - first) * wanted * S;
            }
            if (cheapest == -1 || cost < cheapest) {
                cheapest = cost;
                gr = r;
                gc = c;
            }
        }
    }
    component blocks = MatMulInSlots(rows, inner, columns, causal, shift, resultBits, least, gr, gc);
    blocks.a <== a;
    blocks.b <== b;
    out <== blocks.out;
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
 * @notice the costs of both MatMul and of the rows of Softmax. Scores are requantized, and thereby range-checked,
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
