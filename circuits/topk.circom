pragma circom 2.1.6;

include "lowestBit.circom";

/**
 * @title The k greatest of n integers and where they are, in descending order, the lowest index first on a tie
 * @param n number of integers
 * @param k how many are wanted, 1 <= k <= n, n at least 2
 * @param d bits of |in[i] - in[j]|, for all i, j
 * @input in integers whose differences have at most d bits
 * @output value the greatest k of them
 * @output index their places in the row
 * @assume n >= 2 && k >= 1 && k <= n && d >= 1 && bits(n * (2 ** d - 1) + n - 1) <= 200
 * @assume for i < n, j < i: difference(in, i, j) <= 2 ** d - 1
 * @guarantee for j < k: index[j] within [0, n - 1] && value[j] == in[index[j]]
 * @guarantee for j < k - 1: value[j] > value[j + 1] || value[j] == value[j + 1] && index[j] < index[j + 1]
 * @guarantee for i < n: in[i] <= value[0]
 * @notice n k + (k - 1) D + n (D + 1) constraints, D = bits of n (2^d - 1) + n - 1, without the last term where k = n.
 * as well as 2 k + 1 linear ones, or 2 k where k = n.
 * Keys n in[i] + (n - 1 - i) are all different and in the wanted order. Each place's key is one of the row's, as
 * some signals with sum 1 are 0 but where a key equals it, which only one does; keys descend strictly; and exactly k
 * keys are not below the last. ArgMax is cheaper where k = 1
 * Proof: docs/soundness.md#topk
 */
template TopK(n, k, d) {
    assert(n >= 2 && k >= 1 && k <= n && d >= 1);
    var D = 0;
    while ((1 << D) <= n * ((1 << d) - 1) + n - 1) D++;
    assert(D <= 200);
    signal input in[n];
    signal output value[k];
    signal output index[k];

    // Hints: an insertion into the row of the greatest, by key
    var key[n];
    var offset = 1 << (D + 1);
    for (var i = 0; i < n; i++) key[i] = n * in[i] + n - 1 - i;
    var place[k];
    for (var j = 0; j < k; j++) place[j] = 0;
    for (var i = 0; i < n; i++) {
        var rank = 0;
        for (var j = 0; j < n; j++) {
            if (key[j] - key[i] + offset > offset) rank++;
        }
        for (var j = 0; j < k; j++) {
            if (rank == j) place[j] = i;
        }
    }

    signal hot[k][n];
    signal chosen[k]; // keys of the greatest
    for (var j = 0; j < k; j++) {
        var sum = 0;
        var at = 0;
        for (var i = 0; i < n - 1; i++) {
            hot[j][i] <-- place[j] == i ? 1 : 0;
            sum += hot[j][i];
            at += hot[j][i] * i;
        }
        hot[j][n - 1] <== 0; // not a wire: 1 less the others
        var found = 0;
        for (var i = 0; i < n; i++) found = place[j] == i ? key[i] : found;
        chosen[j] <-- found;
        for (var i = 0; i < n - 1; i++) hot[j][i] * (chosen[j] - key[i]) === 0;
        (1 - sum) * (chosen[j] - key[n - 1]) === 0;
        index[j] <== at + (1 - sum) * (n - 1);
        value[j] <== (chosen[j] - (n - 1) + index[j]) / n;
    }

    signal step[k][D];
    for (var z = 0; z < D; z++) step[0][z] <== 0;
    for (var j = 1; j < k; j++) {
        var v = chosen[j - 1] - chosen[j] - 1;
        var low = 0;
        for (var z = 1; z < D; z++) {
            step[j][z] <-- (v >> z) & 1;
            step[j][z] * (step[j][z] - 1) === 0;
            low += step[j][z] * (1 << z);
        }
        step[j][0] <== lowestBitIsWire() * (v - low);
        var lowest = lowestBitIsWire() == 1 ? step[j][0] : v - low;
        lowest * (lowest - 1) === 0;
    }

    signal bit[n][D + 1];
    var reached = 0;
    for (var i = 0; i < n; i++) {
        if (k < n) {
            var v = key[i] - chosen[k - 1] + (1 << D); // its top bit is set exactly if the key is not below the last
            var low = 0;
            for (var z = 1; z <= D; z++) {
                bit[i][z] <-- (v >> z) & 1;
                bit[i][z] * (bit[i][z] - 1) === 0;
                low += bit[i][z] * (1 << z);
            }
            bit[i][0] <== lowestBitIsWire() * (v - low);
            var lowest = lowestBitIsWire() == 1 ? bit[i][0] : v - low;
            lowest * (lowest - 1) === 0;
            reached += bit[i][D];
        } else {
            for (var z = 0; z <= D; z++) bit[i][z] <== 0;
        }
    }
    if (k < n) reached === k;
}
