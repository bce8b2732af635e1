pragma circom 2.1.6;

include "lowestBit.circom";
include "poseidon.circom";

/**
 * @title Hold an integer to an interval, exactly
 * @param width bits of most - least
 * @param least, most least and greatest value
 * @input in any field element; only integers of [least, most] have a witness
 * @assume width >= 1 && width <= 32 && most > least
 * @assume most - least < 2 ** width && most - least >= 2 ** (width - 1)
 * @guarantee in within [least, most]
 * @notice width constraints. The bits of in - least weigh 1, 2, 4, ..., and the last one what is missing to most -
 * least, so that they span [0, most - least] exactly. Where most - least + 1 is not a power of two some values have two
 * spellings; the value has one
 * Proof: docs/soundness.md#checkinterval
 */
template CheckInterval(width, least, most) {
    assert(width >= 1 && width <= 32 && most > least);
    assert(most - least < 1 << width && most - least >= 1 << (width - 1));
    signal input in;

    var top = most - least + 1 - (1 << (width - 1)); // weight of the last bit
    signal bit[width];
    var v = in - least;
    var high = v >= 1 << (width - 1) ? 1 : 0;
    var low = 0;
    for (var z = 1; z < width; z++) {
        if (z < width - 1) bit[z] <-- ((v - high * top) >> z) & 1;
        else bit[z] <-- high;
        bit[z] * (bit[z] - 1) === 0;
        low += bit[z] * (z < width - 1 ? 1 << z : top);
    }
    bit[0] <== lowestBitIsWire() * (v - low);
    var lowest = lowestBitIsWire() == 1 ? bit[0] : v - low;
    lowest * (lowest - 1) === 0;
}

/**
 * @title Hold integers to an interval, exactly, and pack them into field elements
 * @param count number of integers
 * @param width, least, most as in CheckInterval
 * @input in any field elements; only integers of [least, most] have a witness
 * @output out as in Pack
 * @assume count >= 1
 * @guarantee for i < count: in[i] within [least, most]
 * @composes for i < count: CheckInterval(width, least, most) with in = in[i]
 * @composes Pack(count, width, least) with in = in, out = out
 * @notice count * width constraints, and a linear one per word
 * Proof: docs/soundness.md#packchecked
 */
template PackChecked(count, width, least, most) {
    assert(count >= 1);
    var per = 248 \ width;
    signal input in[count];
    signal output out[(count + per - 1) \ per];

    component held[count];
    for (var i = 0; i < count; i++) {
        held[i] = CheckInterval(width, least, most);
        held[i].in <== in[i];
    }
    component packed = Pack(count, width, least);
    packed.in <== in;
    out <== packed.out;
}

/**
 * @title Pack integers that are known to be in range into one field element
 * @param count number of integers
 * @param width bits of each; count width <= 248
 * @param least least value
 * @input in integers of [least, least + 2^width)
 * @output out sum of (in[i] - least) 2^(width i)
 * @assume count >= 1 && width >= 1 && count * width <= 248
 * @assume for i < count: in[i] within [least, least + 2 ** width - 1]
 * @notice a linear constraint
 * Proof: docs/soundness.md#packword
 */
template PackWord(count, width, least) {
    assert(count >= 1 && width >= 1 && count * width <= 248);
    signal input in[count];
    signal output out;

    var word = 0;
    for (var i = 0; i < count; i++) word += (in[i] - least) * (1 << (width * i));
    out <== word;
}

/**
 * @title Pack integers that are known to be in range
 * @param count number of integers
 * @param width, least as in PackWord
 * @input in integers of [least, least + 2^width): an assumption, shown by the intervals of the circuit that makes them
 * @output out word j holds in[i] - least at bit width (i mod per), for per = floor(248 / width) integers a word
 * @assume count >= 1 && width >= 1 && width <= 248
 * @composes for per = 248 \ width, j < (count + per - 1) \ per, length = min(per, count - j * per):
 *   PackWord(length, width, least) with in = in[j * per; length], out = out[j]
 * @notice a linear constraint per word
 * Proof: docs/soundness.md#pack
 */
template Pack(count, width, least) {
    assert(count >= 1 && width >= 1 && width <= 248);
    var per = 248 \ width;
    var words = (count + per - 1) \ per;
    signal input in[count];
    signal output out[words];

    component word[words];
    for (var j = 0; j < words; j++) {
        var size = count - j * per < per ? count - j * per : per;
        word[j] = PackWord(size, width, least);
        for (var i = 0; i < size; i++) word[j].in[i] <== in[j * per + i];
        out[j] <== word[j].out;
    }
}

/**
 * @title Commitment to packed words, hidden by a salt and separated by model
 * @param count number of words
 * @param domain the model's domain tag
 * @output out PoseidonChain(domain, salt, words)
 * @assume count >= 1
 * @composes PoseidonChain(domain, count + 1) with in = join(salt, words), out = out
 * Proof: docs/soundness.md#commit
 */
template Commit(count, domain) {
    signal input salt;
    signal input words[count];
    signal output out;

    component chain = PoseidonChain(domain, count + 1);
    chain.in[0] <== salt;
    for (var i = 0; i < count; i++) chain.in[i + 1] <== words[i];
    out <== chain.out;
}

/**
 * @title Hide a word behind a mask that only who knows the salt can make
 * @param domain the model's tag for masks
 * @param index of the word
 * @output out word + PoseidonHash(3) of (domain, index, salt): the constants come first, where they cost nothing
 * @contains PoseidonPermutation(4, 3, domain)
 * @notice 255 constraints, and two linear ones. It hides a word only if nobody else knows the salt, and no other word of
 * this domain and index has it; and it says which word it is only to who has the salt from a commitment
 * Proof: docs/soundness.md#encryptword
 */
template EncryptWord(domain, index) {
    signal input salt;
    signal input word;
    signal output out;

    component mask = PoseidonPermutation(4, 3, [0, domain, index]);
    mask.in[0] <== salt;
    out <== word + mask.out;
}

/**
 * @title Hide words, each behind a mask of its own
 * @param count number of words
 * @param domain as in EncryptWord
 * @output out word i behind mask i
 * @assume count >= 1
 * @composes for i < count: EncryptWord(domain, i) with salt = salt, word = words[i], out = out[i]
 * @notice 255 constraints a word, and two linear ones
 * Proof: docs/soundness.md#encrypt
 */
template Encrypt(count, domain) {
    assert(count >= 1);
    signal input salt;
    signal input words[count];
    signal output out[count];

    component word[count];
    for (var i = 0; i < count; i++) {
        word[i] = EncryptWord(domain, i);
        word[i].salt <== salt;
        word[i].word <== words[i];
        out[i] <== word[i].out;
    }
}

/**
 * @title A step of Horner's rule
 * @output out (above + word) challenge
 * @guarantee out == (above + word) * challenge
 * @notice a constraint
 * Proof: docs/soundness.md#hornerstep
 */
template HornerStep() {
    signal input above;
    signal input word;
    signal input challenge;
    signal output out;
    out <== (above + word) * challenge;
}

/**
 * @title The polynomial of words at a point
 * @param count number of words
 * @output evaluation sum over i of words[i] challenge^(i + 1), by Horner's rule
 * @assume count >= 1
 * @signal above[count]
 * @composes Zero() with out = above[0]
 * @composes for i < count: HornerStep() with above = above[i], word = words[count - 1 - i], challenge = challenge,
 *   out = i == count - 1 ? evaluation : above[i + 1]
 * @notice count constraints. It tells words apart only at a point that was hashed from a commitment to them, which is
 * why circuits use CommitAndEvaluate
 * Proof: docs/soundness.md#evaluatewords
 */
template EvaluateWords(count) {
    assert(count >= 1);
    signal input words[count];
    signal input challenge;
    signal output evaluation;

    component step[count];
    for (var i = 0; i < count; i++) {
        step[i] = HornerStep();
        if (i == 0) step[i].above <== 0;
        else step[i].above <== step[i - 1].out;
        step[i].word <== words[count - 1 - i];
        step[i].challenge <== challenge;
    }
    evaluation <== step[count - 1].out;
}

/**
 * @title Commitment to packed words, and their polynomial at a point
 * @param count, domain as in Commit
 * @param first how many leading words are committed to, but not part of the polynomial
 * @input challenge the point, which whoever verifies hashes from the commitment and the words w that he has
 * @output commitment as Commit's
 * @output evaluation as EvaluateWords'. If it is that of w, then w are the committed words, except for count points of
 * the field in which other words agree with them (Schwartz and Zippel). Without a commitment, which is fixed before the
 * point, such words are found by trial
 * @assume first >= 0 && first < count
 * @composes Commit(count, domain) with salt = salt, words = words, out = commitment
 * @composes EvaluateWords(count - first) with words = words[first; count - first],
 *   challenge = challenge, evaluation = evaluation
 * @notice a constraint per word more than Commit
 * Proof: docs/soundness.md#commitandevaluate
 */
template CommitAndEvaluate(count, first, domain) {
    assert(first >= 0 && first < count);
    signal input salt;
    signal input words[count];
    signal input challenge;
    signal output commitment;
    signal output evaluation;

    component commit = Commit(count, domain);
    commit.salt <== salt;
    commit.words <== words;
    commitment <== commit.out;

    component evaluate = EvaluateWords(count - first);
    for (var i = first; i < count; i++) evaluate.words[i - first] <== words[i];
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
