/** What a command that plans is run in. */
export interface Surroundings {
  /** Folder of the project: stack files, README.md, docs/. */
  readonly root: string;
  /** Loads the program anew, which constructs its resources when it is loaded; counts from 1. */
  readonly program: (load: number) => Promise<unknown>;
  /** Takes what was asked for. */
  readonly out: (text: string) => void;
  /** Takes what went wrong. */
  readonly err: (text: string) => void;
  /** Whether `out` shows colours. */
  readonly hasColours: boolean;
}
