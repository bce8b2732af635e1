import { readBooks, type Books } from "../../service/books/books.js";
import { bookState } from "../../service/state/state.js";
import type { Project } from "../project.js";
import { serviceFolder } from "./folder.js";

/** The books of the project's service. */
export async function status(project: Project): Promise<Books> {
  const { database, close } = await bookState(serviceFolder(project));
  try {
    return await readBooks(database);
  } finally {
    await close();
  }
}
