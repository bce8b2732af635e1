pragma circom 2.1.6;

/**
 * Products of two matrices of variables, each element requantized. Several elements share one product a step of the
 * inner sum: with R = blockRows, sum over r of a_r 2^(S r) times sum over c of b_c 2^(S R c) holds every a_r b_c in a
 * slot of its own, and the S bits of a slot are those that requantization needs anyway.
 */

/**
 * @title Matrix product of a few rows and columns, all of whose elements share products
 * @param rows, inner, columns the shapes: a is rows x inner, b is inner x columns, both by rows
 * @param diagonal element (i, j) is wanted where j <= i + diagonal, and 0 elsewhere; columns - 1 wants all
 * @param shift bits shifted away; no rounding term where shift = 0
 * @param resultBits bits of q - least
 * @param least least value of q
 * @input a, b integers such that every q is in [least, least + 2^resultBits), wanted or not
 * @output out the elements q = floor((sum over t of a[i][t] b[t][j] + 2^(shift-1)) / 2^shift), by rows
 * @assume rows >= 1 && inner >= 1 && columns >= 1 && shift >= 0 && shift + resultBits >= 1
 * @assume rows * columns * (shift + resultBits) <= 253
 * @assume for i < rows, j < columns: rounded(product(a, i, b, j, inner, columns), shift) within [least, least + 2 **
 *   resultBits - 1]
 * @guarantee for i < rows, j < columns: out[i * columns + j] ==
 *   (j > i + diagonal ? 0 : rounded(product(a, i, b, j, inner, columns), shift))
 * @notice inner + rows * columns * (shift + resultBits) constraints, and a linear one for each element that is wanted.
 * Slots are equal if their words are: both sides, with every slot made natural, are below 2^253
 * Proof: docs/soundness.md#matmulblock
 */
template MatMulBlock(rows, inner, columns, diagonal, shift, resultBits, least) {
    var S = shift + resultBits;
    assert(rows >= 1 && inner >= 1 && columns >= 1 && shift >= 0 && S >= 1);
    assert(rows * columns * S <= 253);
    signal input a[rows * inner];
    signal input b[inner * columns];
    signal output out[rows * columns];

    signal product[inner];
    var left = 0;
    var right = 0;
    var done = 0;
    for (var t = 0; t < inner; t++) {
        left = 0;
        right = 0;
        for (var i = 0; i < rows; i++) left += a[i * inner + t] * (1 << (S * i));
        for (var j = 0; j < columns; j++) right += b[t * columns + j] * (1 << (S * rows * j));
        if (t < inner - 1) product[t] <== left * right;
        else product[t] <== 0; // the last product is in the equation of the slots
        done += product[t];
    }

    var offset = (shift > 0 ? 1 << (shift - 1) : 0) - least * (1 << shift);
    signal bit[rows][columns][S];
    var slots = 0;
    for (var i = 0; i < rows; i++) {
        for (var j = 0; j < columns; j++) {
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
            slots += (digit - offset) * (1 << (S * (i + rows * j)));
            if (j <= i + diagonal) out[i * columns + j] <== q;
            else out[i * columns + j] <== 0;
        }
    }
    left * right === slots - done;
}

/**
 * @title Matrix product in blocks of blockRows x blockColumns slots
 * @param rows, inner, columns the shapes: a is rows x inner, b is inner x columns, both by rows
 * @param causal 1: element (i, j) is wanted where j <= i + columns - rows, and 0 elsewhere; 0: all are
 * @param shift, resultBits, least as in MatMulBlock
 * @param blockRows, blockColumns rows and columns of a block; blockRows blockColumns (shift + resultBits) <= 253
 * @input a, b integers as MatMulBlock takes them; a block of rows has those of its columns that its last row wants
 * @output out the elements q, by rows
 * @assume rows >= 1 && columns >= 1 && blockRows >= 1 && blockColumns >= 1 && (causal == 0 || rows <= columns)
 * @composes for I < (rows + blockRows - 1) \ blockRows, top = I * blockRows, height = min(blockRows, rows - top),
 *   seen = causal == 1 ? top + columns - rows : columns, made = causal == 1 ? seen + height : columns,
 *   J < (made + blockColumns - 1) \ blockColumns, left = J * blockColumns, width = min(blockColumns, made - left):
 *   MatMulBlock(height, inner, width, min(seen - left, width - 1), shift, resultBits, least) with
 *   a = a[top * inner; height * inner], b = subMatrix(b, columns, 0, inner, left, width),
 *   out = subMatrix(out, columns, top, height, left, width)
 * @composes for i < rows, made = causal == 1 ? min((i \ blockRows + 1) * blockRows, rows) + columns - rows : columns,
 *   j < columns - made: Zero() with out = out[i * columns + made + j]
 * @notice sum over the block rows of ceil(columns / blockColumns) inner + rows * columns * (shift + resultBits), which
 * is ceil(rows / blockRows) ceil(columns / blockColumns) inner + rows * columns * (shift + resultBits) without a mask;
 * `columns` is what the last row of the block row wants
 * Proof: docs/soundness.md#matmulinslots
 */
template MatMulInSlots(rows, inner, columns, causal, shift, resultBits, least, blockRows, blockColumns) {
    assert(rows >= 1 && columns >= 1 && blockRows >= 1 && blockColumns >= 1);
    assert(causal == 0 || rows <= columns);
    signal input a[rows * inner];
    signal input b[inner * columns];
    signal output out[rows * columns];

    component block[(rows + blockRows - 1) \ blockRows][(columns + blockColumns - 1) \ blockColumns];
    for (var top = 0; top < rows; top += blockRows) {
        var height = top + blockRows < rows ? blockRows : rows - top;
        var seen = causal == 1 ? top + columns - rows : columns; // a row sees `seen` columns, and its own place
        var made = causal == 1 ? seen + height : columns;
        for (var left = 0; left < made; left += blockColumns) {
            var width = left + blockColumns < made ? blockColumns : made - left;
            var diagonal = seen - left < width - 1 ? seen - left : width - 1;
            var I = top \ blockRows;
            var J = left \ blockColumns;
            block[I][J] = MatMulBlock(height, inner, width, diagonal, shift, resultBits, least);
            for (var k = 0; k < height * inner; k++) block[I][J].a[k] <== a[top * inner + k];
            for (var t = 0; t < inner; t++) {
                for (var j = 0; j < width; j++) block[I][J].b[t * width + j] <== b[t * columns + left + j];
            }
            for (var i = 0; i < height; i++) {
                for (var j = 0; j < width; j++) {
                    out[(top + i) * columns + left + j] <== block[I][J].out[i * width + j];
                }
            }
        }
        for (var i = top; i < top + height; i++) {
            for (var j = made; j < columns; j++) out[i * columns + j] <== 0;
        }
    }
}

/**
 * @title Matrix product, in the blocks that cost least
 * @param rows, inner, columns, causal, shift, resultBits, least as in MatMulInSlots; matMulSlots in
 * src/program/arithmetic.ts makes the same choice
 * @composes for S = shift + resultBits: MatMulInSlots(rows, inner, columns, causal, shift, resultBits, least,
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
