/** What can be the name of a folder, and nearly that of a contract. Beside the builds there is the folder `service`. */
export const MODEL_NAME = /^(?!service$)[A-Za-z][A-Za-z0-9_-]{0,63}$/;
