pragma circom 2.1.6;

include "lowestBit.circom";

/**
 * @title Index of the maximum, the lowest one on a tie, by a tournament
 * @param count number of integers, at least 2
 * @param differenceBits bits of |in[i] - in[j]|, for all i, j
 * @input in integers whose differences have at most differenceBits bits
 * @output out the lowest index of a maximum
 * @assume count >= 2 && differenceBits >= 1 && differenceBits <= 200
 * @assume for i < count, j < i: difference(in, i, j) <= 2 ** differenceBits - 1
 * @guarantee out within [0, count - 1]
 * @guarantee in[out] == maximum(in)
 * @guarantee for j < out: in[j] < maximum(in)
 * @notice (count - 1)(differenceBits + 2) + ceil(count / 2) - 2 constraints where count >= 3: a match needs
 * differenceBits + 1 bits; its winner's value costs one product except in the last match, its winner's index one except
 * in the first round
 * Proof: docs/soundness.md#argmax
 */
template ArgMax(count, differenceBits) {
    assert(count >= 2 && differenceBits >= 1 && differenceBits <= 200);
    signal input in[count];
    signal output out;

    signal bit[count - 1][differenceBits + 1];
    signal gain[count - 1];
    signal step[count - 1];
    var value[count];
    var index[count];
    var fresh[count];
    for (var i = 0; i < count; i++) {
        value[i] = in[i];
        index[i] = i;
        fresh[i] = 1;
    }
    var played = 0;
    for (var left = count; left > 1; left = left - left \ 2) {
        for (var j = 0; j < left \ 2; j++) {
            var lead = value[2 * j + 1] - value[2 * j];
            var v = lead - 1 + (1 << differenceBits); // its top bit is set exactly if the right one is greater
            var low = 0;
            for (var i = 1; i <= differenceBits; i++) {
                bit[played][i] <-- (v >> i) & 1;
                bit[played][i] * (bit[played][i] - 1) === 0;
                low += bit[played][i] * (1 << i);
            }
            bit[played][0] <== lowestBitIsWire() * (v - low);
            var lowest = lowestBitIsWire() == 1 ? bit[played][0] : v - low;
            lowest * (lowest - 1) === 0;

            var right = bit[played][differenceBits];
            var indexLead = index[2 * j + 1] - index[2 * j];
            if (left > 2) {
                gain[played] <== right * lead;
                value[j] = value[2 * j] + gain[played];
            } else {
                gain[played] <== 0;
            }
            if (fresh[2 * j] == 1 && fresh[2 * j + 1] == 1) {
                step[played] <== 0;
                index[j] = index[2 * j] + right * indexLead;
            } else {
                step[played] <== right * indexLead;
                index[j] = index[2 * j] + step[played];
            }
            fresh[j] = 0;
            played++;
        }
        if (left % 2 == 1) {
            value[left \ 2] = value[left - 1];
            index[left \ 2] = index[left - 1];
            fresh[left \ 2] = fresh[left - 1];
        }
    }
    out <== index[0];
}
