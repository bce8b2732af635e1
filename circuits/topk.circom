pragma circom 2.1.6;

include "lowestBit.circom";

/**
 * @title The kept greatest of count integers and where they are, in descending order, the lowest index first on a tie
 * @param count number of integers
 * @param kept how many are wanted, 1 <= kept <= count, count at least 2
 * @param differenceBits bits of |in[i] - in[j]|, for all i, j
 * @input in integers whose differences have at most differenceBits bits
 * @output value the greatest kept of them
 * @output index their places in the row
 * @assume count >= 2 && kept >= 1 && kept <= count && differenceBits >= 1 && bits(count * (2 ** differenceBits - 1) +
 *   count - 1) <= 200
 * @assume for i < count, j < i: difference(in, i, j) <= 2 ** differenceBits - 1
 * @guarantee for j < kept: index[j] within [0, count - 1] && value[j] == in[index[j]]
 * @guarantee for j < kept - 1: value[j] > value[j + 1] || value[j] == value[j + 1] && index[j] < index[j + 1]
 * @guarantee for i < count: in[i] <= value[0]
 * @notice count * kept + (kept - 1) D + count * (D + 1) constraints, D = bits of count * (2^differenceBits - 1) + count
 * - 1, without the last term where kept = count, as well as 2 * kept + 1 linear ones, or 2 * kept where kept = count,
 * Keys count * in[i] + (count - 1 - i) are all different and in the wanted order. Each place's key is one of the row's,
 * as some signals with sum 1 are 0 but where a key equals it, which only one does; keys descend strictly; and exactly
 * kept keys are not below the last. ArgMax is cheaper where kept = 1
 * Proof: docs/soundness.md#topk
 */
template TopK(count, kept, differenceBits) {
    assert(count >= 2 && kept >= 1 && kept <= count && differenceBits >= 1);
    var D = 0;
    while ((1 << D) <= count * ((1 << differenceBits) - 1) + count - 1) D++;
    assert(D <= 200);
    signal input in[count];
    signal output value[kept];
    signal output index[kept];

    // Hints: an insertion into the row of the greatest, by key
    var key[count];
    var offset = 1 << (D + 1);
    for (var i = 0; i < count; i++) key[i] = count * in[i] + count - 1 - i;
    var place[kept];
    for (var j = 0; j < kept; j++) place[j] = 0;
    for (var i = 0; i < count; i++) {
        var rank = 0;
        for (var j = 0; j < count; j++) {
            if (key[j] - key[i] + offset > offset) rank++;
        }
        for (var j = 0; j < kept; j++) {
            if (rank == j) place[j] = i;
        }
    }

    signal hot[kept][count];
    signal chosen[kept]; // keys of the greatest
    for (var j = 0; j < kept; j++) {
        var sum = 0;
        var at = 0;
        for (var i = 0; i < count - 1; i++) {
            hot[j][i] <-- place[j] == i ? 1 : 0;
            sum += hot[j][i];
            at += hot[j][i] * i;
        }
        hot[j][count - 1] <== 0; // not a wire: 1 less the others
        var found = 0;
        for (var i = 0; i < count; i++) found = place[j] == i ? key[i] : found;
        chosen[j] <-- found;
        for (var i = 0; i < count - 1; i++) hot[j][i] * (chosen[j] - key[i]) === 0;
        (1 - sum) * (chosen[j] - key[count - 1]) === 0;
        index[j] <== at + (1 - sum) * (count - 1);
        value[j] <== (chosen[j] - (count - 1) + index[j]) / count;
    }

    signal step[kept][D];
    for (var z = 0; z < D; z++) step[0][z] <== 0;
    for (var j = 1; j < kept; j++) {
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

    signal bit[count][D + 1];
    var reached = 0;
    for (var i = 0; i < count; i++) {
        if (kept < count) {
            var v = key[i] - chosen[kept - 1] + (1 << D); // its top bit is set exactly if the key is not below the last
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
    if (kept < count) reached === kept;
}
