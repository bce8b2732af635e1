pragma circom 2.1.6;

// Attention as the earlier tool makes it of circomlib-ml's matrix products: three projections by private weights,
// scores, and their product with the values. There is no softmax, no scaling and no range check.

include "circomlib-ml/circuits/circomlib-matrix/matMul.circom";

template Attention(B, N, d) {
    signal input in[B][N][d];
    signal input weights[3][d][d];
    signal output out[B][N][d];
    component project[B][3];
    component scores[B];
    component mix[B];
    for (var b = 0; b < B; b++) {
        for (var p = 0; p < 3; p++) {
            project[b][p] = matMul(N, d, d);
            project[b][p].a <== in[b];
            project[b][p].b <== weights[p];
        }
        scores[b] = matMul(N, d, N);
        scores[b].a <== project[b][0].out;
        for (var i = 0; i < N; i++) {
            for (var k = 0; k < d; k++) scores[b].b[k][i] <== project[b][1].out[i][k];
        }
        mix[b] = matMul(N, N, d);
        mix[b].a <== scores[b].out;
        mix[b].b <== project[b][2].out;
        out[b] <== mix[b].out;
    }
}

component main = Attention(2, 3, 4);
