import { defineJob } from 'millrace'
import { serveJobs } from 'millrace/pool'

serveJobs([defineJob<number, number>('double').implement((value) => value * 2)])
