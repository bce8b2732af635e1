import type { AuditMethods } from "./types.js";
import type { Project } from "./project.js";

/** The methods by which nobody has to take a key on faith. Each action loads when it is first called. */
export function auditMethods(project: Project): AuditMethods {
  return {
    audit: async (target, options = {}) =>
      (await import("./audits/audit.js")).audit(project, target, options),
    bundle: async (name, options = {}) => (await import("./audits/bundle.js")).bundle(project, name, options),
  };
}
