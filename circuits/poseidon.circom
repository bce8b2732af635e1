pragma circom 2.1.6;

include "circomlib/circuits/poseidon_constants.circom";

/**
 * @title Poseidon over n field elements: the same function as circomlib's Poseidon(n)
 * @param n number of elements, 1 to 16
 * @input in the elements
 * @output out the hash
 * @notice 3 (8 t + P - 1) constraints with t = n + 1 and P partial rounds, and one linear constraint. Every linear layer
 * stays inside the linear combinations of the next product, where circomlib's templates spend a linear constraint
 * on each word of the state. Rounds and constants: Grassi et al., "Poseidon", section 4 and appendix B (optimised
 * partial rounds)
 */
template PoseidonHash(n) {
    assert(n >= 1 && n <= 16);
    signal input in[n];
    signal output out;

    var partialRounds[16] = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];
    var t = n + 1;
    var P = partialRounds[n - 1];
    var boxes = 8 * t + P;
    var C[t * 8 + P] = POSEIDON_C(t);
    var S[P * (t * 2 - 1)] = POSEIDON_S(t);
    var M[t][t] = POSEIDON_M(t);
    var sparse[t][t] = POSEIDON_P(t);

    signal square[boxes];
    signal fourth[boxes];
    signal fifth[boxes];
    var box = 0;
    var state[t];
    var next[t];
    state[0] = C[0];
    for (var j = 0; j < n; j++) state[j + 1] = in[j] + C[j + 1];

    for (var round = 0; round < 8; round++) {
        for (var j = 0; j < t; j++) {
            if (box == 0) { // the state's first word is still a constant
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
            if (round < 4) state[j] += C[(round + 1) * t + j];
            else if (round < 7) state[j] += C[5 * t + P + (round - 4) * t + j];
            box++;
        }
        for (var i = 0; i < t; i++) {
            next[i] = 0;
            for (var j = 0; j < t; j++) next[i] += (round == 3 ? sparse[j][i] : M[j][i]) * state[j];
        }
        for (var i = 0; i < t; i++) state[i] = next[i];

        if (round == 3) {
            for (var r = 0; r < P; r++) {
                square[box] <== state[0] * state[0];
                fourth[box] <== square[box] * square[box];
                fifth[box] <== fourth[box] * state[0];
                state[0] = fifth[box] + C[5 * t + r];
                box++;
                var first = 0;
                for (var j = 0; j < t; j++) first += S[(t * 2 - 1) * r + j] * state[j];
                for (var j = 1; j < t; j++) state[j] = state[j] + state[0] * S[(t * 2 - 1) * r + t + j - 1];
                state[0] = first;
            }
        }
    }
    out <== state[0];
}

/**
 * @title Poseidon chain over n field elements
 * @param n number of elements, at least 1
 * @input in the elements
 * @output out H(H(H(in[0..16)), in[16..31)), ...): the first block takes 16 elements, each later one its
 * predecessor's hash and up to 15 more. The number of elements is fixed by the circuit, so no padding is needed
 */
template PoseidonChain(n) {
    assert(n >= 1);
    signal input in[n];
    signal output out;

    var first = n < 16 ? n : 16;
    var blocks = 1 + (n - first + 14) \ 15;
    component hash[blocks];
    hash[0] = PoseidonHash(first);
    for (var i = 0; i < first; i++) hash[0].in[i] <== in[i];
    var at = first;
    for (var b = 1; b < blocks; b++) {
        var take = n - at < 15 ? n - at : 15;
        hash[b] = PoseidonHash(take + 1);
        hash[b].in[0] <== hash[b - 1].out;
        for (var i = 0; i < take; i++) hash[b].in[i + 1] <== in[at + i];
        at += take;
    }
    out <== hash[blocks - 1].out;
}
