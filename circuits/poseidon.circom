pragma circom 2.1.6;

include "circomlib/circuits/poseidon_constants.circom";

/**
 * @title Poseidon's permutation, of which the first state word is kept
 * @param stateSize number of state words
 * @param known how many leading words are constants
 * @param prefix these constants
 * @input in the other words
 * @output out the first word after the permutation
 * @assume stateSize >= 2 && stateSize <= 17 && known >= 1 && known < stateSize
 * @notice 3 (8 * stateSize + P - known) constraints with P partial rounds, and one linear constraint. Every linear
 * layer stays inside the linear combinations of the next product, where circomlib's templates spend a linear constraint
 * on each word of the state. Rounds and constants: Grassi et al., "Poseidon", section 4 and appendix B (optimized
 * partial rounds)
 * Proof: docs/soundness.md#poseidonpermutation
 */
template PoseidonPermutation(stateSize, known, prefix) {
    assert(stateSize >= 2 && stateSize <= 17 && known >= 1 && known < stateSize);
    signal input in[stateSize - known];
    signal output out;

    var partialRounds[16] = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];
    var P = partialRounds[stateSize - 2];
    var boxes = 8 * stateSize + P;
    var C[stateSize * 8 + P] = POSEIDON_C(stateSize);
    var S[P * (stateSize * 2 - 1)] = POSEIDON_S(stateSize);
    var M[stateSize][stateSize] = POSEIDON_M(stateSize);
    var sparse[stateSize][stateSize] = POSEIDON_P(stateSize);

    signal square[boxes];
    signal fourth[boxes];
    signal fifth[boxes];
    var box = 0;
    var state[stateSize];
    var next[stateSize];
    for (var j = 0; j < known; j++) state[j] = prefix[j] + C[j];
    for (var j = known; j < stateSize; j++) state[j] = in[j - known] + C[j];

    for (var round = 0; round < 8; round++) {
        for (var j = 0; j < stateSize; j++) {
            if (box < known) { // still a constant
                square[box] <== 0;
                fourth[box] <== 0;
                fifth[box] <== 0;
                state[j] = state[j] ** 5;
            } else {
                square[box] <== state[j] * state[j];
                fourth[box] <== square[box] * square[box];
                fifth[box] <== fourth[box] * state[j];
                state[j] = fifth[box];
            }
            if (round < 4) state[j] += C[(round + 1) * stateSize + j];
            else if (round < 7) state[j] += C[5 * stateSize + P + (round - 4) * stateSize + j];
            box++;
        }
        for (var i = 0; i < stateSize; i++) {
            next[i] = 0;
            for (var j = 0; j < stateSize; j++) next[i] += (round == 3 ? sparse[j][i] : M[j][i]) * state[j];
        }
        for (var i = 0; i < stateSize; i++) state[i] = next[i];

        if (round == 3) {
            for (var r = 0; r < P; r++) {
                square[box] <== state[0] * state[0];
                fourth[box] <== square[box] * square[box];
                fifth[box] <== fourth[box] * state[0];
                state[0] = fifth[box] + C[5 * stateSize + r];
                box++;
                var first = 0;
                for (var j = 0; j < stateSize; j++) first += S[(stateSize * 2 - 1) * r + j] * state[j];
                for (var j = 1; j < stateSize; j++) {
                    state[j] = state[j] + state[0] * S[(stateSize * 2 - 1) * r + stateSize + j - 1];
                }
                state[0] = first;
            }
        }
    }
    out <== state[0];
}

/**
 * @title Poseidon over count field elements: the same function as circomlib's Poseidon(count)
 * @param count number of elements, 1 to 16
 * @contains PoseidonPermutation(count + 1, 1, 0)
 * @notice 3 (8 * count + 7 + P) constraints, and one linear constraint
 * Proof: docs/soundness.md#poseidonhash
 */
template PoseidonHash(count) {
    signal input in[count];
    signal output out;
    component permutation = PoseidonPermutation(count + 1, 1, [0]);
    permutation.in <== in;
    out <== permutation.out;
}

/**
 * @title Poseidon over a constant and count field elements: PoseidonHash(count + 1) of (tag, in), for less
 * @param tag the constant
 * @param count number of elements, 1 to 15
 * @contains PoseidonPermutation(count + 2, 2, tag)
 * @notice 3 (8 * count + 14 + P) constraints, and one linear constraint
 * Proof: docs/soundness.md#poseidontagged
 */
template PoseidonTagged(tag, count) {
    signal input in[count];
    signal output out;
    component permutation = PoseidonPermutation(count + 2, 2, [0, tag]);
    permutation.in <== in;
    out <== permutation.out;
}

/**
 * @title Poseidon chain over a constant and count field elements
 * @param tag the constant, which separates uses of the hash
 * @param count number of elements, at least 1
 * @input in the elements
 * @output out H(H(H(tag, in[0..15)), in[15..30)), ...): each block but the first begins with its predecessor's hash.
 * The number of elements is fixed by the circuit, so no padding is needed
 * @assume count >= 1
 * @signal hash[(count + 14) \ 15 - 1]
 * @composes PoseidonTagged(tag, min(count, 15)) with in = in[0; min(count, 15)], out = count <= 15 ? out : hash[0]
 * @composes for last = (count + 14) \ 15 - 1, k < last, take = min(count - 15 * (k + 1), 15): PoseidonHash(take + 1)
 *   with in = join(hash[k], in[15 * (k + 1); take]), out = k == last - 1 ? out : hash[k + 1]
 * Proof: docs/soundness.md#poseidonchain
 */
template PoseidonChain(tag, count) {
    assert(count >= 1);
    signal input in[count];
    signal output out;

    var first = count < 15 ? count : 15;
    var blocks = (count + 14) \ 15;
    component head = PoseidonTagged(tag, first);
    for (var i = 0; i < first; i++) head.in[i] <== in[i];
    component hash[blocks];
    for (var b = 1; b < blocks; b++) {
        var take = count - 15 * b < 15 ? count - 15 * b : 15;
        hash[b] = PoseidonHash(take + 1);
        if (b == 1) hash[b].in[0] <== head.out;
        else hash[b].in[0] <== hash[b - 1].out;
        for (var i = 0; i < take; i++) hash[b].in[i + 1] <== in[15 * b + i];
    }
    if (blocks == 1) out <== head.out;
    else out <== hash[blocks - 1].out;
}
