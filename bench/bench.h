/* What the benchmark programs share: clock, medians, machine limits measured in the same run. */
#ifndef TAUT_BENCH_H
#define TAUT_BENCH_H

/** Seconds of a monotonic clock. */
double bench_now(void);
/** Processor seconds that this process has used, all threads together. */
double bench_processor(void);
/** Processes that wanted a processor in the last minute (/proc/loadavg); -1: unknown. */
double bench_load(void);
/** Median of n numbers (sorts them). */
double bench_median(double *x, int n);
/** STREAM triad of so many threads, GB/s, on arrays far larger than the caches: best of some runs, as STREAM reports. */
double bench_triad(int threads);
/** One core's rate of double fused multiply-adds in the vector width of the kernels, GFlop/s. */
double bench_flops(void);

#endif
