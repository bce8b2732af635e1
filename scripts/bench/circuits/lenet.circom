pragma circom 2.1.6;

// LeNet-5 of circomlib-ml's templates, for comparison only: weights are private inputs there, padding is done by the
// caller, and average pools stand for the model's max pools, which would cost it more.

include "circomlib-ml/circuits/ArgMax.circom";
include "circomlib-ml/circuits/AveragePooling2D.circom";
include "circomlib-ml/circuits/Conv2D.circom";
include "circomlib-ml/circuits/Dense.circom";
include "circomlib-ml/circuits/Flatten2D.circom";
include "circomlib-ml/circuits/ReLU.circom";

template ReLUs(n) {
    signal input in[n];
    signal output out[n];
    component relu[n];
    for (var i = 0; i < n; i++) {
        relu[i] = ReLU();
        relu[i].in <== in[i];
        out[i] <== relu[i].out;
    }
}

template Block(rows, channels, filters, kernel) {
    var size = rows - kernel + 1;
    signal input in[rows][rows][channels];
    signal input weights[kernel][kernel][channels][filters];
    signal input bias[filters];
    signal output out[size \ 2][size \ 2][filters];
    component conv = Conv2D(rows, rows, channels, filters, kernel, 1);
    conv.in <== in;
    conv.weights <== weights;
    conv.bias <== bias;
    component pool = AveragePooling2D(size, size, filters, 2, 2, 25);
    component relu[size][size];
    for (var i = 0; i < size; i++) {
        for (var j = 0; j < size; j++) {
            relu[i][j] = ReLUs(filters);
            relu[i][j].in <== conv.out[i][j];
            pool.in[i][j] <== relu[i][j].out;
        }
    }
    out <== pool.out;
}

template LeNet() {
    signal input in[32][32][1];
    signal input w1[5][5][1][6];
    signal input b1[6];
    signal input w2[5][5][6][16];
    signal input b2[16];
    signal input w3[400][120];
    signal input b3[120];
    signal input w4[120][84];
    signal input b4[84];
    signal input w5[84][10];
    signal input b5[10];
    signal output out;
    signal output logits[10];

    component block1 = Block(32, 1, 6, 5);
    block1.in <== in;
    block1.weights <== w1;
    block1.bias <== b1;
    component block2 = Block(14, 6, 16, 5);
    block2.in <== block1.out;
    block2.weights <== w2;
    block2.bias <== b2;
    component flat = Flatten2D(5, 5, 16);
    flat.in <== block2.out;
    component dense3 = Dense(400, 120);
    dense3.in <== flat.out;
    dense3.weights <== w3;
    dense3.bias <== b3;
    component relu3 = ReLUs(120);
    relu3.in <== dense3.out;
    component dense4 = Dense(120, 84);
    dense4.in <== relu3.out;
    dense4.weights <== w4;
    dense4.bias <== b4;
    component relu4 = ReLUs(84);
    relu4.in <== dense4.out;
    component dense5 = Dense(84, 10);
    dense5.in <== relu4.out;
    dense5.weights <== w5;
    dense5.bias <== b5;
    component argmax = ArgMax(10);
    argmax.in <== dense5.out;
    logits <== dense5.out;
    out <== argmax.out;
}

component main = LeNet();
