import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";

export interface Import {
  /** Relative to src: `sync/run.ts`. */
  readonly from: string;
  /** `store/store.ts`, `node:fs` or a package's name. */
  readonly to: string;
  readonly kind: "file" | "package" | "node";
  /** Gone when the program runs. */
  readonly typeOnly: boolean;
}

const STATIC = /^[ \t]*(?:import|export)\s+(type\s+)?([^;"'`]*?\sfrom\s*)?["']([^"']+)["']/gm;
const DYNAMIC = /\b(?:import|require)\s*\(\s*["'`]([^"'`]+)["'`]/g;

/** Every import of a source: static, re-exported, dynamic. Comments do not count. */
export function importsOf(from: string, source: string): readonly Import[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const found: Import[] = [];
  for (const [, type, clause = "", specifier = ""] of code.matchAll(STATIC)) {
    const names =
      /\{([^}]*)\}/
        .exec(clause)?.[1]
        ?.split(",")
        .filter((name) => name.trim() !== "") ?? [];
    const allTypes = names.length > 0 && clause.trim().startsWith("{") && names.every((name) => /^\s*type\s/.test(name));
    found.push(resolved(from, specifier, type !== undefined || allTypes));
  }
  for (const [, specifier = ""] of code.matchAll(DYNAMIC)) found.push(resolved(from, specifier, isTypeQuery(code, specifier)));
  return found;
}

/** `import("x").Y` in a type position is no import of a program. */
function isTypeQuery(code: string, specifier: string): boolean {
  const uses = [...code.matchAll(DYNAMIC)].filter(([, name]) => name === specifier);
  return uses.every(
    ({ index, 0: text }) => !/await\s*$/.test(code.slice(0, index)) && /^["'`]?\)\.[A-Z]/.test(code.slice(index + text.length)),
  );
}

function resolved(from: string, specifier: string, typeOnly: boolean): Import {
  if (specifier.startsWith(".")) return { from, to: normalize(join(dirname(from), specifier)), kind: "file", typeOnly };
  if (specifier.startsWith("node:")) return { from, to: specifier, kind: "node", typeOnly };
  return { from, to: specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/"), kind: "package", typeOnly };
}

export interface Source {
  /** Relative to the folder read. */
  readonly path: string;
  readonly text: string;
}

export function sourcesIn(folder: string, suffix = /\.(ts|mjs)$/): readonly Source[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && suffix.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(folder, path), text: readFileSync(path, "utf8") }));
}
