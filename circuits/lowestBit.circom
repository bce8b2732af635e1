pragma circom 2.1.6;

/**
 * Whether the lowest bit of a decomposition is a wire. 0: it is the expression that remains when all other bits are
 * taken off, held to 0 or 1, so that a decomposition takes no linear constraint. 1: it is a wire, equal to that
 * expression by a linear constraint: the same relation, in the form that tools which look for under-constrained
 * signals know. torch2circom:build --lowest-bit wire makes such a circuit.
 */
function lowestBitIsWire() {
    return 0;
}
