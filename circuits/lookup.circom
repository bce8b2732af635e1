pragma circom 2.1.6;

/**
 * Functions of bits that another gadget has made already, by constant tables.
 * Assumption on every input: it is 0 or 1.
 */

/**
 * @title out = table[sum of bit[i] 2^i], for any constant table
 * @param indexBits bits of the index; table has 2^indexBits entries
 * @param monomialBits how many low bits are taken by monomials; the others choose by a multiplexer
 * @input bit bits of the index, the lowest first
 * @output out the entry
 * @assume indexBits >= 1 && indexBits <= 16 && monomialBits >= 0 && monomialBits <= indexBits && size(table) == 2 **
 *   indexBits
 * @notice at most (2^monomialBits - monomialBits - 1) + (2^(indexBits - monomialBits) - 1) constraints, and a linear
 * one. Monomials that no run of 2^monomialBits entries needs are left out, and so are choices between equals, choices
 * made before, and, of two runs, a choice that is linear since they differ by a constant. tableCost in
 * src/program/tableCost.ts counts them, and finds monomialBits
 * Proof: docs/soundness.md#tableofbits
 */
template TableOfBits(indexBits, monomialBits, table) {
    assert(indexBits >= 1 && indexBits <= 16 && monomialBits >= 0 && monomialBits <= indexBits);
    var size = 1 << monomialBits;
    var runs = 1 << (indexBits - monomialBits);
    signal input bit[indexBits];
    signal output out;

    // Each run as a multilinear polynomial of the low bits, by the Moebius transform over subsets: the coefficient
    // of S is the sum over its subsets U of (-1)^(|S| - |U|) table[U]
    var entries = 1 << indexBits;
    var coefficient[entries];
    for (var i = 0; i < entries; i++) coefficient[i] = table[i];
    for (var half = 1; half < size; half = half * 2) {
        for (var i = half; i < entries; i += 2 * half) {
            for (var j = i; j < i + half; j++) coefficient[j] = coefficient[j] - coefficient[j - half];
        }
    }

    // Which monomials are needed; one of several bits is its highest bit times the rest
    var need[size];
    for (var i = 0; i < size; i++) {
        need[i] = 0;
        for (var at = i; need[i] == 0 && at < entries; at += size) {
            if (coefficient[at] != 0) need[i] = 1;
        }
    }
    var products = 0;
    for (var i = monomialBits - 1; i >= 1; i--) {
        for (var j = 1; j < 1 << i; j++) {
            if (need[(1 << i) + j] == 1) {
                need[j] = 1;
                products++;
            }
        }
    }

    // What each node of the multiplexer's tree does: level z has runs / 2^(z + 1) of them, one after the other
    var EQUAL = 0; // both sides are the same
    var TWIN = 1; // an earlier node of the level, twin[node], chooses between the same
    var LINEAR = 2; // the sides differ by the constant step[node]
    var CHOICE = 3;
    var action[runs];
    var twin[runs];
    var step[runs];
    var id[runs]; // equal sides have equal ids
    var fresh = runs;
    for (var h = 0; h < runs; h++) {
        id[h] = h;
        // Every witness runs through these lines, once for each table: the first difference ends a comparison
        for (var g = 0; g < h; g++) {
            var same = id[g] == g ? 1 : 0;
            for (var i = 0; same == 1 && i < size; i++) {
                if (coefficient[g * size + i] != coefficient[h * size + i]) same = 0;
            }
            if (same == 1) {
                id[h] = g;
                g = h;
            }
        }
    }
    var choices = 0;
    var node = 0;
    for (var z = 0; z < indexBits - monomialBits; z++) {
        var left[runs];
        var right[runs];
        for (var h = 0; h < runs >> (z + 1); h++) {
            left[h] = id[2 * h];
            right[h] = id[2 * h + 1];
            twin[node] = h;
            for (var g = 0; g < h; g++) {
                if (left[g] == left[h] && right[g] == right[h]) {
                    twin[node] = g;
                    g = h;
                }
            }
            var linear = z == 0 ? 1 : 0;
            step[node] = 0;
            if (z == 0) {
                for (var i = 1; i < size; i++) {
                    if (coefficient[2 * h * size + i] != coefficient[(2 * h + 1) * size + i]) linear = 0;
                }
                step[node] = coefficient[(2 * h + 1) * size] - coefficient[2 * h * size];
            }
            if (left[h] == right[h]) {
                action[node] = EQUAL;
                id[h] = left[h];
            } else if (twin[node] < h) {
                action[node] = TWIN;
                id[h] = id[twin[node]];
            } else {
                action[node] = linear == 1 ? LINEAR : CHOICE;
                if (linear == 0) choices++;
                id[h] = fresh;
                fresh++;
            }
            node++;
        }
    }

    signal product[products > 0 ? products : 1];
    signal chosen[choices > 0 ? choices : 1];
    if (products == 0) product[0] <== 0;
    if (choices == 0) chosen[0] <== 0;
    var monomial[size];
    var made = 0;
    monomial[0] = 1;
    for (var i = 0; i < monomialBits; i++) {
        monomial[1 << i] = bit[i];
        for (var j = 1; j < 1 << i; j++) {
            monomial[(1 << i) + j] = 0;
            if (need[(1 << i) + j] == 1) {
                product[made] <== bit[i] * monomial[j];
                monomial[(1 << i) + j] = product[made];
                made++;
            }
        }
    }
    var value[runs];
    var term = 0;
    for (var h = 0; h < runs; h++) {
        var sum = 0;
        for (var i = 0; i < size; i++) {
            if (coefficient[term] != 0) sum += coefficient[term] * monomial[i];
            term++;
        }
        value[h] = sum;
    }
    var at = 0;
    var picked = 0;
    for (var z = 0; z < indexBits - monomialBits; z++) {
        for (var h = 0; h < runs >> (z + 1); h++) {
            if (action[at] == CHOICE) {
                chosen[picked] <== value[2 * h] + bit[monomialBits + z] * (value[2 * h + 1] - value[2 * h]);
                value[h] = chosen[picked];
                picked++;
            } else if (action[at] == LINEAR) {
                value[h] = value[2 * h] + bit[monomialBits] * step[at];
            } else {
                value[h] = action[at] == TWIN ? value[twin[at]] : value[2 * h];
            }
            at++;
        }
    }
    out <== value[0];
}
