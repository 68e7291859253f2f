/** The runtime: typed jobs, workers, schedules and events. */
export {}
