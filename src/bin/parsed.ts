/** The command line of a command: its argument, and options that were given. */
export interface Parsed {
  readonly positional: string;
  readonly options: Readonly<Record<string, string | undefined>>;
}
