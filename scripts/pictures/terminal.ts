import { join } from "node:path";
import { styleText } from "node:util";
import { AnsiUp } from "ansi_up";
import { startAnvil } from "../../test/helpers/anvil.js";
import { launchBrowser } from "../../test/helpers/browser.js";
import { PICTURES } from "../../test/helpers/pictures.js";
import { CliProject } from "../../test/plugin/cli.js";
import { FIXTURES } from "../../test/plugin/project.js";

const IRIS = join(FIXTURES, "iris_mlp");

/** Runs commands as a user would, from a build to a paid answer, and takes a picture of what the terminal shows. */
export async function takeTerminal(): Promise<void> {
  const anvil = await startAnvil();
  const project = new CliProject({ url: anvil.url });
  process.env.FORCE_COLOR = "1";
  const run = async (args: string): Promise<string> => {
    const { code, stdout, stderr } = await project.run(...`torch2circom:${args}`.split(" "));
    if (code !== 0) throw new Error(`${args} failed: ${stderr}${stdout}`);
    return stderr + stdout;
  };
  const onChain = (args: string) => run(`${args} --network devnet`);
  try {
    const model = `${join(IRIS, "model.pt2")} --samples ${IRIS}`;
    const built = await run(`build ${model} --name iris`);
    const list = await run("list");
    await onChain("deploy");
    await onChain("register iris");
    const terms = `--samples ${IRIS} --amount 0.01 --account 1`;
    const { jobId } = JSON.parse(await onChain(`request iris ${terms} --json`)) as { jobId: string };
    const [watched] = await Promise.all([
      onChain(`status ${jobId} --watch`),
      onChain(`fulfill ${jobId} --account 2`),
    ]);
    await take(
      [
        prompt("build model.pt2 --samples samples --name iris", built),
        prompt("list", list),
        prompt(`status ${jobId.slice(0, 14)}… --watch`, watched),
      ].join("\n"),
    );
  } finally {
    delete process.env.FORCE_COLOR;
    anvil.close();
  }
}

/** A command and what it printed, as a terminal shows them. */
function prompt(command: string, output: string): string {
  return `${styleText("dim", "$", { validateStream: false })} ${styleText("bold", `npx hardhat torch2circom:${command}`, { validateStream: false })}\n${output}`;
}

async function take(output: string): Promise<void> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ deviceScaleFactor: 1.5 });
    await page.setContent(`<style>
      body { margin: 0; background: #14181d }
      pre { margin: 0; padding: 24px; width: 96ch; white-space: pre-wrap; font: 13px/1.5 monospace; color: #d7dde3 }
    </style><pre>${new AnsiUp().ansi_to_html(output)}</pre>`);
    await page.locator("pre").screenshot({ path: join(PICTURES, "terminal.png") });
  } finally {
    await browser.close();
  }
}
