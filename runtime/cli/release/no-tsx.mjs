/** In a release, this stands in the place of tsx: everything is JavaScript by then, and nothing is left to register. */
export const register = () => {};
