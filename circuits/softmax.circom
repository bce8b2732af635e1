pragma circom 2.1.6;

include "divide.circom";
include "exp.circom";

/**
 * Softmax of a row: subtract the maximum, look up exp, sum, take one reciprocal for the row, and multiply. A masked
 * row is a shorter row.
 * Assumption on every input: it is an integer, far below the field's size, and so are all differences.
 */

/**
 * @title How far each integer of a row is below its maximum, in bits
 * @param n number of integers
 * @param w bits of the differences
 * @input in integers with max - min < 2^w; a row without that has no witness
 * @output bit bits of max(in) - in[i], the lowest first
 * @assume n >= 2 && w >= 1 && w <= 200
 * @assume for i < n, j < i: difference(in, i, j) <= 2 ** w - 1
 * @notice n w + n - 1 constraints, and n linear ones. The maximum is a number that is at least every integer, by the
 * range of the differences, and that equals one of them, as a product of all differences is 0
 * Proof: docs/soundness.md#belowmaximum
 */
template BelowMaximum(n, w) {
    assert(n >= 2 && w >= 1 && w <= 200);
    signal input in[n];
    signal output bit[n][w];

    var most = in[0];
    for (var i = 1; i < n; i++) most = most - in[i] + (1 << w) > (1 << w) ? most : in[i];
    signal top;
    top <-- most;
    for (var i = 0; i < n; i++) {
        var v = top - in[i];
        var sum = 0;
        for (var z = 0; z < w; z++) {
            bit[i][z] <-- (v >> z) & 1;
            bit[i][z] * (bit[i][z] - 1) === 0;
            sum += bit[i][z] * (1 << z);
        }
        sum === top - in[i];
    }
    signal product[n];
    product[0] <== top - in[0];
    for (var i = 1; i < n - 1; i++) product[i] <== product[i - 1] * (top - in[i]);
    product[n - 1] <== 0;
    product[n - 2] * (top - in[n - 1]) === 0;
}

/**
 * @title Shares of a total: out[i] = floor((in[i] R + 2^(r-p-1)) / 2^(r-p)) with R = floor(2^r / sum of in)
 * @param n number of integers
 * @param most greatest integer, and least sum
 * @param r bits of the reciprocal's numerator
 * @param p fraction bits of the shares: 2^p stands for 1.0, and is reached
 * @input in integers of [0, most], of which one is `most`: an assumption, as T[0] of a softmax
 * @output out the shares, from 0 to 2^p
 * @assume n >= 2 && most >= 1 && p >= 1 && r > p && r + 1 <= 253 && 2 ** r >= most
 * @assume for i < n: in[i] within [0, most]
 * @assume total(in) within [most, n * most]
 * @contains Reciprocal(r, bits(2 ** r \ most), bits(n * most)) with in = total(in)
 * @notice 1 + bits(floor(2^r / most)) + 2 bits(n most) for the reciprocal, n (r + 1) for the rounding, and
 * ceil(n / s) products, s = min(n, floor(253 / (r + 1))): R multiplies s integers in slots of one field element, and
 * the slots' bits are those that the rounding needs. No share exceeds 2^p, since in[i] <= sum
 * Proof: docs/soundness.md#shares
 */
template Shares(n, most, r, p) {
    assert(n >= 2 && most >= 1 && p >= 1 && r > p && r + 1 <= 253);
    assert((1 << r) >= most);
    signal input in[n];
    signal output out[n];

    var sum = 0;
    for (var i = 0; i < n; i++) sum += in[i];
    component inverse = Reciprocal(r, bitsOf((1 << r) \ most), bitsOf(n * most));
    inverse.in <== sum;

    var w = r + 1;
    var g = r - p;
    var half = 1 << (g - 1);
    var slots = 253 \ w;
    signal bit[n][w];
    for (var first = 0; first < n; first += slots) {
        var packed = 0;
        var digits = 0;
        for (var i = first; i < n && i < first + slots; i++) {
            var at = 1 << (w * (i - first));
            var v = in[i] * inverse.out + half;
            var digit = 0;
            var q = 0;
            for (var z = 0; z < w; z++) {
                bit[i][z] <-- (v >> z) & 1;
                bit[i][z] * (bit[i][z] - 1) === 0;
                digit += bit[i][z] * (1 << z);
                if (z >= g) q += bit[i][z] * (1 << (z - g));
            }
            packed += in[i] * at;
            digits += (digit - half) * at;
            out[i] <== q;
        }
        packed * inverse.out === digits;
    }
}

/**
 * @title Softmax of a row
 * @param n number of integers
 * @param b bits of the table's index
 * @param c further bits of the differences: max(in) - in[i] < 2^(b + c)
 * @param l as in TableOfBits
 * @param T 2^b natural entries, of which T[0] is the greatest: T[x] stands for exp(-x step)
 * @param r, p as in Shares
 * @input in integers whose differences have at most b + c bits
 * @output out with e[i] = T[max(in) - in[i]], or 0 beyond the table: Shares of e
 * @assume n >= 1 && b >= 1 && b <= 16 && size(T) == 2 ** b
 * @assume least(T) >= 0 && greatest(T) == T[0]
 * @assume r > p && p >= 1 && r + 1 <= 253
 * @guarantee for i < n: out[i] within [0, 2 ** p]
 * @contains if n > 1: BelowMaximum(n, b + c) with in = in
 * @contains if n > 1: ExpOfBits(b, c, l, T)
 * @contains if n > 1: Shares(n, T[0], r, p) with in = any(n, 0, T[0], T[0])
 * @notice n (b + c + min(c, 3) + table + r + 1) + n - 1 + 1 + bits(floor(2^r / T[0])) + 2 bits(n T[0]) +
 * ceil(n / min(n, floor(253 / (r + 1)))) constraints; none where n = 1, whose share is a
 * constant
 * Proof: docs/soundness.md#softmax
 */
template Softmax(n, b, c, l, T, r, p) {
    assert(n >= 1);
    for (var i = 1; i < 1 << b; i++) assert(T[i] <= T[0]);
    signal input in[n];
    signal output out[n];

    if (n == 1) {
        out[0] <== (((1 << r) \ T[0]) * T[0] + (1 << (r - p - 1))) >> (r - p);
    } else {
        component below = BelowMaximum(n, b + c);
        component shares = Shares(n, T[0], r, p);
        component exp[n];
        below.in <== in;
        for (var i = 0; i < n; i++) {
            exp[i] = ExpOfBits(b, c, l, T);
            exp[i].bit <== below.bit[i];
            shares.in[i] <== exp[i].out;
        }
        out <== shares.out;
    }
}

/**
 * @title Softmax with exp as a product of two tables, for more than 8 bits
 * @param n number of integers, at least 2
 * @param b, m, c, H, lh, L, ll, g as in ExpProductOfBits: e[i] is its rounded product of max(in) - in[i]
 * @param r, p as in Shares
 * @contains BelowMaximum(n, b + c) with in = in
 * @contains ExpProductOfBits(b, m, c, H, lh, L, ll, g)
 * @contains for most = (H[0] * L[0] + 2 ** (g - 1)) \ 2 ** g: Shares(n, most, r, p) with in = any(n, 0, most, most)
 * @notice as Softmax, with the cost of ExpProductOfBits in the place of the table's and of min(c, 3)
 * Proof: docs/soundness.md#softmaxproduct
 */
template SoftmaxProduct(n, b, m, c, H, lh, L, ll, g, r, p) {
    for (var i = 1; i < 1 << (b - m); i++) assert(H[i] <= H[0]);
    for (var i = 1; i < 1 << m; i++) assert(L[i] <= L[0]);
    signal input in[n];
    signal output out[n];

    component below = BelowMaximum(n, b + c);
    component shares = Shares(n, (H[0] * L[0] + (1 << (g - 1))) >> g, r, p);
    component exp[n];
    below.in <== in;
    for (var i = 0; i < n; i++) {
        exp[i] = ExpProductOfBits(b, m, c, H, lh, L, ll, g);
        exp[i].bit <== below.bit[i];
        shares.in[i] <== exp[i].out;
    }
    out <== shares.out;
}

/**
 * @title Softmax of every row of a matrix
 * @param rows, n its shape
 * @param causal 1: row i sees only its first i + 1 + n - rows elements, and the others' shares are 0; 0: no mask
 * @param b, c, l, T, r, p as in Softmax
 * @assume causal == 0 || rows <= n
 * @contains for i < rows: Softmax(causal == 1 ? i + 1 + n - rows : n, b, c, l, T, r, p) with
 *   in = in[i * n; causal == 1 ? i + 1 + n - rows : n], out = out[i * n; causal == 1 ? i + 1 + n - rows : n]
 * Proof: docs/soundness.md#softmaxrows
 */
template SoftmaxRows(rows, n, causal, b, c, l, T, r, p) {
    assert(causal == 0 || rows <= n);
    signal input in[rows][n];
    signal output out[rows][n];

    component row[rows];
    for (var i = 0; i < rows; i++) {
        var seen = causal == 1 ? i + 1 + n - rows : n;
        row[i] = Softmax(seen, b, c, l, T, r, p);
        for (var j = 0; j < seen; j++) row[i].in[j] <== in[i][j];
        for (var j = 0; j < seen; j++) out[i][j] <== row[i].out[j];
        for (var j = seen; j < n; j++) out[i][j] <== 0;
    }
}
