/** Something that the user can do something about; its message says what. */
export class LabCommandError extends Error {
  override readonly name = 'LabCommandError';
}
