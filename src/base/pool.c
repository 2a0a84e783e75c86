#include "base/pool.h"

#include <pthread.h>
#include <stdlib.h>

struct taut_pool {
  pthread_mutex_t lock;
  pthread_cond_t start, done;
  pthread_t *thread;
  int threads; /* helpers, the caller not counted */
  int named;   /* helpers that have taken their number */
  taut_pool_fn *fn;
  taut_pool_worker_fn *worker_fn; /* in place of fn */
  void *user;
  int items, next, running;
  unsigned long job;
  bool stop;
};

/* Takes items until none is left; called with the lock held. */
static void work(taut_pool *p, int worker) {
  while (p->next < p->items) {
    const int item = p->next++;
    pthread_mutex_unlock(&p->lock);
    if (p->worker_fn)
      p->worker_fn(p->user, item, worker);
    else
      p->fn(p->user, item);
    pthread_mutex_lock(&p->lock);
  }
}

static void *helper(void *argument) {
  taut_pool *p = argument;
  unsigned long seen = 0;
  pthread_mutex_lock(&p->lock);
  const int worker = ++p->named;
  for (;;) {
    while (!p->stop && p->job == seen) pthread_cond_wait(&p->start, &p->lock);
    if (p->stop) break;
    seen = p->job;
    p->running++;
    work(p, worker);
    if (--p->running == 0) pthread_cond_signal(&p->done);
  }
  pthread_mutex_unlock(&p->lock);
  return NULL;
}

taut_err taut__pool_create(taut_context *context, int threads, taut_pool **out) {
  taut_pool *p = taut__alloc(1, sizeof *p);
  if (!p) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for threads");
  pthread_mutex_init(&p->lock, NULL);
  pthread_cond_init(&p->start, NULL);
  pthread_cond_init(&p->done, NULL);
  *out = p;
  if (threads <= 1) return TAUT_OK;
  p->thread = taut__alloc((size_t)threads - 1, sizeof *p->thread);
  for (int i = 0; p->thread && i < threads - 1; i++) {
    if (pthread_create(&p->thread[i], NULL, helper, p)) break;
    p->threads++;
  }
  if (p->threads == threads - 1) return TAUT_OK;
  taut__pool_destroy(out);
  return taut__fail(context, TAUT_ERR_LIBRARY, NULL, "cannot start %d threads", threads);
}

void taut__pool_destroy(taut_pool **pool) {
  if (!pool || !*pool) return;
  taut_pool *p = *pool;
  pthread_mutex_lock(&p->lock);
  p->stop = true;
  pthread_cond_broadcast(&p->start);
  pthread_mutex_unlock(&p->lock);
  for (int i = 0; i < p->threads; i++) pthread_join(p->thread[i], NULL);
  pthread_cond_destroy(&p->start);
  pthread_cond_destroy(&p->done);
  pthread_mutex_destroy(&p->lock);
  free(p->thread);
  free(p);
  *pool = NULL;
}

int taut__pool_threads(const taut_pool *pool) {
  return pool->threads + 1;
}

static void run(taut_pool *pool, int items, taut_pool_fn *fn, taut_pool_worker_fn *worker_fn, void *user) {
  if (!pool->threads || items == 1) {
    for (int i = 0; i < items; i++) {
      if (worker_fn)
        worker_fn(user, i, 0);
      else
        fn(user, i);
    }
    return;
  }
  pthread_mutex_lock(&pool->lock);
  pool->fn = fn;
  pool->worker_fn = worker_fn;
  pool->user = user;
  pool->items = items;
  pool->next = 0;
  pool->job++;
  pthread_cond_broadcast(&pool->start);
  work(pool, 0);
  while (pool->running) pthread_cond_wait(&pool->done, &pool->lock);
  pthread_mutex_unlock(&pool->lock);
}

void taut__pool_run(taut_pool *pool, int items, taut_pool_fn *fn, void *user) {
  run(pool, items, fn, NULL, user);
}

void taut__pool_run_workers(taut_pool *pool, int items, taut_pool_worker_fn *fn, void *user) {
  run(pool, items, NULL, fn, user);
}
