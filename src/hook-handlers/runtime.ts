import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { Project } from "../runtime/project.js";
import type {
  AuditMethods,
  CeremonyMethods,
  ModelMethods,
  ModelProver,
  PaymentMethods,
  ServiceMethods,
  Torch2CircomRuntime,
} from "../runtime/types.js";
import { withPluginErrors } from "./pluginError.js";

type Methods = Readonly<Record<string, ((...args: unknown[]) => unknown) | undefined>>;

const PAYMENTS: Readonly<Record<keyof PaymentMethods, true>> = {
  deploy: true,
  contracts: true,
  register: true,
  request: true,
  draft: true,
  accept: true,
  fulfill: true,
  fulfillMany: true,
  refund: true,
  withdraw: true,
  resume: true,
  jobs: true,
  status: true,
};

const AUDITS: Readonly<Record<keyof AuditMethods, true>> = { audit: true, bundle: true };

/** The functions of a project: one door to five rooms, each of which loads with the first call of one of its functions. */
export function makeRuntime(project: Project): Torch2CircomRuntime {
  let models: Promise<ModelMethods> | undefined;
  let payments: Promise<PaymentMethods> | undefined;
  let audits: Promise<AuditMethods> | undefined;
  let ceremonies: Promise<CeremonyMethods> | undefined;
  let services: Promise<ServiceMethods> | undefined;
  const service = lazily<ServiceMethods>(() => (services ??= loadServices(project)));
  const ceremony = lazily<CeremonyMethods>(() => (ceremonies ??= loadCeremonies(project)));
  const others = lazily<Torch2CircomRuntime>((name) => {
    if (name in PAYMENTS) return (payments ??= loadPayments(project));
    return name in AUDITS ? (audits ??= loadAudits(project)) : (models ??= loadModels(project));
  });
  const rooms: Readonly<Record<PropertyKey, object | undefined>> = { ceremony, service };
  return new Proxy(others, { get: (room, name) => rooms[name] ?? Reflect.get(room, name) });
}

/** Functions by their names, of a room that loads when one of them is called. */
function lazily<Room extends object>(roomOf: (name: string) => Promise<object>): Room {
  return new Proxy({} as Room, {
    get(_, name) {
      // Not thenable, and no hook for util.inspect.
      if (typeof name === "symbol" || name === "then") return undefined;
      return (...args: unknown[]) =>
        explaining(async () => {
          const method = ((await roomOf(name)) as Methods)[name];
          if (method === undefined) throw new TypeError(`torch2circom has no function ${name}`);
          const result = await method(...args);
          return name === "prover" ? explainingProver(result as ModelProver) : result;
        });
    },
  });
}

/** Runs `work`, whose errors become the ones that Hardhat knows. */
const explaining = <Result>(work: () => Promise<Result>): Promise<Result> =>
  withPluginErrors(async () => {
    try {
      return await work();
    } catch (error) {
      throw explainMissingContracts(await explained(error));
    }
  });

const explainingProver = (prover: ModelProver): ModelProver => ({
  ...prover,
  prove: (options) => explaining(() => prover.prove(options)),
  verify: (proof) => explaining(() => prover.verify(proof)),
});

const loadModels = async (project: Project) => (await import("../runtime/models.js")).modelMethods(project);

const loadPayments = async (project: Project) =>
  (await import("../runtime/payments.js")).paymentMethods(project);

const loadAudits = async (project: Project) => (await import("../runtime/audit.js")).auditMethods(project);

const loadCeremonies = async (project: Project) =>
  (await import("../runtime/ceremonies.js")).ceremonyMethods(project);

const loadServices = async (project: Project) =>
  (await import("../runtime/service.js")).serviceMethods(project);

/** What ethers or a node throws, in words. */
async function explained(error: unknown): Promise<unknown> {
  if (error instanceof Torch2CircomError || (error as NodeJS.ErrnoException).code === undefined) return error;
  return (await import("../client/errors.js")).explain(error);
}

/** The code that speaks to contracts imports what is compiled from them, which a fresh clone does not have yet. */
function explainMissingContracts(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== "ERR_MODULE_NOT_FOUND" || !/[\\/]types[\\/]/.test(message)) return error;
  return new Torch2CircomError(
    "NOT_COMPILED",
    "The contracts of torch2circom are not compiled",
    "In its repository, run once: npx hardhat build",
    error as Error,
  );
}
