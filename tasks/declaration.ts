import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

/** An option: a string that may be left out, or a number with a default. */
export type Option =
  string | { readonly description: string; readonly type: "INT" | "FLOAT"; readonly defaultValue: number };

/** A task's command line: `<positional> [options]`, and the file with its action. */
export interface Declaration {
  readonly description: string;
  readonly positional?: readonly [name: string, description: string];
  /** One or more, the last, unless there is a default. */
  readonly variadic?: readonly [name: string, description: string, defaultValue?: string[]];
  readonly options?: Readonly<Record<string, Option>>;
  readonly flags?: Readonly<Record<string, string>>;
  /** Its arguments are those declared here, under the names that the action's file gives them. */
  readonly action: () => Promise<{ default: Action }>;
}

type Action = (args: never, hre: HardhatRuntimeEnvironment) => Promise<void>;

/** A whole number with a default. */
export const whole = (description: string, defaultValue: number): Option => ({
  description,
  type: "INT",
  defaultValue,
});
