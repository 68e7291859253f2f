/** How processes on one machine see each other live (R13): not by pid nor by time, but by who answers. */
export interface Presence {
  /** Starts to answer under a new name, and gives it. */
  announce(): Promise<Announced>
  /**
   * Is the process that announced this name still there? A process that is stopped still is, unless it stays silent for
   * `silentMs`.
   */
  isAlive(name: string, silentMs: number | undefined): Promise<boolean>
}

export interface Announced {
  readonly name: string
  end(): Promise<void>
}
