/**
 * Takes a line of the service's log: fields that are listed where they are logged, and a message that says what happened. No
 * input, key, salt or address of a node is ever one of them.
 */
export type Log = (
  fields: Readonly<Record<string, string | number | boolean | undefined>>,
  message: string,
) => void;
