pragma circom 2.1.6;

include "lowestBit.circom";

/**
 * @title Maximum of count integers, by a tournament
 * @param count number of integers, at least 2
 * @param differenceBits for each of the count - 1 matches, in the order in which they are played, the bits of |a - b|
 * @input in integers whose differences stay below those bounds
 * @output out their maximum
 * @assume count >= 2
 * @assume for m < count - 1: differenceBits[m] >= 1 && differenceBits[m] <= 200
 * @assume for m < count - 1: lead(in, m) <= 2 ** differenceBits[m] - 1
 * @guarantee out == maximum(in)
 * @notice sum of (differenceBits + 1) constraints over the matches, and one linear constraint. A match adds max(0, a -
 * b) to b: that is 0 or a - b, and twice it less a - b has differenceBits bits
 * Proof: docs/soundness.md#maxof
 */
template MaxOf(count, differenceBits) {
    assert(count >= 2);
    signal input in[count];
    signal output out;

    var widest = 1;
    for (var i = 0; i < count - 1; i++) {
        assert(differenceBits[i] >= 1 && differenceBits[i] <= 200);
        if (differenceBits[i] > widest) widest = differenceBits[i];
    }
    signal gain[count - 1];
    signal bit[count - 1][widest];
    var player[count];
    for (var i = 0; i < count; i++) player[i] = in[i];
    var played = 0;
    for (var left = count; left > 1; left = left - left \ 2) {
        for (var j = 0; j < left \ 2; j++) {
            var lead = player[2 * j] - player[2 * j + 1];
            var positive = lead + (1 << widest) >= 1 << widest ? 1 : 0;
            var magnitude = positive ? lead : -lead;
            gain[played] <-- positive ? lead : 0;
            var low = 0;
            for (var i = 1; i < differenceBits[played]; i++) {
                bit[played][i] <-- (magnitude >> i) & 1;
                bit[played][i] * (bit[played][i] - 1) === 0;
                low += bit[played][i] * (1 << i);
            }
            for (var i = differenceBits[played]; i < widest; i++) bit[played][i] <== 0;
            bit[played][0] <== lowestBitIsWire() * (2 * gain[played] - lead - low);
            var lowest = lowestBitIsWire() == 1 ? bit[played][0] : 2 * gain[played] - lead - low;
            lowest * (lowest - 1) === 0;
            gain[played] * (lead - gain[played]) === 0;
            player[j] = player[2 * j + 1] + gain[played];
            played++;
        }
        if (left % 2 == 1) player[left \ 2] = player[left - 1];
    }
    out <== player[0];
}
