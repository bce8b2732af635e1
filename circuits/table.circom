pragma circom 2.1.6;

/**
 * @title out = T[in - lo], for any constant table
 * @param b bits of the index; T has 2^b entries
 * @param lo the input that reads T[0]
 * @input in an integer of [lo, lo + 2^b)
 * @output out the entry
 * @notice at most b + (2^l - l - 1) + (2^(b - l) - 1) constraints with l = floor(b / 2): the bits, the monomials of
 * the low l bits, of which every run of 2^l entries is a linear combination, and a multiplexer over the high bits,
 * which spends nothing on a choice between equals and makes no choice twice
 */
template Table(b, lo, T) {
    assert(b >= 2 && b <= 16);
    signal input in;
    signal output out;

    var v = in - lo;
    signal hint[b];
    var bit[b];
    var low = 0;
    hint[0] <== 0;
    for (var i = 1; i < b; i++) {
        hint[i] <-- (v >> i) & 1;
        hint[i] * (hint[i] - 1) === 0;
        bit[i] = hint[i];
        low += hint[i] * (1 << i);
    }
    bit[0] = v - low;
    bit[0] * (bit[0] - 1) === 0;

    var l = b \ 2;
    signal product[1 << l];
    var monomial[1 << l];
    monomial[0] = 1;
    product[0] <== 0;
    for (var i = 0; i < l; i++) {
        product[1 << i] <== 0;
        monomial[1 << i] = bit[i];
        for (var j = 1; j < 1 << i; j++) {
            product[(1 << i) + j] <== bit[i] * monomial[j];
            monomial[(1 << i) + j] = product[(1 << i) + j];
        }
    }

    // Each run of 2^l entries as a multilinear polynomial of the low bits, by the Moebius transform over subsets:
    // the coefficient of S is the sum over its subsets U of (-1)^(|S| - |U|) T[U]
    var coefficient[1 << b];
    for (var i = 0; i < 1 << b; i++) coefficient[i] = T[i];
    for (var z = 0; z < l; z++) {
        for (var i = 0; i < 1 << b; i++) {
            if ((i >> z) & 1 == 1) coefficient[i] = coefficient[i] - coefficient[i - (1 << z)];
        }
    }
    var runs = 1 << (b - l);
    var value[runs];
    var id[runs]; // equal entries have equal ids
    var fresh = runs;
    for (var h = 0; h < runs; h++) {
        value[h] = 0;
        for (var i = 0; i < 1 << l; i++) value[h] += coefficient[(h << l) + i] * monomial[i];
        id[h] = h;
        for (var g = h - 1; g >= 0; g--) {
            var same = 1;
            for (var i = 0; i < 1 << l; i++) {
                if (coefficient[(g << l) + i] != coefficient[(h << l) + i]) same = 0;
            }
            if (same == 1) id[h] = id[g];
        }
    }
    signal chosen[b - l][runs];
    for (var z = l; z < b; z++) {
        var left[runs];
        var right[runs];
        for (var h = 0; h < runs >> (z - l + 1); h++) {
            left[h] = id[2 * h];
            right[h] = id[2 * h + 1];
            var twin = h;
            for (var g = h - 1; g >= 0; g--) {
                if (left[g] == left[h] && right[g] == right[h]) twin = g;
            }
            if (left[h] == right[h]) {
                chosen[z - l][h] <== 0;
                value[h] = value[2 * h];
                id[h] = left[h];
            } else if (twin < h) {
                chosen[z - l][h] <== 0;
                value[h] = value[twin];
                id[h] = id[twin];
            } else {
                chosen[z - l][h] <== value[2 * h] + bit[z] * (value[2 * h + 1] - value[2 * h]);
                value[h] = chosen[z - l][h];
                id[h] = fresh;
                fresh++;
            }
        }
        for (var h = runs >> (z - l + 1); h < runs; h++) chosen[z - l][h] <== 0;
    }
    out <== value[0];
}
