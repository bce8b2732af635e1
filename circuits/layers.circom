pragma circom 2.1.6;

include "argmax.circom";
include "max.circom";
include "requantize.circom";
include "table.circom";

/**
 * Gadgets over whole tensors. Parameters of the requantising layers are given for `blocks` blocks of consecutive
 * elements (channels); see the gadget itself for their meaning and the assumption on its input.
 */

template RequantizeLayer(n, blocks, f, w, lo) {
    signal input in[n];
    signal output out[n];
    component gadget[n];
    for (var i = 0; i < n; i++) {
        var block = i \ (n \ blocks);
        if (f[block] == 0) {
            out[i] <== in[i]; // nothing to shift away, and the assumption says that it is in range
        } else {
            gadget[i] = Requantize(f[block], w[block], lo[block]);
            gadget[i].in <== in[i];
            out[i] <== gadget[i].out;
        }
    }
}

template RequantizeReLULayer(n, blocks, f, k) {
    signal input in[n];
    signal output out[n];
    component gadget[n];
    for (var i = 0; i < n; i++) {
        var block = i \ (n \ blocks);
        gadget[i] = RequantizeReLU(f[block], k[block]);
        gadget[i].in <== in[i];
        out[i] <== gadget[i].out;
    }
}

template RequantizeClampLayer(n, blocks, f, c, m, lo) {
    signal input in[n];
    signal output out[n];
    component gadget[n];
    for (var i = 0; i < n; i++) {
        var block = i \ (n \ blocks);
        gadget[i] = RequantizeClamp(f[block], c, m[block], lo);
        gadget[i].in <== in[i];
        out[i] <== gadget[i].out;
    }
}

/** out[i] = the maximum of in[index[i][j]], j < w; d[block] lists the bits of the matches of a window of the block */
template MaxLayer(n, outputs, w, blocks, d, index) {
    signal input in[n];
    signal output out[outputs];
    component gadget[outputs];
    for (var i = 0; i < outputs; i++) {
        gadget[i] = MaxOf(w, d[i \ (outputs \ blocks)]);
        for (var j = 0; j < w; j++) gadget[i].in[j] <== in[index[i][j]];
        out[i] <== gadget[i].out;
    }
}

template TableLayer(n, b, lo, T) {
    signal input in[n];
    signal output out[n];
    component gadget[n];
    for (var i = 0; i < n; i++) {
        gadget[i] = Table(b, lo, T);
        gadget[i].in <== in[i];
        out[i] <== gadget[i].out;
    }
}

template ArgMaxLayer(n, classes, d) {
    signal input in[n * classes];
    signal output out[n];
    component gadget[n];
    for (var i = 0; i < n; i++) {
        gadget[i] = ArgMax(classes, d);
        for (var j = 0; j < classes; j++) gadget[i].in[j] <== in[i * classes + j];
        out[i] <== gadget[i].out;
    }
}
