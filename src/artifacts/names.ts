/** What can be the name of a folder, and nearly that of a contract. */
export const MODEL_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
