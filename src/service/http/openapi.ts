import { NPY_TYPES } from "./npyBody.js";

/** The part of the document that is looked at. */
interface Described {
  paths?: Record<string, { post?: { requestBody?: { content?: Record<string, unknown> } } }>;
}

/** Says that a body in NumPy's format is bytes: the schemas of the routes see what was read of it. */
export function describeBodies<Document extends object>(document: Document): Document {
  const content = (document as Described).paths?.["/models/{id}/quotes"]?.post?.requestBody?.content;
  for (const type of content === undefined ? [] : NPY_TYPES) content![type] = { schema: {} };
  return document;
}
