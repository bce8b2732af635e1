pragma circom 2.1.6;

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
