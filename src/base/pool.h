/* A few worker threads that run the items of a job; which thread runs which item never matters to results. */
#ifndef TAUT_BASE_POOL_H
#define TAUT_BASE_POOL_H

#include "base/base.h"

typedef struct taut_pool taut_pool;
typedef void taut_pool_fn(void *user, int item);
/** The same with the number of the thread that runs it, 0 .. threads - 1: for scratch memory, never for results. */
typedef void taut_pool_worker_fn(void *user, int item, int worker);

/** `threads` workers in all, the caller included. */
TAUT_MUST_USE taut_err taut__pool_create(taut_context *context, int threads, taut_pool **out);
void taut__pool_destroy(taut_pool **pool);
/** Runs fn(user, 0..items-1) and returns when all are done. */
void taut__pool_run(taut_pool *pool, int items, taut_pool_fn *fn, void *user);
void taut__pool_run_workers(taut_pool *pool, int items, taut_pool_worker_fn *fn, void *user);
/** Threads that run items, the caller included. */
int taut__pool_threads(const taut_pool *pool);

#endif
