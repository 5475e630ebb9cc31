/** The environment as text: the only file that reads `process.env`. Empty values count as absent. */
export interface Env {
  readonly [name: string]: string | undefined;
}

export function readEnv(): Env {
  return Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ""));
}
