/** The company's panels on the bench; see panels.ts. */
export async function prepare(): Promise<void> {}
