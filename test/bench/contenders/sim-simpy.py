"""M/M/c at nine tenths of its capacity in SimPy 2 (Debian's python3-simpy)."""
import json, random, sys, time
from SimPy.Simulation import Process, Resource, Simulation, hold, release, request


class Job(Process):
    def run(self, servers):
        yield request, self, servers
        yield hold, self, random.expovariate(1)
        yield release, self, servers


class Source(Process):
    def run(self, servers, workers, jobs):
        for _ in range(jobs):
            yield hold, self, random.expovariate(0.9 * workers)
            self.sim.activate(*started(Job(sim=self.sim), servers))


def started(job, *arguments):
    return job, job.run(*arguments)


workers, jobs = int(sys.argv[1]), int(sys.argv[2])
random.seed(1)
sim = Simulation()
servers = Resource(capacity=workers, sim=sim)
sim.activate(*started(Source(sim=sim), servers, workers, jobs))
start = time.perf_counter()
sim.simulate(until=1e12)
print(json.dumps({"jobs": jobs, "seconds": time.perf_counter() - start}))
