// Loaded into every measured process: what it used goes into the file that BENCH_USAGE names, when it ends.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage = {
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    peakMiB: maxRSS / 1024,
    wallSeconds: performance.now() / 1000,
  };
  writeFileSync(process.env.BENCH_USAGE, JSON.stringify(usage));
});
