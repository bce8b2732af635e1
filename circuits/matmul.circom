pragma circom 2.1.6;

include "linear.circom";
include "requantize.circom";
include "softmax.circom";

/**
 * Products of two matrices of variables, each element requantized. Several elements share one product a step of the
 * inner sum: sum over r of a_r 2^(S r) times sum over c of b_c 2^(S gr c) holds every a_r b_c in a slot of its own,
 * and the S bits of a slot are those that requantization needs anyway.
 */

/**
 * @title Matrix product in blocks of gr x gc slots
 * @param n, d, m the shapes: a is n x d, b is d x m, both by rows
 * @param causal 1: element (i, j) is wanted where j <= i + m - n, and 0 elsewhere; 0: all are
 * @param f bits shifted away; no rounding term where f = 0
 * @param w bits of q - lo
 * @param lo least value of q
 * @param gr, gc rows and columns of a block; gr gc (f + w) <= 253
 * @input a, b integers such that every q is in [lo, lo + 2^w), also of elements that are not wanted in blocks that
 * are made
 * @output out the elements q = floor((sum over t of a[i][t] b[t][j] + 2^(f-1)) / 2^f), by rows
 * @assume n >= 1 && d >= 1 && m >= 1 && f >= 0 && f + w >= 1 && (causal == 0 || n <= m)
 * @assume gr >= 1 && gc >= 1 && gr * gc * (f + w) <= 253
 * @assume for i < n, made = causal == 1 ? min((i \ gr + 1) * gr, n) + m - n : m, j < made:
 *   rounded(product(a, i, b, j, d, m), f) within [lo, lo + 2 ** w - 1]
 * @guarantee for i < n, j < m: out[i * m + j] ==
 *   (causal == 1 && j > i + m - n ? 0 : rounded(product(a, i, b, j, d, m), f))
 * @notice sum over the block rows of ceil(columns / gc) d + rows columns (f + w), which is
 * ceil(n / gr) ceil(m / gc) d + n m (f + w) without a mask; `columns` is what the last row of the block row wants.
 * Slots are equal if their words are: both sides, with every slot made natural, are below 2^253
 * Proof: docs/soundness.md#matmulinslots
 */
template MatMulInSlots(n, d, m, causal, f, w, lo, gr, gc) {
    var S = f + w;
    assert(n >= 1 && d >= 1 && m >= 1 && f >= 0 && S >= 1);
    assert(gr >= 1 && gc >= 1 && gr * gc * S <= 253);
    assert(causal == 0 || n <= m);
    signal input a[n * d];
    signal input b[d * m];
    signal output out[n * m];

    var nr = (n + gr - 1) \ gr;
    var nc = (m + gc - 1) \ gc;
    var offset = (f > 0 ? 1 << (f - 1) : 0) - lo * (1 << f);
    signal product[nr][nc][d];
    signal bit[n][m][S];
    for (var I = 0; I < nr; I++) {
        var end = (I + 1) * gr < n ? (I + 1) * gr : n;
        var columns = causal == 1 ? end + m - n : m;
        for (var J = 0; J < nc; J++) {
            var stop = (J + 1) * gc < columns ? (J + 1) * gc : columns;
            var left = 0;
            var right = 0;
            var done = 0;
            for (var t = 0; t < d; t++) {
                left = 0;
                right = 0;
                for (var i = I * gr; i < end; i++) left += a[i * d + t] * (1 << (S * (i - I * gr)));
                for (var j = J * gc; j < stop; j++) right += b[t * m + j] * (1 << (S * gr * (j - J * gc)));
                if (t < d - 1 && J * gc < stop) {
                    product[I][J][t] <== left * right;
                    done += product[I][J][t];
                } else {
                    product[I][J][t] <== 0; // the last product is in the equation of the slots
                }
            }
            var slots = 0;
            for (var i = I * gr; i < end; i++) {
                for (var j = J * gc; j < stop; j++) {
                    var v = offset;
                    for (var t = 0; t < d; t++) v += a[i * d + t] * b[t * m + j];
                    var digit = 0;
                    var q = lo;
                    for (var z = 0; z < S; z++) {
                        bit[i][j][z] <-- (v >> z) & 1;
                        bit[i][j][z] * (bit[i][j][z] - 1) === 0;
                        digit += bit[i][j][z] * (1 << z);
                        if (z >= f) q += bit[i][j][z] * (1 << (z - f));
                    }
                    slots += (digit - offset) * (1 << (S * (i - I * gr + gr * (j - J * gc))));
                    if (causal == 0 || j <= i + m - n) out[i * m + j] <== q;
                    else out[i * m + j] <== 0;
                }
                for (var j = J * gc > columns ? J * gc : columns; j < (J + 1) * gc && j < m; j++) {
                    for (var z = 0; z < S; z++) bit[i][j][z] <== 0;
                    out[i * m + j] <== 0;
                }
            }
            if (J * gc < stop) left * right === slots - done;
        }
    }
}

/**
 * @title Matrix product, in the blocks that cost least
 * @param n, d, m, causal, f, w, lo as in MatMulInSlots; matMulSlots in src/program/arithmetic.ts makes the same choice
 * @contains for S = f + w: MatMulInSlots(n, d, m, causal, f, w, lo, blockRows(n, d, m, causal, S),
 *   blockColumns(n, d, m, causal, S)) with a = a, b = b, out = out
 * @notice as MatMulInSlots: 8 x 16 times 16 x 8 by slots of 21 bits takes 96 products, where 1024 are multiplied
 * Proof: docs/soundness.md#matmul
 */
template MatMul(n, d, m, causal, f, w, lo) {
    signal input a[n * d];
    signal input b[d * m];
    signal output out[n * m];

    var S = f + w;
    var least = -1;
    var gr = 1;
    var gc = 1;
    for (var r = 1; r <= n && r * S <= 253; r++) {
        for (var c = 1; c <= m && r * c * S <= 253; c++) {
            var cost = 0;
            for (var first = 0; first < n; first += r) {
                var end = first + r < n ? first + r : n;
                var columns = causal == 1 ? end + m - n : m;
                cost += ((columns + c - 1) \ c) * d + (end - first) * columns * S;
            }
            if (least == -1 || cost < least) {
                least = cost;
                gr = r;
                gc = c;
            }
        }
    }
    component blocks = MatMulInSlots(n, d, m, causal, f, w, lo, gr, gc);
    blocks.a <== a;
    blocks.b <== b;
    out <== blocks.out;
}

/**
 * @title (B, n, d) times (B, d, m)
 * @param B how many products
 * @param n, d, m, f, w, lo as in MatMulInSlots
 * @contains for k < B: MatMul(n, d, m, 0, f, w, lo) with a = a[k * n * d; n * d], b = b[k * d * m; d * m],
 *   out = out[k * n * m; n * m]
 * @notice B times the cost of MatMul
 * Proof: docs/soundness.md#batchedmatmul
 */
template BatchedMatMul(B, n, d, m, f, w, lo) {
    signal input a[B][n][d];
    signal input b[B][d][m];
    signal output out[B][n][m];

    component matrix[B];
    for (var k = 0; k < B; k++) {
        matrix[k] = MatMul(n, d, m, 0, f, w, lo);
        for (var i = 0; i < n; i++) {
            for (var t = 0; t < d; t++) matrix[k].a[i * d + t] <== a[k][i][t];
        }
        for (var t = 0; t < d; t++) {
            for (var j = 0; j < m; j++) matrix[k].b[t * m + j] <== b[k][t][j];
        }
        for (var i = 0; i < n; i++) {
            for (var j = 0; j < m; j++) out[k][i][j] <== matrix[k].out[i * m + j];
        }
    }
}

/**
 * @title A linear layer of constant weights on each row of a batch, requantized
 * @param B, n, d, m shapes: (B, n, d) in, (B, n, m) out
 * @param weight, bias constants: weight[j][t], bias[j]
 * @param f, w, lo as in Requantize: f at least 1, results in [lo, lo + 2^w)
 * @input in integers that give such results
 * @output out floor((bias[j] + sum over t of weight[j][t] in[k][i][t] + 2^(f-1)) / 2^f)
 * @contains for k < B * n: Dense(d, m, weight, bias) with in = in[k * d; d]
 * @contains for k < B * n, j < m: Requantize(f, w, lo) with in = bias[j] + dot(weight[j], in[k * d; d]),
 *   out = out[k * m + j]
 * @notice B n m (f + w) constraints
 * Proof: docs/soundness.md#batchedlinear
 */
template BatchedLinear(B, n, d, m, weight, bias, f, w, lo) {
    signal input in[B][n][d];
    signal output out[B][n][m];

    component dense[B][n];
    component requantize[B][n][m];
    for (var k = 0; k < B; k++) {
        for (var i = 0; i < n; i++) {
            dense[k][i] = Dense(d, m, weight, bias);
            dense[k][i].in <== in[k][i];
            for (var j = 0; j < m; j++) {
                requantize[k][i][j] = Requantize(f, w, lo);
                requantize[k][i][j].in <== dense[k][i].out[j];
                out[k][i][j] <== requantize[k][i][j].out;
            }
        }
    }
}

/**
 * @title One head of attention: softmax(q k^T) v
 * @param n, m, d, e shapes: q is n x d, k is m x d, v is m x e, out is n x e
 * @param causal 1: row i attends to the first i + 1 + m - n rows of k and v; 0: to all
 * @param fs, ws, ls the scores' f, w and lo, as in MatMulInSlots. The factor 1 / sqrt(d) belongs into T
 * @param b, c, l, T, r, p as in Softmax, ws <= b + c
 * @param fv, wv, lv the outputs' f, w and lo
 * @input q, k, v integers whose scores and outputs are in those ranges
 * @output out MatMul of the shares and v; the shares' scale is 2^-p
 * @assume ws <= b + c
 * @contains MatMul(n, d, m, causal, fs, ws, ls) with a = q, b = turned(k, m, d)
 * @contains SoftmaxRows(n, m, causal, b, c, l, T, r, p) with in = any(n * m, ls, ls + 2 ** ws - 1)
 * @contains MatMul(n, m, e, 0, fv, wv, lv) with a = any(n * m, 0, 2 ** p), b = v, out = out
 * @notice the costs of both MatMul and of the rows of Softmax. Scores are requantized, and thereby range-checked,
 * before a maximum is taken of them
 * Proof: docs/soundness.md#attention
 */
template Attention(n, m, d, e, causal, fs, ws, ls, b, c, l, T, r, p, fv, wv, lv) {
    assert(ws <= b + c);
    signal input q[n][d];
    signal input k[m][d];
    signal input v[m][e];
    signal output out[n][e];

    component score = MatMul(n, d, m, causal, fs, ws, ls);
    for (var t = 0; t < d; t++) {
        for (var i = 0; i < n; i++) score.a[i * d + t] <== q[i][t];
        for (var j = 0; j < m; j++) score.b[t * m + j] <== k[j][t];
    }
    component share = SoftmaxRows(n, m, causal, b, c, l, T, r, p);
    for (var i = 0; i < n; i++) {
        for (var j = 0; j < m; j++) share.in[i][j] <== score.out[i * m + j];
    }
    component mix = MatMul(n, m, e, 0, fv, wv, lv);
    for (var j = 0; j < m; j++) {
        for (var i = 0; i < n; i++) mix.a[i * m + j] <== share.out[i][j];
        for (var t = 0; t < e; t++) mix.b[j * e + t] <== v[j][t];
    }
    for (var i = 0; i < n; i++) {
        for (var t = 0; t < e; t++) out[i][t] <== mix.out[i * e + t];
    }
}
