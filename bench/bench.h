/* What the benchmark programs share: clock, medians, machine limits measured in the same run. */
#ifndef TAUT_BENCH_H
#define TAUT_BENCH_H

/** Seconds of a monotonic clock. */
double bench_now(void);
/** Median of n numbers (sorts them). */
double bench_median(double *x, int n);
/** One core's STREAM triad, GB/s, on arrays far larger than the caches. */
double bench_triad(void);
/** One core's rate of double fused multiply-adds in the vector width of the kernels, GFlop/s. */
double bench_flops(void);

#endif
