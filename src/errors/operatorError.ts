/** Why an operator cannot take what it was given. Carries no place: the caller adds node and module. */
export class OperatorError extends Error {}
