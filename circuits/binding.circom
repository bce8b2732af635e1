pragma circom 2.1.6;

include "lowestBit.circom";
include "poseidon.circom";

/**
 * @title Hold integers to an interval, exactly, and pack them into field elements
 * @param n number of integers
 * @param b bits of hi - lo
 * @param lo, hi least and greatest value
 * @input in any field elements; only integers of [lo, hi] have a witness
 * @output out word j holds in[i] - lo at bit b (i mod per), for per = floor(248 / b) integers a word
 * @assume n >= 1 && b >= 1 && b <= 32 && hi > lo
 * @assume hi - lo < 2 ** b && hi - lo >= 2 ** (b - 1)
 * @guarantee for i < n: in[i] within [lo, hi]
 * @notice n b constraints, and a linear one a word. The bits of in - lo weigh 1, 2, 4, ..., and the last one what is
 * missing to hi - lo, so that they span [0, hi - lo] exactly. Where hi - lo + 1 is no power of two some values have two
 * spellings; the value has one
 * Proof: docs/soundness.md#packchecked
 */
template PackChecked(n, b, lo, hi) {
    assert(n >= 1 && b >= 1 && b <= 32 && hi > lo);
    assert(hi - lo < 1 << b && hi - lo >= 1 << (b - 1));
    var per = 248 \ b;
    var words = (n + per - 1) \ per;
    signal input in[n];
    signal output out[words];

    var top = hi - lo + 1 - (1 << (b - 1)); // weight of the last bit
    signal bit[n][b];
    var word[words];
    for (var j = 0; j < words; j++) word[j] = 0;
    for (var i = 0; i < n; i++) {
        var v = in[i] - lo;
        var high = v >= 1 << (b - 1) ? 1 : 0;
        var low = 0;
        for (var z = 1; z < b; z++) {
            if (z < b - 1) bit[i][z] <-- ((v - high * top) >> z) & 1;
            else bit[i][z] <-- high;
            bit[i][z] * (bit[i][z] - 1) === 0;
            low += bit[i][z] * (z < b - 1 ? 1 << z : top);
        }
        bit[i][0] <== lowestBitIsWire() * (v - low);
        var lowest = lowestBitIsWire() == 1 ? bit[i][0] : v - low;
        lowest * (lowest - 1) === 0;
        word[i \ per] += v * (1 << (b * (i % per)));
    }
    for (var j = 0; j < words; j++) out[j] <== word[j];
}

/**
 * @title Pack integers that are known to be in range
 * @param n number of integers
 * @param b bits of each
 * @param lo least value
 * @input in integers of [lo, lo + 2^b): an assumption, shown by the intervals of the circuit that makes them
 * @output out as in PackChecked
 * @assume n >= 1 && b >= 1 && b <= 248
 * @assume for i < n: in[i] within [lo, lo + 2 ** b - 1]
 * @notice a linear constraint a word
 * Proof: docs/soundness.md#pack
 */
template Pack(n, b, lo) {
    assert(n >= 1 && b >= 1 && b <= 248);
    var per = 248 \ b;
    var words = (n + per - 1) \ per;
    signal input in[n];
    signal output out[words];

    var word[words];
    for (var j = 0; j < words; j++) word[j] = 0;
    for (var i = 0; i < n; i++) word[i \ per] += (in[i] - lo) * (1 << (b * (i % per)));
    for (var j = 0; j < words; j++) out[j] <== word[j];
}

/**
 * @title Commitment to packed words, hidden by a salt and separated by model
 * @param n number of words
 * @param domain the model's domain tag
 * @output out PoseidonChain(domain, salt, words)
 * @assume n >= 1
 * @contains PoseidonChain(domain, n + 1)
 * Proof: docs/soundness.md#commit
 */
template Commit(n, domain) {
    signal input salt;
    signal input words[n];
    signal output out;

    component chain = PoseidonChain(domain, n + 1);
    chain.in[0] <== salt;
    for (var i = 0; i < n; i++) chain.in[i + 1] <== words[i];
    out <== chain.out;
}

/**
 * @title The polynomial of words at a point
 * @param n number of words
 * @output evaluation sum over i of words[i] challenge^(i + 1), by Horner's rule
 * @assume n >= 1
 * @notice n constraints. It tells words apart only at a point that was hashed from a commitment to them, which is
 * why circuits use CommitAndEvaluate
 * Proof: docs/soundness.md#evaluatewords
 */
template EvaluateWords(n) {
    assert(n >= 1);
    signal input words[n];
    signal input challenge;
    signal output evaluation;

    signal horner[n];
    for (var i = 0; i < n; i++) {
        var above = i == 0 ? 0 : horner[i - 1];
        horner[i] <== (above + words[n - 1 - i]) * challenge;
    }
    evaluation <== horner[n - 1];
}

/**
 * @title Commitment to packed words, and their polynomial at a point
 * @param n, domain as in Commit
 * @param first how many leading words are committed to, but not part of the polynomial
 * @input challenge the point, which whoever verifies hashes from the commitment and the words w that he has
 * @output commitment as Commit's
 * @output evaluation as EvaluateWords'. If it is that of w, then w are the committed words, but for n points of the
 * field in which other words agree with them (Schwartz and Zippel). Without a commitment, which is fixed before the
 * point, such words are found by trial
 * @assume first >= 0 && first < n
 * @contains Commit(n, domain)
 * @contains EvaluateWords(n - first)
 * @notice a constraint a word more than Commit
 * Proof: docs/soundness.md#commitandevaluate
 */
template CommitAndEvaluate(n, first, domain) {
    assert(first >= 0 && first < n);
    signal input salt;
    signal input words[n];
    signal input challenge;
    signal output commitment;
    signal output evaluation;

    component commit = Commit(n, domain);
    commit.salt <== salt;
    commit.words <== words;
    commitment <== commit.out;

    component evaluate = EvaluateWords(n - first);
    for (var i = first; i < n; i++) evaluate.words[i - first] <== words[i];
    evaluate.challenge <== challenge;
    evaluation <== evaluate.evaluation;
}

/**
 * @title Ties a public signal to the proof
 * @notice A public input that no constraint names could be changed in a finished proof by whoever made the key;
 * one square forbids it
 * Proof: docs/soundness.md#bind
 */
template Bind() {
    signal input in;
    signal square;
    square <== in * in;
}
