/** `millrace/postgres`: the store that many machines share. */
export { postgresStore, type PostgresStore, type PostgresStoreOptions } from '@millrace/store-postgres'
